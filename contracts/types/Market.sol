// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {InstrumentId} from "./InstrumentId.sol";

/// @dev Sizes are whole multiples of this (WAD), so that open interest adds up exactly.
uint256 constant LOT = 1e9;

/// @notice A position as it is stored. One slot: 8 + 12 + 12 bytes.
struct PositionSlot {
    /// zero where the list has ended
    InstrumentId instrument;
    /// WAD, long > 0; 39 billion whole units either way
    int96 size;
    /// quote WAD, of a perpetual: what was paid for it, each part less the funding index of its time times its size,
    /// and what profit was paid out of it; 39 billion quote units either way
    int96 basis;
}

/// @notice What all instruments of one underlying have in common. Two slots: 14 + 10 + 5 and 8 + 8 + 16 bytes.
struct Market {
    /// quote WAD that one unit long has paid in funding since the beginning
    int112 fundingIndex;
    /// quote WAD a second, from `fundingAt` on
    int80 fundingRate;
    uint40 fundingAt;
    /// long perpetuals of all accounts together, in lots; as many are short
    uint64 perpetualLots;
    /// short options of all accounts together, in lots; as many are long
    uint64 optionLots;
    /// quote WAD that winners were paid before losers have paid it; negative the other way round
    int128 unsettled;
}
