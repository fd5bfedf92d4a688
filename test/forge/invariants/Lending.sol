// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IVaultCommon} from "../../../contracts/interfaces/IVaultCommon.sol";
import {MockERC20} from "../../../contracts/mocks/MockERC20.sol";
import {AccountId} from "../../../contracts/types/AccountId.sol";
import {EndCheck} from "./EndCheck.sol";

/// @notice Single steps of owners, and of strangers who pay for them.
abstract contract Lending is EndCheck {
    /// @notice Cash into any account, by its owner or by a stranger; less into those of borrowers, who stay so.
    function lend(uint256 who, uint256 payer, uint256 amount) external acts {
        AccountId account = _account(who);
        amount = _bound(amount, 1, (vault.cashOf(account) < 0 ? 10_000 : 500_000) * USD);
        int256 cash = vault.cashOf(account);
        Frame memory frame = _frame(account);
        _allowIf(_isDustDebt(cash + int256(amount * 1e12)), IVaultCommon.DebtBelowMinimum.selector);
        address from = payer % 4 == 0 ? stranger : account.owner();
        (bool ok,) = _try(from, address(vault), abi.encodeCall(vault.deposit, (account, address(quote), amount)));
        if (ok) {
            _bookCustody(address(quote), int256(amount));
            _claimCash(account, cash, int256(amount * 1e12));
            _count("lend");
        }
        _settle(frame, ok);
    }

    /// @notice Cash out of an account that has some; it owes nothing, so nothing but the pool's liquidity refuses it.
    function unlend(uint256 who, uint256 amount) external acts {
        AccountId account = _account(who);
        int256 cash = vault.cashOf(account);
        uint256 most = cash <= 0 ? 0 : uint256(cash) / 1e12;
        if (most > vault.liquidity()) most = vault.liquidity();
        if (account == bidding) most /= 8; // keeps the capital to bid with
        if (most == 0) return;
        amount = _bound(amount, 1, most);
        Frame memory frame = _frame(account);
        address owner = account.owner();
        _try(owner, address(vault), abi.encodeCall(vault.withdraw, (account, address(quote), amount, owner)));
        _bookCustody(address(quote), -int256(amount));
        _claimCash(account, cash, -int256(amount * 1e12));
        _count("unlend");
        _settle(frame, true);
    }

    /// @notice Collateral in, by the owner, or by a stranger as far as the account holds it.
    function pledge(uint256 who, uint256 what, uint256 payer, uint256 amount) external acts {
        AccountId account = _account(who);
        MockERC20 asset = _asset(what);
        amount = _bound(amount, 1, payer % 8 == 1 ? 1_000 : _worth(address(asset), 200_000));
        bool gift = payer % 4 == 0;
        (, uint256 cap) = policy.intakeOf(address(asset));
        bool overCap = vault.totalCollateral(address(asset)) + amount > cap;
        _allowIf(gift && !_holds(account, address(asset)), IVaultCommon.CollateralNotHeld.selector);
        _allowIf(_isFull(account, address(asset)), IVaultCommon.TooManyCollaterals.selector);
        _allowIf(_isShielding(account, address(asset), false), IVaultCommon.CollateralDown.selector);
        _allowIf(overCap, IVaultCommon.SupplyCapExceeded.selector);
        _allowToken(address(asset));
        Frame memory frame = _frame(account);
        address from = gift ? stranger : account.owner();
        (bool ok,) = _try(from, address(vault), abi.encodeCall(vault.deposit, (account, address(asset), amount)));
        if (ok) {
            _claim("P27", vault.totalCollateral(address(asset)) <= cap, "a deposit passed the supply cap");
            _book(account, address(asset), int256(amount));
            _bookCustody(address(asset), int256(amount));
            _count(gift ? bytes32("gift") : bytes32("pledge"));
        }
        _settle(frame, ok);
    }

    /// @notice Collateral out.
    function unpledge(uint256 who, uint256 what, uint256 amount) external acts {
        AccountId account = _account(who);
        MockERC20 asset = _asset(what);
        uint256 held = vault.collateralOf(account, address(asset));
        if (held == 0) return;
        amount = _bound(amount, 1, held);
        uint256 most = engine.largestWithdrawal(vault.portfolio(account), address(asset));
        bool owes = vault.cashOf(account) < 0;
        _allowIf(owes && ghostPaused, IVaultCommon.Paused.selector);
        _allowIf(owes && amount > most, IVaultCommon.Undercollateralised.selector);
        _allowToken(address(asset));
        Frame memory frame = _frame(account);
        address owner = account.owner();
        bytes memory step = abi.encodeCall(vault.withdraw, (account, address(asset), amount, owner));
        (bool ok,) = _try(owner, address(vault), step);
        if (ok) {
            _book(account, address(asset), -int256(amount));
            _bookCustody(address(asset), -int256(amount));
            _count("unpledge");
        }
        _settle(frame, ok);
    }

    /// @notice Cash against collateral: succeeds exactly within margin, the least debt, the cap and liquidity.
    function borrow(uint256 who, uint256 amount) external acts {
        AccountId account = _borrowing(who);
        uint256 free = vault.liquidity();
        uint256 room = engine.largestBorrow(vault.portfolio(account)) / 1e12;
        if (free == 0) return;
        amount = amount % 2 == 0 && room != 0 ? room : _bound(amount, 1, room + room / 8 + 1);
        if (amount > free) amount = free;
        int256 cash = vault.cashOf(account);
        _allowDebt(account, amount, amount + 1 > room);
        Frame memory frame = _frame(account);
        address owner = account.owner();
        (bool ok,) = _try(owner, address(vault), abi.encodeCall(vault.borrow, (account, amount, owner)));
        if (ok) {
            _bookCustody(address(quote), -int256(amount));
            _claimCash(account, cash, -int256(amount * 1e12));
            _claim("P11", !_isDustDebt(vault.cashOf(account)), "a debt below the least was opened");
            _claimBorrowCap(account);
            _count("borrow");
        }
        _settle(frame, ok);
    }

    /// @notice Repayment by anyone: in full it always succeeds, in part it leaves no dust.
    function repay(uint256 who, uint256 payer, uint256 amount) external acts {
        AccountId account = _borrowing(who);
        uint256 debt = vault.debtOf(account);
        int256 cash = vault.cashOf(account);
        amount = payer % 4 == 0 ? type(uint256).max : _bound(amount, 1, debt / 4 + 1);
        uint256 paid = amount < debt ? amount : debt;
        _allowIf(debt == 0, IVaultCommon.NoDebt.selector);
        _allowIf(_isDustDebt(cash + int256(paid * 1e12)), IVaultCommon.DebtBelowMinimum.selector);
        Frame memory frame = _frame(account);
        address from = payer % 3 == 0 ? stranger : account.owner();
        (bool ok,) = _try(from, address(vault), abi.encodeCall(vault.repay, (account, amount)));
        if (ok) {
            _bookCustody(address(quote), int256(paid));
            _claimCash(account, cash, int256(paid * 1e12));
            _claim("P16", paid < debt || vault.cashOf(account) >= 0, "a full repayment left a debt");
            _count(paid < debt ? bytes32("repay") : bytes32("repay in full"));
            if (ghostPaused) _count("repay while paused");
        }
        _settle(frame, ok);
    }
}
