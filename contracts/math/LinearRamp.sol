// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

/// @notice When a change that is spread over time began and ends, block timestamps. No change is all zero.
struct Span {
    uint40 startedAt;
    uint40 endsAt;
}

/// @notice A parameter on its way from one value to another, in a straight line.
/// @dev At its start a ramp has its old value exactly, so nothing flips in the block of a change; in between it is
/// rounded towards the old value, and from its end on it is the new one.
library LinearRamp {
    /// @notice What has been reached of the way `from` one value `to` another.
    /// @param from below 2**216
    /// @param to below 2**216
    function at(uint256 from, uint256 to, Span memory span, uint256 timestamp) internal pure returns (uint256) {
        if (timestamp >= span.endsAt) return to;
        uint256 elapsed = timestamp - span.startedAt; // no ramp begins later than it is read
        uint256 duration = span.endsAt - span.startedAt; // not zero: the end is after `timestamp`
        return to > from ? from + (to - from) * elapsed / duration : from - (from - to) * elapsed / duration;
    }

    /// @notice As `at` where the value rises; one that falls has fallen from the start.
    function rising(uint256 from, uint256 to, Span memory span, uint256 timestamp) internal pure returns (uint256) {
        return to > from ? at(from, to, span, timestamp) : to;
    }

    /// @notice As `at` where the value falls; one that rises has risen from the start.
    function falling(uint256 from, uint256 to, Span memory span, uint256 timestamp) internal pure returns (uint256) {
        return to < from ? at(from, to, span, timestamp) : to;
    }
}
