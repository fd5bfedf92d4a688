// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

/// @dev Seconds before expiry over which the index is averaged.
uint256 constant SETTLEMENT_WINDOW = 30 minutes;

/// @notice How far the settlement of an expiry is.
enum SettlementStatus {
    /// before the window
    None,
    /// in the window
    Averaging,
    /// the average is complete and may be disputed
    Pending,
    /// for good
    Final,
    /// too little of the window was seen, or the average was disputed: the governor will say
    Unresolved
}

/// @notice What was seen of an index before one expiry. One slot: 14 + 12 + 2 + 2 + 1 + 1 bytes.
struct SettlementRecord {
    /// sum of prices (quote WAD) times the seconds for which they counted
    uint112 weightedSum;
    /// the last sample, which counts on from `lastSecond`; zero where there is none; once resolved, the price
    uint96 lastPrice;
    /// seconds of the window that are in `weightedSum`
    uint16 covered;
    /// second of the window in which the last sample was taken
    uint16 lastSecond;
    bool isDisputed;
    bool isResolved;
}
