// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {DefaultFund} from "../../../contracts/backstop/DefaultFund.sol";
import {CashPool, InterestIndex} from "../../../contracts/math/InterestIndex.sol";
import {NANO} from "../../../contracts/math/Units.sol";
import {AccountId} from "../../../contracts/types/AccountId.sol";
import {Portfolio} from "../../../contracts/types/Portfolio.sol";
import {Mood} from "../fixtures/HostileToken.sol";
import {World} from "./World.sol";

/// @notice What must hold of the vault's books between any two calls.
abstract contract Books is World {
    using InterestIndex for CashPool;

    /// wei that one movement of cash may leave with the vault, at indices far above one
    uint256 private constant DUST = 1_000;
    /// of what a token unit or two buys, which rounding may take
    uint256 private constant LEAST_SHARES = 1e6;

    /// @notice P01: the vault has what it owes, token by token, and no more than rounding beside it.
    function checkCustody() external view {
        for (uint256 i; i < assets.length; ++i) {
            address asset = assets[i];
            uint256 sum;
            for (uint256 k; k < accounts.length; ++k) {
                uint256 held = vault.collateralOf(accounts[k], asset);
                assertEq(held, ghostCollateral[accounts[k]][asset], "P01: an account's collateral");
                sum += held;
            }
            assertEq(sum, vault.totalCollateral(asset), "P01: sum of collateral");
            assertEq(sum, ghostCustody[asset], "P01: what went in and out");
            assertEq(sum, IERC20(asset).balanceOf(address(vault)), "P01: what the vault has");
        }
        (uint256 credit, uint256 debt) = _sums();
        uint256 balance = quote.balanceOf(address(vault));
        assertEq(balance, ghostCustody[address(quote)], "P01: what cash went in and out");
        uint256 has = balance * 1e12 + debt;
        uint256 owes = credit + vault.reserves();
        assertGe(has, owes, "P01: custody of the quote token");
        assertLe(has - owes, (cashMoves + 100) * (DUST + NANO), "P01: more than rounding stays with nobody");
    }

    /// @notice P02: the pool's debt is that of its accounts, or less by a wei for each.
    function checkDebts() external view {
        (, uint256 debt) = _sums();
        uint256 total = vault.pool().totalBorrow();
        assertGe(debt, total, "P02: accounts owe less than the pool");
        assertLe(debt - total, accounts.length, "P02: accounts owe more than the pool");
    }

    /// @notice P03: the pool's principals, and the shares of each tranche, are the sums of their holders'; and there is
    /// something behind them exactly where there are some.
    function checkPrincipals() external view {
        int256 lent;
        int256 owed;
        for (uint256 i; i < accounts.length; ++i) {
            int256 principal = vault.principalOf(accounts[i]);
            if (principal > 0) lent += principal;
            else owed -= principal;
        }
        CashPool memory pool = vault.pool();
        assertEq(uint256(lent), pool.supplyPrincipal, "P03: lenders");
        assertEq(uint256(owed), pool.borrowPrincipal, "P03: debtors");
        assertEq(pool.supplyPrincipal > DUST, pool.totalSupply() > DUST, "P03: lenders have nothing, or nobody has it");
        assertEq(pool.borrowPrincipal == 0, pool.totalBorrow() == 0, "P03: debtors owe nothing, or nobody owes it");
        _checkShares(junior, pool);
        _checkShares(senior, pool);
    }

    /// @dev Two exceptions. Who is in when a tranche has paid all that it had holds shares of nothing; and what came to
    /// the shares while only one held them, or by rounding, may outlive them, with the virtual ones.
    function _checkShares(DefaultFund tranche, CashPool memory pool) private view {
        uint256 supply = tranche.totalSupply();
        assertEq(tranche.balanceOf(alice) + tranche.balanceOf(erin), supply, "P03: shares");
        uint256 assetsNow = tranche.totalAssets();
        if (supply > LEAST_SHARES) assertTrue(assetsNow != 0 || ghostPaid[address(tranche)], "P03: shares of nothing");
        uint256 cash = uint256(vault.cashOf(tranche.fundAccount()));
        assertLe(assetsNow * 1e12, cash, "P03: shares of what is not there");
        if (pool.supplyPrincipal == 0) assertEq(assetsNow, 0, "P03: assets of no lender");
    }

    /// @notice P04: whoever owes has something to lose.
    function checkBacking() external view {
        for (uint256 i; i < accounts.length; ++i) {
            Portfolio memory p = vault.portfolio(accounts[i]);
            assertTrue(p.cash >= 0 || p.collateral.length != 0, "P04: a debt without collateral");
        }
    }

    /// @notice P16: with every feed dead, the sequencer's too, and paused, everybody can repay in full and take out
    /// what is theirs.
    /// @dev Changes everything: for an invariant, whose changes are undone.
    function checkExit() external {
        for (uint256 i; i < assets.length; ++i) {
            feeds[assets[i]].setReverting(true);
            setSecondReverting(assets[i], true);
        }
        uptime.setReverting(true);
        if (!ghostPaused) vault.pause();
        for (uint256 i; i < accounts.length; ++i) {
            if (vault.debtOf(accounts[i]) == 0) continue;
            vm.prank(accounts[i].owner());
            vault.repay(accounts[i], type(uint256).max);
        }
        for (uint256 i; i < accounts.length; ++i) {
            AccountId account = accounts[i];
            assertEq(vault.debtOf(account), 0, "P16: a debt is left");
            Portfolio memory p = vault.portfolio(account);
            vm.startPrank(account.owner());
            for (uint256 k; k < p.collateral.length; ++k) {
                address asset = p.collateral[k].asset;
                // a token that has turned keeps itself, and nothing else
                if (asset == address(hostile) && hostile.mood() != Mood.Honest) continue;
                vault.withdraw(account, asset, type(uint256).max, account.owner());
            }
            if (p.cash >= 1e12) vault.withdraw(account, address(quote), type(uint256).max, account.owner());
            vm.stopPrank();
            assertLt(vault.cashOf(account), 1e12, "P16: cash is left");
        }
    }

    function _sums() private view returns (uint256 credit, uint256 debt) {
        for (uint256 i; i < accounts.length; ++i) {
            int256 cash = vault.cashOf(accounts[i]);
            if (cash > 0) credit += uint256(cash);
            else debt += uint256(-cash);
        }
    }
}
