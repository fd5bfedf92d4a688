// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {ILiquidator} from "../../../contracts/interfaces/ILiquidator.sol";
import {IVaultCommon} from "../../../contracts/interfaces/IVaultCommon.sol";
import {AccountId} from "../../../contracts/types/AccountId.sol";
import {LiquidationTerms} from "../../../contracts/types/PolicyParams.sol";
import {Assessment} from "../../../contracts/types/Margin.sol";
import {MarginCall} from "../../../contracts/types/MarginCall.sol";
import {Holding} from "../../../contracts/types/Portfolio.sol";
import {MockERC20} from "../../../contracts/mocks/MockERC20.sol";
import {Mood} from "../fixtures/HostileToken.sol";
import {EndCheck} from "./EndCheck.sol";

/// @notice The same thing done in two ways, or a gift and none, from one state that is restored after each.
abstract contract Comparing is EndCheck {
    /// what an owner has of a thing after doing it
    struct Outcome {
        bool ok;
        /// of the part that was refused
        bytes result;
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

    /// what a bidder has of a sale in one or more parts
    struct Sale {
        uint256 parts;
        /// at mark, quote WAD
        int256 gained;
        /// with what the next part was refused; empty where it was not tried
        bytes stop;
    }

    uint256 private constant MOST_SALES = 6;

    /* P22: IN PARTS */

    /// @notice Cash or collateral in or out, at once and in parts.
    function split(uint256 who, uint256 what, uint256 amount, uint256 parts_) public actsAs(this.split.selector) {
        AccountId account = _borrowing(who);
        address asset = address(_asset(what >> 8));
        parts_ = _bound(parts_, 2, 5);
        what = what % 6;
        amount = _bound(amount, parts_, _most(account, asset, what) + parts_);
        Outcome memory once = _outcome(account, asset, what, amount, 1);
        Outcome memory often = _outcome(account, asset, what, amount, parts_);
        _allowOperation(account, asset, what, amount, false);
        _judge(once.ok, once.result);
        _allowOperation(account, asset, what, amount, true);
        _judge(often.ok, often.result);
        _claim("P22", once.ok || !often.ok, "allowed in parts what is refused at once");
        if (!once.ok || !often.ok) return;
        _claim("P22", often.wealth <= once.wealth, "cash gained by doing it in parts");
        _claim("P22", often.collateral <= once.collateral, "collateral gained by doing it in parts");
        // a token that charges a part of what is moved rounds that down, each time
        uint256 saved = asset == address(hostile) && hostile.mood() == Mood.Charging ? parts_ : 0;
        _claim("P22", often.wallet <= once.wallet + saved, "tokens gained by doing it in parts");
        _succeeded();
        bytes32[6] memory names = [
            bytes32("cash in, in parts"),
            "cash out, in parts",
            "borrowed in parts",
            "repaid in parts",
            "pledged in parts",
            "unpledged in parts"
        ];
        _count(names[what]);
    }

    /// @notice A sale in parts beside one. A bidder gains by parts only where `kappa * h` bounds the bonus: the first
    /// part raises `h`, and that bound with it (docs/risk.md). Then too he gets no more than what the ramps give now
    /// for the whole account, nor more than it has, and one floor bonus for the last part.
    function splitSale(uint256 who, uint256 part) public actsAs(this.splitSale.selector) {
        AccountId account = _borrowing(who);
        (bool may,) = vault.liquidatable(account);
        Assessment memory a = engine.assess(vault.portfolio(account));
        if (!may || a.downLegs != 0) return;
        Sale memory once = _sell(account, ONE);
        Sale memory often = _sell(account, _bound(part, ONE / 100, ONE / 2));
        _allowStop(account, a, once.parts);
        _judge(once.stop.length == 0, once.stop);
        _allowStop(account, a, often.parts);
        _judge(often.stop.length == 0, often.stop);
        if (once.parts == 0 || often.parts < 2) return;
        _succeeded();
        _count("sold in parts");
        LiquidationTerms memory terms = policy.liquidationTerms();
        uint256 ramp = _rampNow(account, a.better.health(), terms);
        int256 slack = int256(uint256(terms.floorBonusCents) * 1e16) + int256(often.parts) * WEI;
        int256 byRamps = int256(a.mark.maintenance * ramp / ONE) + slack;
        _claim("P22", often.gained <= byRamps, "parts paid more than the ramps give");
        bool doubtful = a.better.equity != a.mark.equity;
        if (doubtful || _isPaced(account, a)) return;
        if (_isBoundByHealth(a, ramp, terms)) {
            _count("sold in parts below kappa");
            _claim("P22", often.gained <= a.mark.equity + slack, "parts paid more than the account had");
        } else {
            // a floor bonus may make the rest too small to stand, and that goes too
            slack += int256(_minDebtWad());
            _claim("P22", often.gained <= once.gained + slack, "a bidder gained by taking parts");
        }
    }

    /// @dev The larger of the ramps in time and in depth, WAD of the requirement.
    function _rampNow(AccountId account, int256 health, LiquidationTerms memory terms) private view returns (uint256) {
        MarginCall memory made = vault.callOf(account);
        uint256 now_ = vault.liveTime();
        uint256 elapsed = made.calledAt != 0 && now_ > made.deadline ? now_ - made.deadline : 0;
        uint256 least = uint256(terms.bonusMinBps) * 1e14;
        uint256 rise = uint256(terms.bonusMaxBps) * 1e14 - least;
        uint256 inTime = elapsed >= terms.bonusRamp ? rise : rise * elapsed / terms.bonusRamp;
        uint256 critical = uint256(terms.criticalHealthBps) * 1e14;
        uint256 at = health < 0 ? 0 : uint256(health);
        uint256 inDepth = at < critical ? rise * (critical - at) / critical : 0;
        return least + (inTime > inDepth ? inTime : inDepth);
    }

    /// @dev Whether bonus and fee together are bounded by `kappa * h`.
    function _isBoundByHealth(Assessment memory a, uint256 ramp, LiquidationTerms memory terms)
        private
        pure
        returns (bool)
    {
        if (a.mark.equity <= 0) return true;
        int256 cap = a.mark.health() * int256(uint256(terms.kappaBps)) / 10_000;
        return cap < int256(ramp + uint256(terms.feeBps) * 1e14);
    }

    /// @dev Whether a bucket has less room than what of its asset is to be sold.
    function _isPaced(AccountId account, Assessment memory a) private view returns (bool) {
        Holding[] memory held = vault.portfolio(account).collateral;
        for (uint256 i; i < held.length; ++i) {
            if (vault.paceAvailable(held[i].asset) < a.legValues[i]) return true;
        }
        return false;
    }

    /// @dev What may end a sale after `sales` parts.
    function _allowStop(AccountId account, Assessment memory a, uint256 sales) private {
        _allowIf(sales != 0, ILiquidator.NotLiquidatable.selector);
        _allowIf(_isPaced(account, a), ILiquidator.PaceExceeded.selector);
        int256 price = a.mark.equity + int256(a.markCollateral);
        bool poor = vault.cashOf(bidding) < price;
        _allowIf(poor, IVaultCommon.Undercollateralised.selector);
        _allowIf(poor, IVaultCommon.DebtBelowMinimum.selector);
        _allowIf(_holdsDown(bidding), IVaultCommon.CollateralDown.selector);
    }

    /* P23: GIFTS */

    /// @notice A stranger pays into an account, or sends tokens where nobody asked for them.
    function present(uint256 who, uint256 what, uint256 amount) public actsAs(this.present.selector) {
        AccountId account = accounts[who % accounts.length];
        MockERC20 asset = what % 3 == 0 ? quote : _asset(what >> 8);
        bool toAccount = (what >> 16) % 2 == 0;
        if (toAccount && address(asset) != address(quote) && !_holds(account, address(asset))) return;
        amount = _bound(amount, 1, _worthOf(address(asset), 500_000));
        flush();
        uint256 snapshot = vm.snapshotState();
        View[] memory before = _views();
        vm.prank(stranger);
        (bool ok, bytes memory result) = toAccount
            ? address(vault).call(abi.encodeCall(vault.deposit, (account, address(asset), amount)))
            : address(asset).call(abi.encodeCall(asset.transfer, (_other(what >> 24), amount)));
        View[] memory current = _views();
        uint256 worth = _valueOf(address(asset), amount);
        _restore(snapshot);
        if (toAccount) {
            _allowOperation(account, address(asset), address(asset) == address(quote) ? 0 : 4, amount, false);
        } else {
            _allowToken(address(asset));
        }
        _judge(ok, result);
        for (uint256 i; i < before.length; ++i) {
            if (toAccount && accounts[i] == account) _claimGift(before[i], current[i], worth);
            else _claimUnmoved(before[i], current[i]);
        }
        if (!ok) return;
        _succeeded();
        _count(toAccount ? bytes32("gift to an account") : bytes32("gift to the system"));
    }

    function _other(uint256 which) private view returns (address) {
        address[4] memory others = [address(vault), address(junior), address(closeOut), address(waterfall)];
        return others[which % 4];
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

    function _outcome(AccountId account, address asset, uint256 what, uint256 amount, uint256 parts_)
        private
        returns (Outcome memory o)
    {
        flush();
        uint256 snapshot = vm.snapshotState();
        address owner = account.owner();
        o.ok = true;
        for (uint256 i; i < parts_ && o.ok; ++i) {
            uint256 part = i == 0 ? amount - amount / parts_ * (parts_ - 1) : amount / parts_;
            bytes memory step = _operation(account, asset, what, part);
            vm.prank(owner);
            (o.ok, o.result) = address(vault).call(step);
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

    /// @dev The errors with which an operation may be refused, done at once or in parts.
    function _allowOperation(AccountId account, address asset, uint256 what, uint256 amount, bool inParts) private {
        int256 cash = vault.cashOf(account);
        int256 delta = int256(amount * 1e12);
        if (what == 0 || what == 3) {
            // on its way up a debt may stand below the least after any part
            bool dust = _isDustDebt(cash + delta) || (inParts && cash < 0 && cash + delta > -int256(_minDebtWad()));
            _allowIf(dust, IVaultCommon.DebtBelowMinimum.selector);
            _allowIf(what == 3 && (cash >= 0 || (inParts && cash + delta >= 0)), IVaultCommon.NoDebt.selector);
        } else if (what == 1 || what == 2) {
            _allowIf(amount > vault.liquidity(), IVaultCommon.InsufficientLiquidity.selector);
            _allowIf(what == 1 && cash < delta + (inParts ? WEI : int256(0)), IVaultCommon.InsufficientCash.selector);
            if (what == 1) return;
            _allowDebt(account, amount, amount + 5 > engine.largestBorrow(vault.portfolio(account)) / 1e12);
            // on its way down a debt may stand below the least after any part
            _allowIf(inParts && cash > -int256(_minDebtWad()), IVaultCommon.DebtBelowMinimum.selector);
        } else if (what == 4) {
            (, uint256 cap) = policy.intakeOf(asset);
            bool over = vault.totalCollateral(asset) + amount > cap;
            _allowIf(over, IVaultCommon.SupplyCapExceeded.selector);
            _allowIf(_isFull(account, asset), IVaultCommon.TooManyCollaterals.selector);
            _allowIf(_isShielding(account, asset, false), IVaultCommon.CollateralDown.selector);
            _allowToken(asset);
        } else {
            bool more = amount > vault.collateralOf(account, asset);
            uint256 most = engine.largestWithdrawal(vault.portfolio(account), asset);
            _allowIf(more, IVaultCommon.InsufficientCollateral.selector);
            _allowIf(cash < 0 && ghostPaused, IVaultCommon.Paused.selector);
            _allowIf(cash < 0 && amount > most, IVaultCommon.Undercollateralised.selector);
            _allowToken(asset);
        }
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

    /// @dev Up to so much at a time until nothing more is sold; where that would leave too little, the whole rest.
    function _sell(AccountId account, uint256 part) private returns (Sale memory sale) {
        flush();
        uint256 snapshot = vm.snapshotState();
        int256 before = engine.assess(vault.portfolio(bidding)).mark.equity;
        for (; sale.parts < MOST_SALES; ++sale.parts) {
            (bool ok, bytes memory result) = _sellOnce(account, sale.parts + 1 == MOST_SALES ? ONE : part);
            if (!ok && bytes4(result) == ILiquidator.FullCloseRequired.selector) {
                (ok, result) = _sellOnce(account, ONE);
            }
            if (ok) continue;
            sale.stop = result;
            break;
        }
        sale.gained = engine.assess(vault.portfolio(bidding)).mark.equity - before;
        _restore(snapshot);
    }

    function _sellOnce(AccountId account, uint256 fraction) private returns (bool ok, bytes memory result) {
        bytes memory sale = abi.encodeCall(vault.liquidate, (account, bidding, fraction, type(int256).max, ""));
        vm.prank(bidder);
        return address(vault).call(sale);
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
