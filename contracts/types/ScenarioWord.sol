// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {ScenarioTerms, TAILS} from "./InstrumentParams.sol";

/// @notice A scenario grid in one word, for the reasons of `CollateralWord`. From the lowest bit: ramping 8, range 16,
/// step 16, initial 16, volatility up and down 16 each, naked 20, basis 20, and four times a shock of 18 (signed) and
/// a weight of 14. Zero: no grid was ever set.
type ScenarioWord is uint256;

using {
    terms,
    rangeBps,
    stepBps,
    initialBps,
    volatilityUpBps,
    volatilityDownBps,
    nakedPpm,
    basisPpm,
    tailShockBps,
    tailWeightBps
} for ScenarioWord global;

uint256 constant FIRST_TAIL = 128;
uint256 constant TAIL_BITS = 32;
uint256 constant SHOCK_BITS = 18;
uint256 constant RATE_BITS = 20;
/// @dev What is left of 24 bits.
uint256 constant SHOCK_SPARE = 24 - SHOCK_BITS;

/// @notice The word of `t`, whose fields are within the bounds of `IInstrumentPolicy.setScenarios`. Not ramping.
function toScenarioWord(ScenarioTerms memory t) pure returns (ScenarioWord) {
    uint256 w = uint256(t.rangeBps) << 8 | uint256(t.stepBps) << 24 | uint256(t.initialBps) << 40
        | uint256(t.volatilityUpBps) << 56 | uint256(t.volatilityDownBps) << 72 | uint256(t.nakedPpm) << 88
        | uint256(t.basisPpm) << 108;
    for (uint256 i; i < TAILS; ++i) {
        // the shock's own bits, without those of its sign
        uint256 shock = uint256(uint24(t.tailShocksBps[i])) & (1 << SHOCK_BITS) - 1;
        w |= (shock | uint256(t.tailWeightsBps[i]) << SHOCK_BITS) << FIRST_TAIL + i * TAIL_BITS;
    }
    return ScenarioWord.wrap(w);
}

function terms(ScenarioWord word) pure returns (ScenarioTerms memory t) {
    t.rangeBps = word.rangeBps();
    t.stepBps = word.stepBps();
    t.initialBps = word.initialBps();
    t.volatilityUpBps = word.volatilityUpBps();
    t.volatilityDownBps = word.volatilityDownBps();
    t.nakedPpm = word.nakedPpm();
    t.basisPpm = word.basisPpm();
    for (uint256 i; i < TAILS; ++i) {
        t.tailShocksBps[i] = word.tailShockBps(i);
        t.tailWeightsBps[i] = word.tailWeightBps(i);
    }
}

// The casts below keep a field's own bits.

function rangeBps(ScenarioWord word) pure returns (uint16) {
    return uint16(ScenarioWord.unwrap(word) >> 8);
}

function stepBps(ScenarioWord word) pure returns (uint16) {
    return uint16(ScenarioWord.unwrap(word) >> 24);
}

function initialBps(ScenarioWord word) pure returns (uint16) {
    return uint16(ScenarioWord.unwrap(word) >> 40);
}

function volatilityUpBps(ScenarioWord word) pure returns (uint16) {
    return uint16(ScenarioWord.unwrap(word) >> 56);
}

function volatilityDownBps(ScenarioWord word) pure returns (uint16) {
    return uint16(ScenarioWord.unwrap(word) >> 72);
}

function nakedPpm(ScenarioWord word) pure returns (uint24) {
    return uint24(ScenarioWord.unwrap(word) >> 88 & (1 << RATE_BITS) - 1);
}

function basisPpm(ScenarioWord word) pure returns (uint24) {
    return uint24(ScenarioWord.unwrap(word) >> 108 & (1 << RATE_BITS) - 1);
}

function tailShockBps(ScenarioWord word, uint256 i) pure returns (int24) {
    // the sign to where a sign is, and back
    return int24(uint24(ScenarioWord.unwrap(word) >> FIRST_TAIL + i * TAIL_BITS << SHOCK_SPARE)) >> SHOCK_SPARE;
}

function tailWeightBps(ScenarioWord word, uint256 i) pure returns (uint16) {
    uint256 tail = ScenarioWord.unwrap(word) >> FIRST_TAIL + i * TAIL_BITS;
    return uint16(tail >> SHOCK_BITS & (1 << TAIL_BITS - SHOCK_BITS) - 1);
}
