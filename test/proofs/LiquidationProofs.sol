// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {LiquidationMath, LiquidationRates} from "../../contracts/math/LiquidationMath.sol";
import {BPS, WAD} from "../../contracts/math/Units.sol";
import {LiquidationTerms} from "../../contracts/types/PolicyParams.sol";

/// @notice For every health, every time and all terms within the bounds of `PolicyLimits`. The plan that follows is
/// undecided: it is held against all small accounts (test/forge/SmallNumbers.liquidation.t.sol).
contract LiquidationProofs {
    function grace_isNoLongerThanTheLongest(int256 health, LiquidationTerms memory terms) external pure {
        _bounded(terms);
        assert(LiquidationMath.grace(health, terms) <= terms.maxGrace);
    }

    function grace_isNoShorterForABetterHealth(int256 health, int256 better, LiquidationTerms memory terms)
        external
        pure
    {
        _bounded(terms);
        require(health <= better);
        assert(LiquidationMath.grace(health, terms) <= LiquidationMath.grace(better, terms));
    }

    /// @dev Therefore a part that is sold raises health.
    function rates_stayWithinKappaOfHealth(int256 health, int256 paying, uint256 elapsed, LiquidationTerms memory terms)
        external
        pure
    {
        _bounded(terms);
        LiquidationRates memory r = LiquidationMath.rates(health, paying, elapsed, terms);
        assert((r.bonus + r.fee) * BPS <= (paying < 0 ? 0 : uint256(paying)) * terms.kappaBps);
    }

    function rates_stayWithinTheirBounds(int256 health, int256 paying, uint256 elapsed, LiquidationTerms memory terms)
        external
        pure
    {
        _bounded(terms);
        LiquidationRates memory r = LiquidationMath.rates(health, paying, elapsed, terms);
        assert(r.bonus * BPS <= terms.bonusMaxBps * WAD && r.fee * BPS <= terms.feeBps * WAD);
    }

    /// @dev The least bonus comes before the fee.
    function rates_takeNoFeeBeforeTheLeastBonus(
        int256 health,
        int256 paying,
        uint256 elapsed,
        LiquidationTerms memory terms
    ) external pure {
        _bounded(terms);
        LiquidationRates memory r = LiquidationMath.rates(health, paying, elapsed, terms);
        assert(r.fee == 0 || r.bonus * BPS >= terms.bonusMinBps * WAD);
    }

    function _bounded(LiquidationTerms memory terms) private pure {
        require(1 <= terms.bonusMinBps && terms.bonusMinBps <= terms.bonusMaxBps && terms.bonusMaxBps <= 5_000);
        require(terms.feeBps <= 2_000 && terms.kappaBps >= 5_000 && terms.kappaBps <= 9_500);
        require(terms.criticalHealthBps >= 1_000 && terms.criticalHealthBps <= 9_500);
        require(terms.bonusRamp <= 1 days && terms.maxGrace <= 1 days);
    }
}
