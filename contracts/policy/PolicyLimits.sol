// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IMarginPolicy} from "../interfaces/IMarginPolicy.sol";
import {BPS} from "../math/Units.sol";
import {CashTerms, LiquidationTerms, PaceLimit, RampSpeeds} from "../types/PolicyParams.sol";

/// @notice Bounds of the policy's parameters: what no role may pass, not what is wise.
library PolicyLimits {
    /* COLLATERAL */

    /// @dev Less leaves nothing for the move between two prints.
    uint256 private constant MIN_HAIRCUT_BPS = 100;
    /// @dev More is no collateral, and a requirement of the whole value leaves no health to restore.
    uint256 private constant MAX_HAIRCUT_BPS = 9_500;
    /// @dev An unhealthy account above `hCritical` waits at most this long for an empty bucket.
    uint256 private constant MAX_REFILL_TIME = 1 days;

    /* CASH */

    /// @dev All three rates together, a year: ten idle years grow a debt 41-fold, far from where indices stop: 79,000
    /// times one (`InterestIndex.MAX_INDEX`).
    uint256 private constant MAX_RATE_BPS = 40_000;
    /// @dev More and lenders work for the reserve.
    uint256 private constant MAX_RESERVE_FACTOR_BPS = 5_000;

    /* LIQUIDATION */

    /// @dev At none, nothing would make a bidder close an account worth less than nothing instead of paying himself out
    /// of it in parts.
    uint256 private constant MIN_BONUS_BPS = 1;
    /// @dev Of the requirement: with a haircut of 17 % half of it is 8.5 % of the collateral.
    uint256 private constant MAX_BONUS_BPS = 5_000;
    uint256 private constant MAX_FEE_BPS = 2_000;
    /// @dev Less would starve the bonus of accounts that are still solvent.
    uint256 private constant MIN_KAPPA_BPS = 5_000;
    /// @dev `b + phi <= kappa * h < h`: each partial liquidation raises health, with a twentieth to spare.
    uint256 private constant MAX_KAPPA_BPS = 9_500;
    /// @dev Above the cure: a liquidation that reaches its target also ends the call. As `b + phi <= kappa < 1`, a
    /// target above one is also above them, by at least a twentieth.
    uint256 private constant MIN_TARGET_ABOVE_CURE_BPS = 100;
    /// @dev More would sell most of an account that is a little short.
    uint256 private constant MAX_TARGET_BPS = 20_000;
    /// @dev Below it there is no protection: an account of little health must not wait, nor one of health one be sold
    /// without a call.
    uint256 private constant MIN_CRITICAL_BPS = 1_000;
    uint256 private constant MAX_CRITICAL_BPS = 9_500;
    /// @dev More would hold calls against accounts that are well.
    uint256 private constant MAX_CURE_BUFFER_BPS = 2_000;
    /// @dev Nobody stands for a loan that may not be touched for longer.
    uint256 private constant MAX_GRACE = 1 days;
    uint256 private constant MAX_BONUS_RAMP = 1 days;
    /// @dev Of the least debt: what a call may take from the smallest account.
    uint256 private constant MAX_CALL_FEE_BPS = 200;
    /// @dev Of the least debt: what the work may cost the smallest account, or the waterfall in its place.
    uint256 private constant MAX_FLOOR_BONUS_BPS = 1_000;
    /// @dev What lenders may lose at once; the rest stays unpaid and visible.
    uint256 private constant MAX_SOCIALISATION_BPS = 1_000;
    uint256 private constant CENTS_PER_QUOTE = 100;

    /* RAMPS */

    /// @dev An account 10 % of its collateral above its call has five days to move.
    uint256 private constant MAX_HAIRCUT_SPEED_BPS = 200;
    /// @dev No holding, however large beside the depth, counts a tenth less in a day.
    uint256 private constant MAX_DEPTH_SPEED_BPS = 1_000;
    /// @dev Of the cap as it was: whoever may raise caps takes days to make them matter.
    uint256 private constant MAX_CAP_GROWTH_BPS = 5_000;
    uint256 private constant MIN_TERMS_DURATION = 1 days;
    uint256 private constant MAX_TERMS_DURATION = 30 days;

    function checkHaircuts(uint256 maintenanceBps, uint256 initialBps) internal pure {
        within("maintenanceHaircutBps", maintenanceBps, MIN_HAIRCUT_BPS, MAX_HAIRCUT_BPS);
        within("initialHaircutBps", initialBps, maintenanceBps, MAX_HAIRCUT_BPS);
    }

    function checkPace(PaceLimit calldata pace) internal pure {
        within("capacity", pace.capacity, 1, type(uint128).max);
        uint256 leastRefill = (pace.capacity + MAX_REFILL_TIME - 1) / MAX_REFILL_TIME;
        within("refillPerSecond", pace.refillPerSecond, leastRefill, type(uint128).max);
    }

    function checkCash(CashTerms calldata terms) internal pure {
        uint256 rate = uint256(terms.baseRateBps) + terms.slopeLowBps + terms.slopeHighBps;
        within("rateBps", rate, 0, MAX_RATE_BPS);
        within("kinkBps", terms.kinkBps, 1, BPS - 1);
        within("reserveFactorBps", terms.reserveFactorBps, 0, MAX_RESERVE_FACTOR_BPS);
        within("minDebt", terms.minDebt, 1, type(uint48).max);
    }

    function checkLiquidation(LiquidationTerms calldata terms) internal pure {
        within("bonusMaxBps", terms.bonusMaxBps, MIN_BONUS_BPS, MAX_BONUS_BPS);
        within("bonusMinBps", terms.bonusMinBps, MIN_BONUS_BPS, terms.bonusMaxBps);
        within("feeBps", terms.feeBps, 0, MAX_FEE_BPS);
        within("kappaBps", terms.kappaBps, MIN_KAPPA_BPS, MAX_KAPPA_BPS);
        within("criticalHealthBps", terms.criticalHealthBps, MIN_CRITICAL_BPS, MAX_CRITICAL_BPS);
        within("cureBufferBps", terms.cureBufferBps, 0, MAX_CURE_BUFFER_BPS);
        uint256 leastTarget = BPS + terms.cureBufferBps + MIN_TARGET_ABOVE_CURE_BPS;
        within("targetHealthBps", terms.targetHealthBps, leastTarget, MAX_TARGET_BPS);
        within("bonusRamp", terms.bonusRamp, 0, MAX_BONUS_RAMP);
        within("maxGrace", terms.maxGrace, 0, MAX_GRACE);
        within("socialisationCapBps", terms.socialisationCapBps, 0, MAX_SOCIALISATION_BPS);
    }

    /// @dev What a call and the work cost must be small beside the least debt.
    function checkWork(uint256 minDebt, uint256 callFeeCents, uint256 floorBonusCents) internal pure {
        uint256 minDebtCents = minDebt * CENTS_PER_QUOTE;
        within("callFeeCents", callFeeCents, 0, minDebtCents * MAX_CALL_FEE_BPS / BPS);
        within("floorBonusCents", floorBonusCents, 0, minDebtCents * MAX_FLOOR_BONUS_BPS / BPS);
    }

    function checkSpeeds(RampSpeeds calldata speeds) internal pure {
        within("haircutBpsPerDay", speeds.haircutBpsPerDay, 1, MAX_HAIRCUT_SPEED_BPS);
        within("depthBpsPerDay", speeds.depthBpsPerDay, 1, MAX_DEPTH_SPEED_BPS);
        within("capGrowthBpsPerDay", speeds.capGrowthBpsPerDay, 1, MAX_CAP_GROWTH_BPS);
        within("termsDuration", speeds.termsDuration, MIN_TERMS_DURATION, MAX_TERMS_DURATION);
    }

    /// @notice As fast as code allows.
    function fastest() internal pure returns (RampSpeeds memory) {
        return RampSpeeds({
            haircutBpsPerDay: uint16(MAX_HAIRCUT_SPEED_BPS),
            depthBpsPerDay: uint16(MAX_DEPTH_SPEED_BPS),
            capGrowthBpsPerDay: uint16(MAX_CAP_GROWTH_BPS),
            termsDuration: uint32(MIN_TERMS_DURATION)
        });
    }

    function within(bytes32 parameter, uint256 value, uint256 least, uint256 most) internal pure {
        if (value < least || value > most) {
            revert IMarginPolicy.ParameterOutOfBounds(parameter, value, least, most);
        }
    }
}
