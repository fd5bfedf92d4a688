// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {BPS, WAD} from "../math/Units.sol";

/// @notice What dynamic margin multiplies requirements by, in one word, since each check reads it. From the lowest bit:
/// initial scale 64, maintenance scale at its start 64, start 32, last sample 32, ramp 16. Zero: no terms.
type ScaleWord is uint256;

using {isSet, initial, from, since, sampledAt, maintenanceAt} for ScaleWord global;

/// @param initial_ at least one, WAD
/// @param maintenance at `timestamp`, at least one, WAD; above `initial_` it is `initial_`
/// @param rampBpsPerHour > 0
function toScaleWord(
    uint256 initial_,
    uint256 maintenance,
    uint256 timestamp,
    uint256 sampledAt_,
    uint256 rampBpsPerHour
) pure returns (ScaleWord) {
    if (maintenance > initial_) maintenance = initial_;
    // fits: scales up to four WAD are below 2**64; time until the year 2106
    uint256 times = timestamp << 128 | sampledAt_ << 160;
    return ScaleWord.wrap(initial_ | maintenance << 64 | times | rampBpsPerHour << 192);
}

// The casts below keep a field's own bits.

function isSet(ScaleWord word) pure returns (bool) {
    return ScaleWord.unwrap(word) != 0;
}

/// @notice The scale of initial margin, WAD.
function initial(ScaleWord word) pure returns (uint256) {
    return uint64(ScaleWord.unwrap(word));
}

/// @notice The scale of maintenance margin at `since`, WAD.
function from(ScaleWord word) pure returns (uint256) {
    return uint64(ScaleWord.unwrap(word) >> 64);
}

/// @notice Block timestamp from which the maintenance scale ramps.
function since(ScaleWord word) pure returns (uint256) {
    return uint32(ScaleWord.unwrap(word) >> 128);
}

/// @notice Block timestamp of the last sample; zero before the first.
function sampledAt(ScaleWord word) pure returns (uint256) {
    return uint32(ScaleWord.unwrap(word) >> 160);
}

/// @notice The scale of maintenance margin, WAD: where it was, and higher with time, up to the initial scale.
/// @param timestamp not before `since`
function maintenanceAt(ScaleWord word, uint256 timestamp) pure returns (uint256) {
    uint256 most = word.initial();
    // fits: 16 bits, 47 and 32
    unchecked {
        uint256 perHour = uint16(ScaleWord.unwrap(word) >> 192) * (WAD / BPS);
        uint256 risen = word.from() + perHour * (timestamp - word.since()) / 1 hours;
        return risen < most ? risen : most;
    }
}
