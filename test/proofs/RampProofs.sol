// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {LinearRamp, Span} from "../../contracts/math/LinearRamp.sol";
import {GrowingCap} from "../../contracts/policy/GrowingCap.sol";
import {CapGrowth} from "../../contracts/types/PolicyParams.sol";

/// @notice For every old and new value below 2**96, every span and every time from its start on.
contract RampProofs {
    function ramp_staysBetweenItsEnds(uint96 from, uint96 to, uint40 start, uint40 end, uint40 time) external pure {
        require(start <= time);
        uint256 value = LinearRamp.at(from, to, Span(start, end), time);
        assert(from <= to ? from <= value && value <= to : to <= value && value <= from);
    }

    function ramp_startsAtTheOldValueAndEndsAtTheNew(uint96 from, uint96 to, uint40 start, uint40 end) external pure {
        require(start < end);
        Span memory span = Span(start, end);
        assert(LinearRamp.at(from, to, span, start) == from && LinearRamp.at(from, to, span, end) == to);
    }

    function ramp_thatRisesNeverFalls(uint96 from, uint96 to, uint40 start, uint40 end, uint40 time, uint40 later)
        external
        pure
    {
        require(from <= to && start <= time && time <= later);
        Span memory span = Span(start, end);
        assert(LinearRamp.at(from, to, span, time) <= LinearRamp.at(from, to, span, later));
    }

    function ramp_thatFallsNeverRises(uint96 from, uint96 to, uint40 start, uint40 end, uint40 time, uint40 later)
        external
        pure
    {
        require(from >= to && start <= time && time <= later);
        Span memory span = Span(start, end);
        assert(LinearRamp.at(from, to, span, time) >= LinearRamp.at(from, to, span, later));
    }

    /// @dev Now is any time, also one before the cap begins to grow.
    function cap_growsFromWhatItWasToItsTarget(uint96 from, uint96 perDay, uint40 start, uint96 target) external view {
        uint256 cap = GrowingCap.capNow(CapGrowth(from, perDay, start), target);
        assert(cap <= target && (cap >= from || cap == target));
    }

    /// @dev Of two alike the one that began earlier, which has grown for longer, is the larger.
    function cap_neverShrinksWithTime(uint96 from, uint96 perDay, uint40 start, uint40 later, uint96 target)
        external
        view
    {
        require(start <= later);
        uint256 older = GrowingCap.capNow(CapGrowth(from, perDay, start), target);
        assert(older >= GrowingCap.capNow(CapGrowth(from, perDay, later), target));
    }
}
