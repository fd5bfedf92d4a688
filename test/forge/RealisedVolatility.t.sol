// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Test} from "forge-std/Test.sol";
import {RealisedVariance, Variance} from "../../contracts/math/RealisedVariance.sol";
import {WAD} from "../../contracts/math/Units.sol";
import {ScaleWord, toScaleWord} from "../../contracts/types/ScaleWord.sol";
import {VolatilityTerms} from "../../contracts/types/VolatilityTerms.sol";
import {VolatilityHandler} from "./invariants/VolatilityHandler.sol";

/// @notice The estimate and the ramp by themselves, and the contract under any sequence of what can happen to it.
contract RealisedVolatilityTest is Test {
    VolatilityHandler private handler;

    function setUp() public {
        handler = new VolatilityHandler();
        targetContract(address(handler));
    }

    /// [DYN-08]
    function invariant_DYN08_maintenanceNeverRisesInABlockNorFasterThanTheRampAndAllStaysInBounds() public view {
        assertEq(handler.broken(), "");
    }

    /// [DYN-03] Nothing that a price, a time or terms within bounds may be makes a sample revert.
    function testFuzz_sample_neverReverts(
        uint96 first,
        uint96 second,
        uint32 elapsed,
        uint256 standard,
        uint256 fast,
        uint256 slow
    ) public pure {
        VolatilityTerms memory terms = _terms(standard, fast, slow);
        Variance memory v = RealisedVariance.fresh(terms);
        v.price = first == 0 ? 1 : first;
        v.sample(second == 0 ? 1 : second, elapsed == 0 ? 1 : elapsed, terms);
        uint256 scale = v.scale(terms);
        assertGe(scale, WAD);
        assertLe(scale, 4 * WAD);
    }

    /// [DYN-05] A rise and the fall that takes it back count the same, whichever comes first.
    function testFuzz_sample_countsUpAndDownAlike(uint96 low, uint96 high, uint256 elapsed) public pure {
        low = uint96(bound(low, 1, type(uint96).max - 1));
        high = uint96(bound(high, low, type(uint96).max));
        elapsed = bound(elapsed, 60, 30 days);
        VolatilityTerms memory terms = _terms(8_000, 4 hours, 1 days);
        Variance memory up = RealisedVariance.fresh(terms);
        Variance memory down = RealisedVariance.fresh(terms);
        (up.price, down.price) = (low, high);
        up.sample(high, elapsed, terms);
        down.sample(low, elapsed, terms);
        assertEq(up.recent, down.recent);
        assertEq(up.estimate, down.estimate);
    }

    /// [DYN-06] The longer the silence the more it is forgotten, up to a 16th of the short half-life.
    function testFuzz_sample_forgetsNoMoreForALongerSilence(uint256 elapsed, uint256 more) public pure {
        elapsed = bound(elapsed, 15 minutes, 30 days);
        more = bound(more, 0, 365 days);
        VolatilityTerms memory terms = _terms(8_000, 4 hours, 1 days);
        Variance memory v = RealisedVariance.fresh(terms);
        Variance memory w = RealisedVariance.fresh(terms);
        v.price = w.price = 2_000e18;
        v.sample(2_000e18, elapsed, terms);
        w.sample(2_000e18, elapsed + more, terms);
        assertEq(v.recent, w.recent);
    }

    /// [DYN-08]
    function testFuzz_maintenanceAt_startsWhereItWasAndRisesByTheRamp(
        uint256 initial,
        uint256 maintenance,
        uint256 ramp,
        uint256 passed
    ) public pure {
        initial = bound(initial, WAD, 4 * WAD);
        maintenance = bound(maintenance, WAD, 4 * WAD);
        ramp = bound(ramp, 1, 1_000);
        passed = bound(passed, 0, 3_650 days);
        uint256 start = 1_700_000_000;
        ScaleWord word = toScaleWord(initial, maintenance, start, start - 1, ramp);
        uint256 from = maintenance < initial ? maintenance : initial;
        assertEq(word.maintenanceAt(start), from);
        uint256 risen = from + ramp * 1e14 * passed / 1 hours;
        assertEq(word.maintenanceAt(start + passed), risen < initial ? risen : initial);
        assertEq(word.initial(), initial);
        assertEq(word.since(), start);
        assertEq(word.sampledAt(), start - 1);
        assertTrue(word.isSet());
    }

    function _terms(uint256 standard, uint256 fast, uint256 slow) private pure returns (VolatilityTerms memory) {
        standard = bound(standard, 500, 50_000);
        fast = bound(fast, 1 hours, 1 days);
        return VolatilityTerms({
            referenceBps: uint32(standard),
            floorBps: uint32(standard / 2),
            capBps: uint32(4 * standard),
            rampBpsPerHour: 500,
            minInterval: 60,
            fastHalfLife: uint24(fast),
            slowHalfLife: uint24(bound(slow, fast, 14 days))
        });
    }
}
