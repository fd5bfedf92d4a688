// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Span} from "../math/LinearRamp.sol";

/// @dev Parameters in one word on their way from `from` to `target`. Where `target` is not flagged no other slot is
/// read. The lowest bit is the flag of whatever word it is.
struct RampedWord {
    uint256 target;
    uint256 from;
    Span span;
}

/// @notice Words of parameters of which some ramp. Which, and how, is told by a function that mixes two words:
/// `mix(target, from, span, at)`, none of them flagged.
library WordRamp {
    uint256 private constant RAMPING = 1;

    /// @notice What holds at the moment, never flagged.
    function wordNow(RampedWord storage r, function(uint256, uint256, Span memory, uint256) pure returns (uint256) mix)
        internal
        view
        returns (uint256)
    {
        uint256 target = r.target;
        if (target & RAMPING == 0) return target;
        Span memory span = r.span;
        target ^= RAMPING;
        return block.timestamp < span.endsAt ? mix(target, r.from, span, block.timestamp) : target;
    }

    /// @notice What is ramped to, from where and when; no ramp is all zero.
    function targetOf(RampedWord storage r) internal view returns (uint256 target, uint256 from, Span memory span) {
        target = r.target;
        if (target & RAMPING != 0) (target, from, span) = (target ^ RAMPING, r.from, r.span);
    }

    function setAtOnce(RampedWord storage r, uint256 word) internal {
        r.target = word;
    }

    /// @return ramping whether anything in `word` does not hold at once
    function setRamped(
        RampedWord storage r,
        uint256 word,
        Span memory span,
        function(uint256, uint256, Span memory, uint256) pure returns (uint256) mix
    ) internal returns (bool ramping) {
        uint256 was = wordNow(r, mix);
        ramping = mix(word, was, span, span.startedAt) != word;
        r.target = ramping ? word | RAMPING : word;
        if (ramping) (r.from, r.span) = (was, span);
    }

    /// @return settled whether a ramp had arrived, and is no longer looked up
    function settle(RampedWord storage r) internal returns (bool settled) {
        uint256 target = r.target;
        settled = target & RAMPING != 0 && block.timestamp >= r.span.endsAt;
        if (settled) r.target = target ^ RAMPING;
    }
}
