// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Vm} from "forge-std/Vm.sol";
import {SignedMath} from "@openzeppelin/contracts/utils/math/SignedMath.sol";
import {ILiquidator} from "../../../contracts/interfaces/ILiquidator.sol";
import {ILossWaterfall, LossTotals} from "../../../contracts/interfaces/ILossWaterfall.sol";
import {IVaultCommon} from "../../../contracts/interfaces/IVaultCommon.sol";
import {LiquidationPlan} from "../../../contracts/math/LiquidationMath.sol";
import {NANO} from "../../../contracts/math/Units.sol";
import {ScriptedCall} from "../../../contracts/mocks/ScriptedBidder.sol";
import {AccountId} from "../../../contracts/types/AccountId.sol";
import {Holding} from "../../../contracts/types/Portfolio.sol";
import {MarginCall} from "../../../contracts/types/MarginCall.sol";
import {LiquidationTerms} from "../../../contracts/types/PolicyParams.sol";
import {PriceStatus} from "../../../contracts/types/Price.sol";
import {EndCheck} from "./EndCheck.sol";
import {Standing} from "./World.sol";

/// @notice Liquidations of any account at any time by a bidder with capital or by a rival who may not have it.
abstract contract Liquidating is EndCheck {
    struct Attempt {
        AccountId account;
        AccountId bidder;
        uint256 maxFraction;
        /// quote token units that he finds in the middle of it
        uint256 found;
        /// of the account and of the bidder in `before`
        uint256 at;
        uint256 bidderAt;
        Standing[] before;
        Holding[] legs;
        uint256 reserves;
        uint256[2] trancheCash;
        /// what the tranches would pay, by asset
        uint256[] coverLeft;
    }

    struct Covered {
        uint256 shortfall;
        uint256 fromReserves;
        uint256 fromJunior;
        uint256 fromSenior;
        uint256 socialised;
        uint256 unpaid;
    }

    function liquidate(uint256 who, uint256 byWhom, uint256 part) external acts {
        uint256 by = byWhom % 4 == 0 ? 5 : byWhom % 4 == 1 ? FLASH_AT : 8;
        _liquidate(who % OWN, by, part % 2 == 0 ? ONE : _bound(part, 1, ONE));
    }

    function _liquidate(uint256 at, uint256 bidderAt, uint256 maxFraction) internal {
        if (at == bidderAt) return;
        Attempt memory a;
        (a.account, a.bidder, a.at, a.bidderAt) = (accounts[at], accounts[bidderAt], at, bidderAt);
        a.maxFraction = maxFraction;
        a.before = _standings();
        a.legs = vault.portfolio(a.account).collateral;
        a.reserves = vault.reserves();
        a.trancheCash = _trancheCash();
        a.coverLeft = new uint256[](assets.length);
        for (uint256 i; i < assets.length; ++i) {
            a.coverLeft[i] = waterfall.coverLeft(assets[i]);
        }
        bytes memory script = a.bidder == flashing ? _flashScript(a) : bytes("");
        bool may = _mayLiquidate(a);
        _allowRefusals(a, may);
        _listen();
        (bool ok, bytes memory result) = _try(
            a.bidder.owner(),
            address(vault),
            abi.encodeCall(vault.liquidate, (a.account, a.bidder, maxFraction, type(int256).max, script))
        );
        if (!ok) return _settleRefusal(a);
        _claim("P07", may, "an account that is not liquidatable was liquidated");
        LiquidationPlan memory plan = abi.decode(result, (LiquidationPlan));
        if (a.found != 0) {
            _bookCustody(address(quote), int256(a.found));
            _claim("P26", !flash.succeeded(), "an account was judged in the middle of its liquidation");
            _count("flash liquidation");
        }
        (Covered memory covered, address market) = _coveredIn(_heard());
        _bookSlice(a, plan.fraction);
        cashMoves += 8;
        _claimFrozenRest(a, covered.socialised != 0);
        _claimAccount(a, plan);
        // the bidder is a lender too, and bears his share of what the lenders pay
        _claimBidder(a, plan, covered.unpaid, covered.socialised);
        _claimShares(a, plan, covered, market);
        _tally(a, plan, covered);
        _watchClocks(covered.socialised != 0);
        _watchShares(covered.fromJunior + covered.fromSenior + covered.socialised != 0);
    }

    /* FORETELLING */

    function _mayLiquidate(Attempt memory a) private view returns (bool) {
        Standing memory s = a.before[a.at];
        int256 health = s.margin.better.health();
        if (!_isOpen() || health >= HEALTHY) return false;
        MarginCall memory made = vault.callOf(a.account);
        bool overdue = made.calledAt != 0 && vault.liveTime() >= made.deadline;
        return overdue || health < _critical();
    }

    function _critical() private view returns (int256) {
        return int256(uint256(policy.liquidationTerms().criticalHealthBps)) * 1e14;
    }

    /// @dev With capital and for the whole account nothing but the pace may refuse, and that not below the critical
    /// health (P08).
    function _allowRefusals(Attempt memory a, bool may) private {
        bool critical = a.before[a.at].margin.better.health() < _critical();
        _allowIf(!_isOpen(), ILiquidator.LiquidationsClosed.selector);
        _allowIf(_isOpen() && !may, ILiquidator.NotLiquidatable.selector);
        _allowIf(may && !critical, ILiquidator.PaceExceeded.selector);
        _allowIf(may && a.maxFraction != ONE, ILiquidator.FullCloseRequired.selector);
        Standing memory s = a.before[a.at];
        uint256 price = SignedMath.abs(s.cash) + SignedMath.abs(s.margin.mark.equity);
        bool rich = a.bidder == bidding || a.bidder == flashing;
        bool poor = !rich || a.before[a.bidderAt].cash + int256(a.found * 1e12) < int256(price);
        _allowIf(may && poor, IVaultCommon.Undercollateralised.selector);
        _allowIf(may && poor, IVaultCommon.DebtBelowMinimum.selector);
        _allowIf(may && poor, IVaultCommon.TooManyCollaterals.selector);
        _allowIf(may && _holdsDown(a.bidder), IVaultCommon.CollateralDown.selector);
    }

    function _holdsDown(AccountId account) private view returns (bool) {
        Holding[] memory held = vault.portfolio(account).collateral;
        for (uint256 i; i < held.length; ++i) {
            if (_isDown(held[i].asset)) return true;
        }
        return false;
    }

    /// @dev In the middle of it the bidder pays in what the account costs, and tries to judge the account once more.
    function _flashScript(Attempt memory a) private view returns (bytes memory) {
        Standing memory s = a.before[a.at];
        a.found = (SignedMath.abs(s.cash) + SignedMath.abs(s.margin.mark.equity)) / 1e12 + 10_000 * USD;
        ScriptedCall[] memory script = new ScriptedCall[](4);
        bytes memory again = abi.encodeCall(vault.liquidate, (a.account, bidding, a.maxFraction, type(int256).max, ""));
        script[0] = _scripted(abi.encodeCall(vault.deposit, (a.bidder, address(quote), a.found)), false);
        script[1] = _scripted(abi.encodeCall(vault.clear, (a.account)), true);
        script[2] = _scripted(again, true);
        script[3] = _scripted(abi.encodeCall(vault.call, (a.account)), true);
        return abi.encode(script);
    }

    function _scripted(bytes memory data, bool mayFail) private view returns (ScriptedCall memory) {
        return ScriptedCall(address(vault), data, mayFail);
    }

    /* CLAIMS */

    function _settleRefusal(Attempt memory a) private {
        for (uint256 i; i < accounts.length; ++i) {
            _claim("P15", _standing(accounts[i]).digest == a.before[i].digest, "a refused liquidation left a mark");
        }
        _watchClocks(false);
    }

    /// @dev Nobody but the account and the bidder changes; lenders' cash only with a booked loss.
    function _claimFrozenRest(Attempt memory a, bool lossBooked) private {
        for (uint256 i; i < accounts.length; ++i) {
            if (i == a.at) continue;
            Standing memory current = _standing(accounts[i]);
            bool wasHealthy = a.before[i].margin.better.health() >= HEALTHY;
            _claim("P06", !wasHealthy || current.margin.better.health() >= HEALTHY, "a liquidation hurt a bystander");
            if (i == a.bidderAt || _isTranche(accounts[i])) continue;
            _claim("P14", current.digest == a.before[i].digest, "a liquidation took from a bystander");
            _claim("P14", lossBooked || current.cash == a.before[i].cash, "a bystander's cash changed without a loss");
        }
    }

    function _claimAccount(Attempt memory a, LiquidationPlan memory plan) private {
        Standing memory before = a.before[a.at];
        Standing memory current = _standing(a.account);
        if (plan.fraction != ONE) {
            // a wei of equity in eight is worth this much health
            int256 wei_ = WEI * 1e18 / int256(current.margin.better.maintenance + 1) + 1;
            int256 health = current.margin.better.health();
            bool raised = health + wei_ >= before.margin.better.health();
            _claim("P09", raised || _isDoublyBlind(a), "a part sale lowered health");
            bool dust =
                _isDustDebt(current.cash - WEI) || (current.cash < 0 && current.margin.markCollateral < _minDebtWad());
            _claim("P11", !dust || before.margin.downLegs != 0, "a part sale left dust");
        } else if (before.margin.downLegs == 0) {
            _claim("P11", current.margin.markCollateral == 0, "a close left collateral");
            _claim("P12", current.cash >= 0, "a close left a debt");
            bool dear = current.cash > before.margin.mark.equity;
            _claim("P10", !dear || before.margin.mark.equity < 0, "an account gained by its liquidation");
        }
    }

    /// @dev One leg's feed is dead and another's in doubt: what the account is worth besides the dead leg is then known
    /// only at its better price, and may be less than what the bonus is reckoned from (docs/risk.md).
    function _isDoublyBlind(Attempt memory a) private view returns (bool doubtful) {
        for (uint256 i; i < a.legs.length; ++i) {
            if (oracle.read(a.legs[i].asset).status == PriceStatus.Degraded) doubtful = true;
        }
        return doubtful && a.before[a.at].margin.downLegs != 0;
    }

    /// @dev The bidder gains the bonus at mark and no more; what nobody covered is his loss; rounding is too.
    function _claimBidder(Attempt memory a, LiquidationPlan memory plan, uint256 unpaid, uint256 socialised) private {
        LiquidationTerms memory terms = policy.liquidationTerms();
        int256 gained = _standing(a.bidder).margin.mark.equity - a.before[a.bidderAt].margin.mark.equity;
        gained -= int256(a.found * 1e12);
        int256 due = int256(plan.bonus) - int256(unpaid);
        _claim("P10", gained <= due + WEI, "the bidder gained more than the bonus");
        int256 units = WEI + int256(socialised);
        for (uint256 i; i < a.legs.length; ++i) {
            // a token unit a leg, rounded down
            units += int256(_priceOf(a.legs[i].asset) / 10 ** _decimals(a.legs[i].asset)) + 1;
        }
        _claim("P10", gained + units >= due, "the bidder was paid less than the bonus");
        uint256 requirement = a.before[a.at].margin.mark.maintenance;
        uint256 most = requirement * terms.bonusMaxBps / 10_000;
        uint256 floor = uint256(terms.floorBonusCents) * 1e16;
        _claim("P10", plan.bonus <= (most > floor ? most : floor), "a bonus above its bounds");
    }

    /// @dev `shortfall = reserves + junior + senior + socialised + unpaid`, each as the books say, only at a close, and
    /// each only when what comes before it has given all that it may.
    function _claimShares(Attempt memory a, LiquidationPlan memory plan, Covered memory c, address market) private {
        uint256 reservesNow = vault.reserves();
        if (plan.shortfall == 0) {
            _claim("P13", a.reserves + plan.fee - reservesNow < NANO, "reserves changed by more than the fee");
            return;
        }
        bool closed = plan.fraction == ONE && a.before[a.at].margin.downLegs == 0;
        _claim("P12", closed, "a deficit while something was left");
        _claim("P12", c.shortfall == plan.shortfall, "a deficit recorded as something else");
        uint256 tranches = c.fromJunior + c.fromSenior;
        uint256 sum = c.fromReserves + tranches + c.socialised + c.unpaid;
        _claim("P13", sum == c.shortfall, "the shares of a loss are not the loss");
        _claim("P13", a.reserves - reservesNow < c.fromReserves + NANO, "reserves paid more than their share");
        _claim("P13", tranches == 0 || reservesNow <= 1e12, "the fund paid before the reserves were used up");
        uint256[2] memory cash = _trancheCash();
        if (c.socialised == 0) {
            _claim("P13", a.trancheCash[0] - cash[0] <= c.fromJunior + 1e12, "the junior tranche paid more");
            _claim("P13", a.trancheCash[1] - cash[1] <= c.fromSenior + 1e12, "the senior tranche paid more");
        }
        uint256 left = _leftFor(a, market);
        _claim("P13", tranches <= left, "the tranches paid more than they may");
        _claim("P13", c.fromSenior == 0 || cash[0] < 1e12, "the senior tranche paid before the junior was used up");
        bool usedUp = cash[0] + cash[1] < 2e12 || tranches + 1e12 >= left;
        _claim("P13", c.socialised == 0 || usedUp, "lenders paid before the fund was used up");
        ghostShortfall[market] += c.shortfall;
        _claimTotals(market);
    }

    /// @dev What is recorded by collateral is what was lost on it.
    function _claimTotals(address market) private {
        LossTotals memory t = waterfall.lossesOf(market);
        uint256 sum = t.fromReserves + t.fromJunior + t.fromSenior + t.socialised + t.unpaid;
        _claim("P13", sum == ghostShortfall[market], "the totals of a collateral are not its losses");
    }

    function _leftFor(Attempt memory a, address market) private view returns (uint256) {
        for (uint256 i; i < assets.length; ++i) {
            if (assets[i] == market) return a.coverLeft[i];
        }
        return type(uint256).max;
    }

    function _trancheCash() private view returns (uint256[2] memory cash) {
        cash[0] = _positive(vault.cashOf(junior.fundAccount()));
        cash[1] = _positive(vault.cashOf(senior.fundAccount()));
    }

    function _isTranche(AccountId account) private view returns (bool) {
        return account == junior.fundAccount() || account == senior.fundAccount();
    }

    /* BOOKS */

    function _bookSlice(Attempt memory a, uint256 fraction) private {
        uint256 down = a.before[a.at].margin.downLegs;
        for (uint256 i; i < a.legs.length; ++i) {
            if (down & (1 << i) != 0) continue;
            int256 amount = int256(uint256(a.legs[i].amount) * fraction / ONE);
            _book(a.account, a.legs[i].asset, -amount);
            _book(a.bidder, a.legs[i].asset, amount);
        }
    }

    function _tally(Attempt memory a, LiquidationPlan memory plan, Covered memory c) private {
        _count("liquidation");
        if (plan.fraction == ONE) _count("close");
        else _count("partial");
        if (a.before[a.at].margin.downLegs != 0) _count("sold beside a dead feed");
        if (plan.shortfall != 0) _count("shortfall");
        if (c.fromReserves != 0) _count("reserves paid");
        if (c.fromJunior != 0) _count("fund paid");
        if (c.fromSenior != 0) _count("senior tranche paid");
        if (c.socialised != 0) _count("loss socialised");
        if (c.unpaid != 0) _count("loss unpaid");
        if (a.before[a.at].margin.better.equity != a.before[a.at].margin.mark.equity) _count("sold while doubtful");
    }

    function _coveredIn(Vm.Log[] memory logs) internal pure returns (Covered memory c, address market) {
        for (uint256 i; i < logs.length; ++i) {
            if (logs[i].topics[0] == ILossWaterfall.ShortfallCovered.selector) {
                c = abi.decode(logs[i].data, (Covered));
                market = address(uint160(uint256(logs[i].topics[2])));
            }
        }
    }

    function _decimals(address asset) private view returns (uint256) {
        return policy.collateralRisk(asset).decimals;
    }

    function _positive(int256 x) private pure returns (uint256) {
        return x > 0 ? uint256(x) : 0;
    }
}
