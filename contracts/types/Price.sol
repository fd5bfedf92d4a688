// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

/// @notice How far a price may be relied on. `Down` is zero: an asset without a feed is Down.
enum PriceStatus {
    /// nothing is decided by this price
    Down,
    /// no new risk; a liquidation must hold at the account's better side
    Degraded,
    Live
}

/// @notice A guarded price, quote WAD for one whole unit.
/// @dev When `Down` the figures are those last recorded, for display and for the account's better side only.
struct Price {
    uint256 spot;
    /// the lower of spot and the smoothed price, less what the second source doubts
    uint256 low;
    /// the higher of spot and the smoothed price, and what the second source doubts
    uint256 high;
    uint40 updatedAt;
    PriceStatus status;
}
