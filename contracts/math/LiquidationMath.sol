// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {SignedMath} from "@openzeppelin/contracts/utils/math/SignedMath.sol";
import {BPS, CENT, WAD} from "./Units.sol";
import {Rounding} from "./Rounding.sol";
import {Assessment, Margin} from "../types/Margin.sol";
import {MarginCall, MarginState} from "../types/MarginCall.sol";
import {LiquidationTerms} from "../types/PolicyParams.sol";

/// @notice What one liquidation moves and costs. Quote WAD but for the fraction and the rates, which are WAD.
struct LiquidationPlan {
    /// `f`: part of everything that the bidder takes over
    uint256 fraction;
    /// `b`, of the maintenance requirement
    uint256 bonusRate;
    /// what the bidder gains at mark; none where he loses
    uint256 bonus;
    /// to the reserve
    uint256 fee;
    /// from bidder to account; negative is from account to bidder
    int256 pay;
    /// what the account lacks to pay the bonus; the waterfall's to cover
    uint256 shortfall;
}

/// @notice What a liquidation costs the account, WAD of the maintenance requirement.
struct LiquidationRates {
    /// `b`, to the bidder
    uint256 bonus;
    /// `phi`, to the reserve
    uint256 fee;
}

/// @notice Grace, bonus, fraction and price of a liquidation (docs/risk.md, "Liquidation").
/// @dev With `f` of everything transferred for `f * (E - b * Rm)` and a fee `f * phi * Rm`, what stays is
/// `E' = E - f * (b + phi) * Rm` and `Rm' = (1 - f) * Rm`: health rises iff `b + phi < h`.
library LiquidationMath {
    /// @notice What an account with positions has to require at least, of the least bonus: twice, so that what is below
    /// `hCritical` and so sold at once can still pay it.
    uint256 internal constant LEAST_MAINTENANCE_BONUSES = 2;

    uint256 private constant BPS_TO_WAD = WAD / BPS;

    /// @notice Seconds of grace for a call at `health`: the longest at one, none at `hCritical`. Rounded down.
    function grace(int256 health, LiquidationTerms memory terms) internal pure returns (uint256) {
        int256 critical = criticalHealth(terms);
        if (health <= critical) return 0;
        if (health >= int256(WAD)) return terms.maxGrace;
        return terms.maxGrace * uint256(health - critical) / uint256(int256(WAD) - critical);
    }

    /// @notice Whether an account of `health` may be liquidated, and for how many live seconds it has been.
    /// @param now_ live time; not looked at where there is no call
    function liquidatable(int256 health, MarginCall memory marginCall, uint256 now_, LiquidationTerms memory terms)
        internal
        pure
        returns (bool yes, uint256 elapsed)
    {
        if (health >= int256(WAD)) return (false, 0);
        if (marginCall.calledAt != 0 && now_ >= marginCall.deadline) return (true, now_ - marginCall.deadline);
        return (health < criticalHealth(terms), 0);
    }

    /// @notice Where an account stands.
    /// @param now_ live time; not looked at where there is no call
    function stateOf(
        Assessment memory assessment,
        MarginCall memory marginCall,
        uint256 now_,
        LiquidationTerms memory terms
    ) internal pure returns (MarginState) {
        int256 health = assessment.better.health();
        if (health >= int256(WAD)) {
            return assessment.mark.excess() >= 0 ? MarginState.Healthy : MarginState.Restricted;
        }
        (bool yes,) = liquidatable(health, marginCall, now_, terms);
        if (!yes) return marginCall.calledAt == 0 ? MarginState.Callable : MarginState.Called;
        bool sunk = assessment.downLegs == 0 && assessment.mark.equity < int256(leastBonus(assessment.mark, terms));
        return sunk ? MarginState.Insolvent : MarginState.Liquidatable;
    }

    function criticalHealth(LiquidationTerms memory terms) internal pure returns (int256) {
        return int256(terms.criticalHealthBps * BPS_TO_WAD);
    }

    /// @notice Health at which a call is cured.
    function curedHealth(LiquidationTerms memory terms) internal pure returns (int256) {
        return int256(WAD + terms.cureBufferBps * BPS_TO_WAD);
    }

    /// @notice Health at which `marginCall` may be cleared: cured, or one once its deadline is over. Then the grace is
    /// spent, and a call that stood on would hit at the next dip, months later, without any and at the highest bonus.
    /// @param now_ live time
    function clearableHealth(MarginCall memory marginCall, uint256 now_, LiquidationTerms memory terms)
        internal
        pure
        returns (int256)
    {
        return now_ < marginCall.deadline ? curedHealth(terms) : int256(WAD);
    }

    /// @notice Bonus rate `b` and fee rate `phi`, WAD of the maintenance requirement.
    /// @dev The bonus is the larger of a ramp in time and, below `hCritical` only, a ramp in depth: waiting for the
    /// deadline does not make closing dearer. Together they stay within `kappa * h`, so that a partial close helps.
    /// @param health decides the ramp
    /// @param paying health of what the bidder takes over, which has to pay
    /// @param elapsed seconds since the account became liquidatable
    function rates(int256 health, int256 paying, uint256 elapsed, LiquidationTerms memory terms)
        internal
        pure
        returns (LiquidationRates memory r)
    {
        uint256 cap = paying <= 0 ? 0 : Math.min(uint256(paying), WAD) * terms.kappaBps / BPS;
        uint256 least = terms.bonusMinBps * BPS_TO_WAD;
        // the least bonus comes before the fee, the rest of the bonus after it
        r.fee = Math.min(terms.feeBps * BPS_TO_WAD, cap - Math.min(cap, least));

        uint256 rise = terms.bonusMaxBps * BPS_TO_WAD - least;
        r.bonus = elapsed >= terms.bonusRamp ? least + rise : least + rise * elapsed / terms.bonusRamp;
        uint256 critical = uint256(criticalHealth(terms));
        if (health < int256(critical)) {
            uint256 depth = critical - (health < 0 ? 0 : uint256(health));
            r.bonus = Math.max(r.bonus, least + rise * depth / critical);
        }
        r.bonus = Math.min(r.bonus, cap - r.fee);
    }

    /// @notice The rates at which `account` is liquidated.
    function ratesOf(Assessment memory account, uint256 elapsed, LiquidationTerms memory terms)
        internal
        pure
        returns (LiquidationRates memory)
    {
        return rates(account.better.health(), payingHealth(account), elapsed, terms);
    }

    /// @notice The plan for the largest fraction that may be taken, and whether that is all because what would be left,
    /// or earned, is too little.
    /// @param minDebt whole quote units
    function largest(
        Assessment memory account,
        int256 cash,
        LiquidationRates memory r,
        LiquidationTerms memory terms,
        uint256 minDebt
    ) internal pure returns (LiquidationPlan memory p, bool closes) {
        p = _partial(account.mark, _restoringFraction(account.better.health(), r, terms), r);
        uint256 floorBonus = terms.floorBonusCents * CENT;
        if (p.bonus < floorBonus) p = _partial(account.mark, _payingFraction(account.mark, r, floorBonus), r);
        closes = p.fraction == WAD || mustClose(r.bonus, terms) || leavesDust(account, cash, p, terms, minDebt);
        if (closes) p = _close(account, cash, r, leastBonus(account.mark, terms));
    }

    /// @notice The plan for taking `fraction`, at most that of `largest`.
    function plan(
        Assessment memory account,
        int256 cash,
        uint256 fraction,
        LiquidationRates memory r,
        LiquidationTerms memory terms
    ) internal pure returns (LiquidationPlan memory) {
        if (fraction != WAD) return _partial(account.mark, fraction, r);
        return _close(account, cash, r, leastBonus(account.mark, terms));
    }

    /// @notice Whether `p` leaves a debt, or positions, or all that stands beside a debt, smaller than the least debt;
    /// or positions that require no more than the least requirement, which does not fall with what is sold of them.
    /// @param minDebt whole quote units
    function leavesDust(
        Assessment memory account,
        int256 cash,
        LiquidationPlan memory p,
        LiquidationTerms memory terms,
        uint256 minDebt
    ) internal pure returns (bool) {
        uint256 least = minDebt * WAD;
        uint256 left;
        if (account.markNotional != 0) {
            left = Rounding.mulWadDown(account.markNotional, WAD - p.fraction);
            uint256 required = Rounding.mulWadDown(account.mark.maintenance, WAD - p.fraction);
            bool isSmall = left < least || required < LEAST_MAINTENANCE_BONUSES * terms.floorBonusCents * CENT;
            if (left != 0 && isSmall && account.downLegs == 0) return true;
        }
        int256 cashLeft = cash - Rounding.mulWadFloor(cash, p.fraction) + p.pay - int256(p.fee);
        if (cashLeft >= 0) return false;
        left += Rounding.mulWadDown(account.markCollateral, WAD - p.fraction);
        return uint256(-cashLeft) < least || (left < least && account.downLegs == 0);
    }

    /// @notice Health of what has to pay for the liquidation: of the legs at mark, unless a leg is Down and stays.
    function payingHealth(Assessment memory account) internal pure returns (int256) {
        return account.downLegs == 0 ? account.mark.health() : account.better.health();
    }

    /// @notice Least bonus that pays for taking over the whole account, quote WAD: the policy's amount for the work,
    /// and its lowest rate for the market risk and the slippage, which grow with the account. Where the account cannot
    /// pay it, the waterfall does: a large account that is worth nothing must still be worth taking.
    function leastBonus(Margin memory mark, LiquidationTerms memory terms) internal pure returns (uint256) {
        uint256 atLeastRate = mark.maintenance * terms.bonusMinBps / BPS;
        return Math.max(terms.floorBonusCents * CENT, atLeastRate);
    }

    /// @notice Whether health allows no more than this bonus rate, and it is below the lowest: a part would not pay for
    /// itself, so only the whole is taken.
    function mustClose(uint256 bonusRate, LiquidationTerms memory terms) internal pure returns (bool) {
        return bonusRate < terms.bonusMinBps * BPS_TO_WAD;
    }

    /// @dev `f = (T - h) / (T - b - phi)`: after it health is `T`. At most all.
    function _restoringFraction(int256 health, LiquidationRates memory r, LiquidationTerms memory terms)
        private
        pure
        returns (uint256)
    {
        uint256 target = terms.targetHealthBps * BPS_TO_WAD;
        // not negative: policy bounds keep the target above one, and bonus and fee below it
        uint256 missing = target - (health < 0 ? 0 : uint256(health));
        return Math.min(missing * WAD / (target - r.bonus - r.fee), WAD);
    }

    /// @dev The part that pays for the work; all, where that is not enough. No more than that: were all taken wherever
    /// the restoring part pays too little, a bidder could take parts until it does, and then the whole rest.
    function _payingFraction(Margin memory mark, LiquidationRates memory r, uint256 floorBonus)
        private
        pure
        returns (uint256)
    {
        uint256 bonusOfAll = Rounding.mulWadDown(mark.maintenance, r.bonus);
        return bonusOfAll <= floorBonus ? WAD : Math.ceilDiv(floorBonus * WAD, bonusOfAll);
    }

    function _partial(Margin memory mark, uint256 fraction, LiquidationRates memory r)
        private
        pure
        returns (LiquidationPlan memory p)
    {
        p.fraction = fraction;
        p.bonusRate = r.bonus;
        uint256 requirement = Rounding.mulWadDown(mark.maintenance, fraction);
        p.bonus = Rounding.mulWadDown(requirement, r.bonus);
        p.fee = Rounding.mulWadDown(requirement, r.fee);
        p.pay = Rounding.mulWadCeil(mark.equity, fraction) - int256(p.bonus);
    }

    /// @dev Everything goes. The bonus comes before the fee, and what the account cannot pay even at its better prices
    /// is a shortfall, unless a leg that stays still backs it. Then the account stays as well, and may be liquidated
    /// again: so no bonus is more than what is sold for it, or it could be earned for nothing, over and over.
    function _close(Assessment memory account, int256 cash, LiquidationRates memory r, uint256 least)
        private
        pure
        returns (LiquidationPlan memory p)
    {
        Margin memory mark = account.mark;
        p.fraction = WAD;
        p.bonusRate = r.bonus;
        p.bonus = Math.max(Rounding.mulWadDown(mark.maintenance, r.bonus), least);
        p.fee = Rounding.mulWadDown(mark.maintenance, r.fee);
        if (account.downLegs != 0) p.bonus = Math.min(p.bonus, account.markCollateral + account.markNotional);
        p.pay = mark.equity - int256(p.bonus);
        if (account.downLegs != 0) {
            p.shortfall = _unpaidLoss(account, cash, p);
            if (p.shortfall != 0) p.fee = 0;
            return p;
        }
        p.fee = Math.min(p.fee, p.pay < 0 ? 0 : uint256(p.pay));
        if (p.pay >= 0) return p;
        // lenders do not pay for what sources disagree about: whoever bids then bids on the spot price
        int256 lacking = SignedMath.min(-p.pay, SignedMath.max(int256(p.bonus) - account.better.equity, 0));
        p.bonus = uint256(SignedMath.max(mark.equity + lacking, 0));
        p.pay = -lacking;
        p.shortfall = uint256(lacking);
    }

    /// @dev With a leg that stays, what is owed waits for its price. But no loss of positions becomes a debt to lenders
    /// that not even the leg's last good price backs: it is the waterfall's and the winners' (PNL-06), or a leg that is
    /// worth nothing would keep it from them.
    function _unpaidLoss(Assessment memory account, int256 cash, LiquidationPlan memory p)
        private
        pure
        returns (uint256)
    {
        // fit: values are below 2**180
        int256 lost = cash + int256(account.markCollateral) - account.mark.equity;
        int256 lacking = int256(p.bonus) - account.better.equity;
        return uint256(SignedMath.max(SignedMath.min(SignedMath.min(lost, lacking), -p.pay), 0));
    }
}
