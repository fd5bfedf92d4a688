// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {InstrumentRisk} from "./InstrumentParams.sol";

/// @notice What positions in an underlying require, with two flags, in one word, for the reasons of `CollateralWord`.
/// From the lowest bit: ramping 1, delta floor 1, none 6, perpetual initial 24, maintenance 24, slope 64, option
/// initial 24, floor 24, maintenance 24, and four haircuts of 16.
/// @dev The second flag says that the underlying's `DeltaTerms` are a floor, so that whoever has none does not pay for
/// looking.
type InstrumentWord is uint256;

using {
    risk,
    hasDeltaFloor,
    withDeltaFloor,
    perpetualInitialPpm,
    perpetualMaintenancePpm,
    perpetualSlope,
    optionInitialPpm,
    optionFloorPpm,
    optionMaintenancePpm,
    profitInitialBps,
    profitMaintenanceBps,
    longInitialBps,
    longMaintenanceBps
} for InstrumentWord global;

uint256 constant DELTA_FLOOR = 2;

/// @notice Neither ramping nor with a delta floor.
function toInstrumentWord(InstrumentRisk memory r) pure returns (InstrumentWord) {
    uint256 perpetual = uint256(r.perpetualInitialPpm) << 8 | uint256(r.perpetualMaintenancePpm) << 32
        | uint256(r.perpetualSlope) << 56;
    uint256 option =
        uint256(r.optionInitialPpm) << 120 | uint256(r.optionFloorPpm) << 144 | uint256(r.optionMaintenancePpm) << 168;
    uint256 haircuts = uint256(r.profitInitialBps) << 192 | uint256(r.profitMaintenanceBps) << 208
        | uint256(r.longInitialBps) << 224 | uint256(r.longMaintenanceBps) << 240;
    return InstrumentWord.wrap(perpetual | option | haircuts);
}

function risk(InstrumentWord word) pure returns (InstrumentRisk memory) {
    return InstrumentRisk({
        perpetualInitialPpm: word.perpetualInitialPpm(),
        perpetualMaintenancePpm: word.perpetualMaintenancePpm(),
        perpetualSlope: word.perpetualSlope(),
        optionInitialPpm: word.optionInitialPpm(),
        optionFloorPpm: word.optionFloorPpm(),
        optionMaintenancePpm: word.optionMaintenancePpm(),
        profitInitialBps: word.profitInitialBps(),
        profitMaintenanceBps: word.profitMaintenanceBps(),
        longInitialBps: word.longInitialBps(),
        longMaintenanceBps: word.longMaintenanceBps()
    });
}

function hasDeltaFloor(InstrumentWord word) pure returns (bool) {
    return InstrumentWord.unwrap(word) & DELTA_FLOOR != 0;
}

/// @notice The same word with that flag as said.
function withDeltaFloor(InstrumentWord word, bool isOn) pure returns (InstrumentWord) {
    uint256 rest = InstrumentWord.unwrap(word) & ~DELTA_FLOOR;
    return InstrumentWord.wrap(isOn ? rest | DELTA_FLOOR : rest);
}

// The casts below keep a field's own bits.

function perpetualInitialPpm(InstrumentWord word) pure returns (uint24) {
    return uint24(InstrumentWord.unwrap(word) >> 8);
}

function perpetualMaintenancePpm(InstrumentWord word) pure returns (uint24) {
    return uint24(InstrumentWord.unwrap(word) >> 32);
}

/// @notice For each whole unit, WAD.
function perpetualSlope(InstrumentWord word) pure returns (uint64) {
    return uint64(InstrumentWord.unwrap(word) >> 56);
}

function optionInitialPpm(InstrumentWord word) pure returns (uint24) {
    return uint24(InstrumentWord.unwrap(word) >> 120);
}

function optionFloorPpm(InstrumentWord word) pure returns (uint24) {
    return uint24(InstrumentWord.unwrap(word) >> 144);
}

function optionMaintenancePpm(InstrumentWord word) pure returns (uint24) {
    return uint24(InstrumentWord.unwrap(word) >> 168);
}

function profitInitialBps(InstrumentWord word) pure returns (uint16) {
    return uint16(InstrumentWord.unwrap(word) >> 192);
}

function profitMaintenanceBps(InstrumentWord word) pure returns (uint16) {
    return uint16(InstrumentWord.unwrap(word) >> 208);
}

function longInitialBps(InstrumentWord word) pure returns (uint16) {
    return uint16(InstrumentWord.unwrap(word) >> 224);
}

function longMaintenanceBps(InstrumentWord word) pure returns (uint16) {
    return uint16(InstrumentWord.unwrap(word) >> 240);
}
