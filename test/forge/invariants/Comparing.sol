// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {AccountId} from "../../../contracts/types/AccountId.sol";
import {LiquidationTerms} from "../../../contracts/types/PolicyParams.sol";
import {Assessment} from "../../../contracts/types/Margin.sol";
import {MockERC20} from "../../../contracts/mocks/MockERC20.sol";
import {EndCheck} from "./EndCheck.sol";

/// @notice The same thing done in two ways, or a gift and none, from one state that is restored after each.
abstract contract Comparing is EndCheck {
    /// what an owner has of a thing after doing it
    struct Outcome {
        bool ok;
        /// quote WAD in the account and in the wallet
        int256 wealth;
        uint256 collateral;
        uint256 wallet;
    }

    /// what an account is to a gift
    struct View {
        Assessment margin;
        /// most that it may borrow, quote WAD
        uint256 power;
    }

    uint256 private constant MOST_SALES = 6;

    /* P22: IN PARTS */

    /// @notice Cash or collateral in or out, at once and in parts.
    function split(uint256 who, uint256 what, uint256 amount, uint256 parts) public {
        AccountId account = _borrowing(who);
        address asset = address(_asset(what >> 8));
        parts = _bound(parts, 2, 5);
        what = what % 6;
        amount = _bound(amount, parts, _most(account, asset, what) + parts);
        Outcome memory once = _outcome(account, asset, what, amount, 1);
        Outcome memory often = _outcome(account, asset, what, amount, parts);
        _succeeded();
        if (!often.ok) return;
        _claim("P22", once.ok, "allowed in parts what is refused at once");
        if (!once.ok) return;
        _claim("P22", often.wealth <= once.wealth, "cash gained by doing it in parts");
        _claim("P22", often.collateral <= once.collateral, "collateral gained by doing it in parts");
        _claim("P22", often.wallet <= once.wallet, "tokens gained by doing it in parts");
        _count("done in parts");
    }

    /// @notice A sale in parts beside one: never more than the rate of the ramps, whatever of it health lets be paid,
    /// on what is sold, and one floor bonus for the last part (docs/risk.md).
    function splitSale(uint256 who, uint256 part) public {
        AccountId account = _borrowing(who);
        (bool may,) = vault.liquidatable(account);
        if (!may || engine.assess(vault.portfolio(account)).downLegs != 0) return;
        (int256 once,, uint256 sales) = _sell(account, ONE);
        (int256 often, uint256 dearest, uint256 partSales) = _sell(account, _bound(part, ONE / 100, ONE / 2));
        _succeeded();
        if (sales == 0 || partSales < 2) return;
        _count("sold in parts");
        LiquidationTerms memory terms = policy.liquidationTerms();
        int256 floor = int256(uint256(terms.floorBonusCents) * 1e16);
        int256 bound = int256(dearest) + floor + int256(partSales) * WEI;
        _claim("P22", often <= (bound > once + WEI ? bound : once + WEI), "a bidder gained by taking parts");
    }

    /* P23: GIFTS */

    /// @notice A stranger pays into an account, or sends tokens where nobody asked for them.
    function present(uint256 who, uint256 what, uint256 amount) public {
        AccountId account = accounts[who % accounts.length];
        MockERC20 asset = what % 3 == 0 ? quote : _asset(what >> 8);
        bool toAccount = (what >> 16) % 2 == 0;
        if (toAccount && address(asset) != address(quote) && !_holds(account, address(asset))) return;
        amount = _bound(amount, 1, _worthOf(address(asset), 500_000));
        flush();
        uint256 snapshot = vm.snapshotState();
        View[] memory before = _views();
        vm.startPrank(stranger);
        bool ok;
        if (toAccount) {
            (ok,) = address(vault).call(abi.encodeCall(vault.deposit, (account, address(asset), amount)));
        } else {
            address[4] memory others = [address(vault), address(junior), address(closeOut), address(waterfall)];
            (ok,) = address(asset).call(abi.encodeCall(asset.transfer, (others[(what >> 24) % 4], amount)));
        }
        vm.stopPrank();
        View[] memory current = _views();
        uint256 worth = _valueOf(address(asset), amount);
        _restore(snapshot);
        _succeeded();
        for (uint256 i; i < before.length; ++i) {
            if (toAccount && accounts[i] == account) _claimGift(before[i], current[i], worth);
            else _claimUnmoved(before[i], current[i]);
        }
        if (ok) _count("present");
    }

    function _claimGift(View memory before, View memory current, uint256 worth) private {
        Assessment memory was = before.margin;
        Assessment memory now_ = current.margin;
        bool lower = now_.better.health() < was.better.health() && now_.better.health() < HEALTHY;
        // of a health below one some wei of rounding, and of one above it only that it stays there
        _claim("P23", !lower || _margin(now_.better) + WEI >= _margin(was.better), "a gift lowered health");
        _claim("P23", _isNoLessSafe(was, now_, WEI), "a gift made an account less safe");
        _claim("P23", current.power <= before.power + worth + uint256(WEI), "a gift is worth more than it is");
    }

    function _claimUnmoved(View memory before, View memory current) private {
        bool same = keccak256(abi.encode(before)) == keccak256(abi.encode(current));
        _claim("P23", same, "a gift to another moved an account");
    }

    /* TRYING */

    function _outcome(AccountId account, address asset, uint256 what, uint256 amount, uint256 parts)
        private
        returns (Outcome memory o)
    {
        flush();
        uint256 snapshot = vm.snapshotState();
        address owner = account.owner();
        o.ok = true;
        for (uint256 i; i < parts; ++i) {
            uint256 part = i == 0 ? amount - amount / parts * (parts - 1) : amount / parts;
            vm.prank(owner);
            (bool ok,) = address(vault).call(_operation(account, asset, what, part));
            o.ok = o.ok && ok;
        }
        o.wealth = vault.cashOf(account) + int256(quote.balanceOf(owner) * 1e12);
        o.collateral = vault.collateralOf(account, asset);
        o.wallet = MockERC20(asset).balanceOf(owner);
        _restore(snapshot);
    }

    function _operation(AccountId account, address asset, uint256 what, uint256 amount)
        private
        view
        returns (bytes memory)
    {
        address owner = account.owner();
        if (what == 0) return abi.encodeCall(vault.deposit, (account, address(quote), amount));
        if (what == 1) return abi.encodeCall(vault.withdraw, (account, address(quote), amount, owner));
        if (what == 2) return abi.encodeCall(vault.borrow, (account, amount, owner));
        if (what == 3) return abi.encodeCall(vault.repay, (account, amount));
        if (what == 4) return abi.encodeCall(vault.deposit, (account, asset, amount));
        return abi.encodeCall(vault.withdraw, (account, asset, amount, owner));
    }

    function _most(AccountId account, address asset, uint256 what) private view returns (uint256) {
        int256 cash = vault.cashOf(account);
        if (what == 0) return 10_000 * USD;
        if (what == 1) return cash > 0 ? uint256(cash) / 1e12 : 0;
        if (what == 2) return engine.largestBorrow(vault.portfolio(account)) / 1e12;
        if (what == 3) return vault.debtOf(account);
        if (what == 4) return _worth(asset, 100_000);
        return vault.collateralOf(account, asset);
    }

    /// @dev Up to so much at a time until nothing more is sold.
    /// @return gained what the bidder gained at mark
    /// @return dearest what he may gain by the rates of the ramps
    function _sell(AccountId account, uint256 part) private returns (int256 gained, uint256 dearest, uint256 sales) {
        flush();
        uint256 snapshot = vm.snapshotState();
        int256 before = engine.assess(vault.portfolio(bidding)).mark.equity;
        uint256 requirement = engine.assess(vault.portfolio(account)).mark.maintenance;
        dearest = requirement * policy.liquidationTerms().bonusMaxBps / 10_000;
        for (; sales < MOST_SALES; ++sales) {
            uint256 fraction = sales + 1 == MOST_SALES ? ONE : part;
            if (!_sellOnce(account, fraction) && (fraction == ONE || !_sellOnce(account, ONE))) break;
        }
        gained = engine.assess(vault.portfolio(bidding)).mark.equity - before;
        _restore(snapshot);
    }

    function _sellOnce(AccountId account, uint256 fraction) private returns (bool ok) {
        vm.prank(bidder);
        bytes memory sale = abi.encodeCall(vault.liquidate, (account, bidding, fraction, type(int256).max, ""));
        (ok,) = address(vault).call(sale);
    }

    /// @dev With what was only tried goes what was recorded of it.
    function _restore(uint256 snapshot) private {
        vm.revertToStateAndDelete(snapshot);
        if (_hasReplay()) vm.getRecordedLogs();
    }

    function _views() private view returns (View[] memory all) {
        all = new View[](OWN);
        for (uint256 i; i < OWN; ++i) {
            all[i].margin = engine.assess(vault.portfolio(accounts[i]));
            all[i].power = engine.largestBorrow(vault.portfolio(accounts[i]));
        }
    }

    function _worthOf(address asset, uint256 whole) private view returns (uint256) {
        return asset == address(quote) ? whole * USD : _worth(asset, whole);
    }

    /// @dev Quote WAD at the best price there is.
    function _valueOf(address asset, uint256 amount) private view returns (uint256) {
        if (asset == address(quote)) return amount * 1e12;
        return amount * oracle.read(asset).high / 10 ** MockERC20(asset).decimals() + 1;
    }
}
