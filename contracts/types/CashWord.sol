// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {CashTerms} from "./PolicyParams.sol";

/// @notice Terms on which cash is lent with a flag, in one word, for the reasons of `CollateralWord`. From the lowest
/// bit: three rates of 32, kink 16, reserve factor 16, least debt 48, borrow cap 48, growing 8.
type CashWord is uint256;

using {terms, reserveFactorBps, minDebt, borrowCap, isGrowing, withBorrowCap, withGrowing} for CashWord global;

uint256 constant BORROW_CAP_GROWS = 1 << 224;

/// @notice Not growing.
function toCashWord(CashTerms memory t) pure returns (CashWord) {
    uint256 rates = uint256(t.baseRateBps) | uint256(t.slopeLowBps) << 32 | uint256(t.slopeHighBps) << 64;
    uint256 parts = uint256(t.kinkBps) << 96 | uint256(t.reserveFactorBps) << 112;
    return CashWord.wrap(rates | parts | uint256(t.minDebt) << 128 | uint256(t.borrowCap) << 176);
}

// The casts below keep a field's own bits.

function terms(CashWord word) pure returns (CashTerms memory t) {
    uint256 w = CashWord.unwrap(word);
    t.baseRateBps = uint32(w);
    t.slopeLowBps = uint32(w >> 32);
    t.slopeHighBps = uint32(w >> 64);
    t.kinkBps = uint16(w >> 96);
    t.reserveFactorBps = uint16(w >> 112);
    t.minDebt = uint48(w >> 128);
    t.borrowCap = uint48(w >> 176);
}

function reserveFactorBps(CashWord word) pure returns (uint16) {
    return uint16(CashWord.unwrap(word) >> 112);
}

/// @notice Whole quote units.
function minDebt(CashWord word) pure returns (uint48) {
    return uint48(CashWord.unwrap(word) >> 128);
}

/// @notice Whole quote units.
function borrowCap(CashWord word) pure returns (uint48) {
    return uint48(CashWord.unwrap(word) >> 176);
}

/// @notice The borrow cap comes from a `CapGrowth`.
function isGrowing(CashWord word) pure returns (bool) {
    return CashWord.unwrap(word) & BORROW_CAP_GROWS != 0;
}

/// @param cap whole quote units
function withBorrowCap(CashWord word, uint48 cap) pure returns (CashWord) {
    uint256 w = CashWord.unwrap(word) & ~(uint256(type(uint48).max) << 176);
    return CashWord.wrap(w | uint256(cap) << 176);
}

function withGrowing(CashWord word, bool on) pure returns (CashWord) {
    uint256 w = CashWord.unwrap(word) & ~BORROW_CAP_GROWS;
    return CashWord.wrap(on ? w | BORROW_CAP_GROWS : w);
}
