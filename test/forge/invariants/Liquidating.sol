// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {SignedMath} from "@openzeppelin/contracts/utils/math/SignedMath.sol";
import {ILiquidator} from "../../../contracts/interfaces/ILiquidator.sol";
import {IVaultCommon} from "../../../contracts/interfaces/IVaultCommon.sol";
import {CashPool, InterestIndex} from "../../../contracts/math/InterestIndex.sol";
import {LiquidationPlan} from "../../../contracts/math/LiquidationMath.sol";
import {NANO} from "../../../contracts/math/Units.sol";
import {ScriptedCall} from "../../../contracts/mocks/ScriptedBidder.sol";
import {AccountId} from "../../../contracts/types/AccountId.sol";
import {Holding} from "../../../contracts/types/Portfolio.sol";
import {MarginCall, MarginState} from "../../../contracts/types/MarginCall.sol";
import {LiquidationTerms} from "../../../contracts/types/PolicyParams.sol";
import {PriceStatus} from "../../../contracts/types/Price.sol";
import {FundBooks} from "./FundBooks.sol";
import {Standing} from "./World.sol";

/// @notice Liquidations of any account at any time by a bidder with capital or by a rival who may not have it.
abstract contract Liquidating is FundBooks {
    using InterestIndex for CashPool;

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
        Purse purse;
        uint256 totalBorrow;
    }

    function liquidate(uint256 who, uint256 byWhom, uint256 part) external {
        uint256 by = byWhom % 4 == 0 ? 5 : byWhom % 4 == 1 ? FLASH_AT : 8;
        who = who % OWN;
        for (uint256 i; i < OWN && byWhom % 3 == 0; ++i) {
            (bool may,) = vault.liquidatable(accounts[i]);
            if (may) who = i;
        }
        _liquidate(who, by, part % 2 == 0 ? ONE : _bound(part, 1, ONE));
    }

    function _liquidate(uint256 at, uint256 bidderAt, uint256 maxFraction) internal actsAs(this.liquidate.selector) {
        if (at == bidderAt) return;
        Attempt memory a;
        (a.account, a.bidder, a.at, a.bidderAt) = (accounts[at], accounts[bidderAt], at, bidderAt);
        a.maxFraction = maxFraction;
        a.before = _standings();
        a.legs = vault.portfolio(a.account).collateral;
        a.reserves = vault.reserves();
        a.trancheCash = _trancheCash();
        a.purse = _purse();
        a.totalBorrow = vault.pool().totalBorrow();
        bytes memory script = a.bidder == flashing ? _flashScript(a) : bytes("");
        bool may = _mayLiquidate(a);
        _allowRefusals(a, may);
        _listen();
        (bool ok, bytes memory result) = _try(
            a.bidder.owner(),
            address(vault),
            abi.encodeCall(vault.liquidate, (a.account, a.bidder, maxFraction, type(int256).max, script))
        );
        if (!ok) {
            if (!may && !isUp() && vault.stateOf(a.account) == MarginState.Liquidatable) _count("spared in alarm");
            return _settleRefusal(a);
        }
        _claim("P07", may, "an account that is not liquidatable was liquidated");
        LiquidationPlan memory plan = abi.decode(result, (LiquidationPlan));
        if (a.found != 0) {
            _bookCustody(address(quote), int256(a.found));
            _claim("P26", !flash.succeeded(), "an account was judged in the middle of its liquidation");
            _count("flash liquidation");
        }
        Covered memory covered = _coveredIn(_heard());
        _bookSlice(a, plan.fraction);
        cashMoves += 8;
        _claimFrozenRest(a, covered.socialised != 0);
        _claimAccount(a, plan);
        // the bidder is a lender too, and bears his share of what the lenders pay
        _claimBidder(a, plan, covered.unpaid, covered.socialised);
        _claimShares(a, plan, covered);
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
        // in an alarm only who would have no grace without it either (LIQ-30)
        return health < _critical() || (overdue && isUp());
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
            _claimUntouched(a.before[i], _standing(accounts[i]));
        }
        _watchClocks(false);
    }

    /// @dev Nobody but the account and the bidder changes; lenders' cash only with a booked loss.
    function _claimFrozenRest(Attempt memory a, bool lossBooked) private {
        for (uint256 i; i < accounts.length; ++i) {
            if (i == a.at || i == a.bidderAt || _isTranche(accounts[i])) continue;
            Standing memory before = a.before[i];
            Standing memory current = _standing(accounts[i]);
            if (!lossBooked || before.cash <= 0) _claimUntouched(before, current);
            else _claim("P14", current.digest == before.digest, "a liquidation took from a bystander");
        }
        Standing memory bidderNow = _standing(a.bidder);
        bool wasHealthy = a.before[a.bidderAt].margin.better.health() >= HEALTHY;
        _claim("P06", !wasHealthy || bidderNow.margin.better.health() >= HEALTHY, "a liquidation made the bidder sick");
        uint256 cap = uint256(policy.cashTerms().borrowCap) * ONE;
        uint256 total = vault.pool().totalBorrow();
        _claim("P27", bidderNow.cash >= 0 || total <= cap || total <= a.totalBorrow, "a bid passed the borrow cap");
        if (bidderNow.cash < 0) _count("taken over on credit");
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
        // in a dispute whoever takes all bets on the lower price, and the waterfall pays nothing for it (LIQ-33)
        int256 bet = a.before[a.at].margin.mark.equity + int256(plan.shortfall) - int256(unpaid);
        if (plan.fraction == ONE && a.before[a.at].margin.downLegs == 0 && bet < due) {
            due = bet;
            _count("bet on the lower price");
        }
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

    /// @dev A loss is booked only at a close, and each pays only when who comes before has given all that he may.
    function _claimShares(Attempt memory a, LiquidationPlan memory plan, Covered memory c) private {
        uint256 reservesNow = vault.reserves();
        uint256 most = _mayPay(c.market, a.purse.tranches);
        _bookLoss(c, plan.shortfall, a.purse);
        if (plan.shortfall == 0) {
            _claim("P13", a.reserves + plan.fee - reservesNow < NANO, "reserves changed by more than the fee");
            return;
        }
        bool closed = plan.fraction == ONE && a.before[a.at].margin.downLegs == 0;
        _claim("P12", closed, "a deficit while something was left");
        uint256 tranches = c.fromJunior + c.fromSenior;
        _claim("P13", a.reserves - reservesNow < c.fromReserves + NANO, "reserves paid more than their share");
        _claim("P13", tranches == 0 || reservesNow <= 1e12, "the fund paid before the reserves were used up");
        uint256[2] memory cash = _trancheCash();
        if (c.socialised == 0) {
            _claim("P13", a.trancheCash[0] - cash[0] <= c.fromJunior + 1e12, "the junior tranche paid more");
            _claim("P13", a.trancheCash[1] - cash[1] <= c.fromSenior + 1e12, "the senior tranche paid more");
        }
        _claim("P13", c.fromSenior == 0 || cash[0] < 1e12, "the senior tranche paid before the junior was used up");
        bool usedUp = cash[0] + cash[1] < 2e12 || tranches + 8e12 >= most;
        _claim("P13", c.socialised == 0 || usedUp, "lenders paid before the fund was used up");
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
        if (!isUp()) _count("sold in alarm");
    }

    function _decimals(address asset) private view returns (uint256) {
        return policy.collateralRisk(asset).decimals;
    }

    function _positive(int256 x) private pure returns (uint256) {
        return x > 0 ? uint256(x) : 0;
    }
}
