// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Price} from "../types/Price.sol";

/// @notice Where an asset's price comes from and when to stop believing it.
struct FeedConfig {
    /// Chainlink AggregatorV3, quote for one whole unit
    address primary;
    /// another aggregator for the same pair; zero where there is none
    address second;
    /// seconds after which a source opens no new risk
    uint24 openAge;
    /// seconds after which a source is dead; > openAge
    uint24 liquidationAge;
    /// seconds in which the smoothed price covers half of a move
    uint24 halfLife;
    /// how far the sources may differ, of the lower one; above it the price is Degraded
    uint16 disagreementBps;
    /// answers at or outside these bounds are no answers, quote WAD
    uint104 floor;
    uint104 ceiling;
}

/// @title Guarded prices
/// @notice Stands between the feeds and everything that decides by them. A feed that is stale, zero, negative, from the
/// future, incomplete, out of its band or reverting makes its asset Degraded or Down; it never makes a call revert.
interface IPriceOracle {
    event FeedConfigured(address indexed asset, FeedConfig config, uint8 primaryDecimals, uint8 secondDecimals);
    event PriceRecorded(address indexed asset, uint256 spot, uint256 smoothed);
    event SequencerConfigured(address indexed feed, uint256 grace);
    event OutageRecorded(uint256 from, uint256 until, uint256 outageTime);

    /// @notice The configuration breaks a bound.
    error FeedConfigOutOfBounds(address asset);
    /// @notice The feed answers nothing usable now, so it cannot be configured.
    error FeedNotReady(address asset, address feed);
    /// @notice The new feed's first price is further than the bound from the price known so far.
    error FeedJump(address asset, uint256 spotBefore, uint256 spotAfter);

    /// @notice The guarded price of `asset`. Never reverts; an asset without a feed is Down.
    function read(address asset) external view returns (Price memory);

    /// @notice Records the prices of `assets` for smoothing, at most one a block each, skipping any that is not Live.
    /// Anyone may call it. A print recorded now starts to move the smoothed price only as time passes.
    function update(address[] calldata assets) external;

    /// @notice Sets the feed of `asset`. Only the role that governs the oracle.
    /// @dev Reads both feeds' decimals and first prices; a replacement may not jump by more than the bound.
    function configure(address asset, FeedConfig calldata config) external;

    /// @notice Sets the L2 sequencer uptime feed, zero for none, and the seconds after a restart in which every price
    /// stays Down. Only the role that governs the oracle.
    function configureSequencer(address feed, uint24 grace) external;

    /// @notice Seconds for which the sequencer has been down so far, each restart's grace included.
    function outageTime() external view returns (uint256);

    function feedOf(address asset) external view returns (FeedConfig memory);
}
