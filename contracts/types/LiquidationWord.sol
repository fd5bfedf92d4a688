// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {LiquidationTerms} from "./PolicyParams.sol";

/// @notice Terms of calls and liquidations with a flag, in one word, for the reasons of `CollateralWord`. From the
/// lowest bit: ramping 8, eight fields of 16 bits, two durations of 24 (they are bounded by a day), two amounts of 32.
type LiquidationWord is uint256;

using {terms, writeTo, floorBonusCents, isRamping} for LiquidationWord global;

function toLiquidationWord(LiquidationTerms memory t, bool ramping) pure returns (LiquidationWord) {
    uint256 rates = uint256(t.bonusMinBps) << 8 | uint256(t.bonusMaxBps) << 24 | uint256(t.feeBps) << 40
        | uint256(t.kappaBps) << 56;
    uint256 thresholds = uint256(t.targetHealthBps) << 72 | uint256(t.criticalHealthBps) << 88
        | uint256(t.cureBufferBps) << 104 | uint256(t.socialisationCapBps) << 120;
    uint256 amounts = uint256(t.bonusRamp) << 136 | uint256(t.maxGrace) << 160 | uint256(t.callFeeCents) << 184
        | uint256(t.floorBonusCents) << 216;
    return LiquidationWord.wrap(rates | thresholds | amounts | (ramping ? 1 : 0));
}

function terms(LiquidationWord word) pure returns (LiquidationTerms memory t) {
    word.writeTo(t);
}

/// @dev Into memory that is there, as with `CollateralWord`. The casts keep a field's own bits.
function writeTo(LiquidationWord word, LiquidationTerms memory t) pure {
    uint256 w = LiquidationWord.unwrap(word);
    t.bonusMinBps = uint16(w >> 8);
    t.bonusMaxBps = uint16(w >> 24);
    t.feeBps = uint16(w >> 40);
    t.kappaBps = uint16(w >> 56);
    t.targetHealthBps = uint16(w >> 72);
    t.criticalHealthBps = uint16(w >> 88);
    t.cureBufferBps = uint16(w >> 104);
    t.socialisationCapBps = uint16(w >> 120);
    t.bonusRamp = uint24(w >> 136);
    t.maxGrace = uint24(w >> 160);
    t.callFeeCents = uint32(w >> 184);
    t.floorBonusCents = uint32(w >> 216);
}

function floorBonusCents(LiquidationWord word) pure returns (uint256) {
    return uint32(LiquidationWord.unwrap(word) >> 216);
}

/// @notice Some field comes from elsewhere.
function isRamping(LiquidationWord word) pure returns (bool) {
    return LiquidationWord.unwrap(word) & 1 != 0;
}
