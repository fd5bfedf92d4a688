// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {DeltaTerms} from "./InstrumentParams.sol";

/// @notice What net exposure requires in one word, for the reasons of `CollateralWord`. From the lowest bit: ramping 8,
/// move initial 24, maintenance 24, volatility initial 16, maintenance 16, floor 8.
type DeltaWord is uint256;

using {
    terms,
    moveInitialPpm,
    moveMaintenancePpm,
    volatilityInitialBps,
    volatilityMaintenanceBps,
    isFloor
} for DeltaWord global;

/// @notice Not ramping.
function toDeltaWord(DeltaTerms memory t) pure returns (DeltaWord) {
    return DeltaWord.wrap(
        uint256(t.moveInitialPpm) << 8 | uint256(t.moveMaintenancePpm) << 32 | uint256(t.volatilityInitialBps) << 56
            | uint256(t.volatilityMaintenanceBps) << 72 | uint256(t.isFloor ? 1 : 0) << 88
    );
}

function terms(DeltaWord word) pure returns (DeltaTerms memory) {
    return DeltaTerms({
        moveInitialPpm: word.moveInitialPpm(),
        moveMaintenancePpm: word.moveMaintenancePpm(),
        volatilityInitialBps: word.volatilityInitialBps(),
        volatilityMaintenanceBps: word.volatilityMaintenanceBps(),
        isFloor: word.isFloor()
    });
}

// The casts below keep a field's own bits.

function moveInitialPpm(DeltaWord word) pure returns (uint24) {
    return uint24(DeltaWord.unwrap(word) >> 8);
}

function moveMaintenancePpm(DeltaWord word) pure returns (uint24) {
    return uint24(DeltaWord.unwrap(word) >> 32);
}

function volatilityInitialBps(DeltaWord word) pure returns (uint16) {
    return uint16(DeltaWord.unwrap(word) >> 56);
}

function volatilityMaintenanceBps(DeltaWord word) pure returns (uint16) {
    return uint16(DeltaWord.unwrap(word) >> 72);
}

function isFloor(DeltaWord word) pure returns (bool) {
    return uint8(DeltaWord.unwrap(word) >> 88) != 0;
}
