// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {CollateralRisk} from "./PolicyParams.sol";

/// @notice A collateral's terms with two flags, in one word. From the lowest bit: listed 8, decimals 8, ramping 8,
/// growing 8, maintenance haircut 16, initial haircut 16, depth 96, supply cap 96.
/// @dev Each check of each account reads it: a struct in its place is unpacked from storage, packed for the call and
/// unpacked again, for as much gas as reading the slot.
type CollateralWord is uint256;

using {
    risk,
    writeTo,
    isListed,
    decimals,
    supplyCap,
    maintenanceHaircutBps,
    initialHaircutBps,
    depth,
    isRamping,
    isGrowing,
    withRamping,
    withGrowing
} for CollateralWord global;

uint256 constant RAMPING = 1 << 16;
uint256 constant GROWING = 1 << 24;

/// @notice Neither ramping nor growing.
function toCollateralWord(CollateralRisk memory r) pure returns (CollateralWord) {
    uint256 flags = (r.listed ? 1 : 0) | uint256(r.decimals) << 8;
    uint256 haircuts = uint256(r.maintenanceHaircutBps) << 32 | uint256(r.initialHaircutBps) << 48;
    return CollateralWord.wrap(flags | haircuts | uint256(r.depth) << 64 | uint256(r.supplyCap) << 160);
}

// The casts below keep a field's own bits.

function risk(CollateralWord word) pure returns (CollateralRisk memory r) {
    word.writeTo(r);
}

/// @dev Into memory that is there: each struct that is returned is cleared first, in every function on its way.
function writeTo(CollateralWord word, CollateralRisk memory r) pure {
    uint256 w = CollateralWord.unwrap(word);
    r.listed = w & 1 != 0;
    r.decimals = uint8(w >> 8);
    r.maintenanceHaircutBps = uint16(w >> 32);
    r.initialHaircutBps = uint16(w >> 48);
    r.depth = uint96(w >> 64);
    r.supplyCap = uint96(w >> 160);
}

function isListed(CollateralWord word) pure returns (bool) {
    return CollateralWord.unwrap(word) & 1 != 0;
}

function decimals(CollateralWord word) pure returns (uint8) {
    return uint8(CollateralWord.unwrap(word) >> 8);
}

function maintenanceHaircutBps(CollateralWord word) pure returns (uint16) {
    return uint16(CollateralWord.unwrap(word) >> 32);
}

function initialHaircutBps(CollateralWord word) pure returns (uint16) {
    return uint16(CollateralWord.unwrap(word) >> 48);
}

/// @notice Token units.
function depth(CollateralWord word) pure returns (uint96) {
    return uint96(CollateralWord.unwrap(word) >> 64);
}

/// @notice Token units.
function supplyCap(CollateralWord word) pure returns (uint96) {
    return uint96(CollateralWord.unwrap(word) >> 160);
}

/// @notice The maintenance side comes from a `CollateralRamp`.
function isRamping(CollateralWord word) pure returns (bool) {
    return CollateralWord.unwrap(word) & RAMPING != 0;
}

/// @notice The cap comes from a `CapGrowth`.
function isGrowing(CollateralWord word) pure returns (bool) {
    return CollateralWord.unwrap(word) & GROWING != 0;
}

function withRamping(CollateralWord word, bool on) pure returns (CollateralWord) {
    uint256 w = CollateralWord.unwrap(word) & ~RAMPING;
    return CollateralWord.wrap(on ? w | RAMPING : w);
}

function withGrowing(CollateralWord word, bool on) pure returns (CollateralWord) {
    uint256 w = CollateralWord.unwrap(word) & ~GROWING;
    return CollateralWord.wrap(on ? w | GROWING : w);
}
