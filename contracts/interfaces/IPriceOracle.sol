// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Price} from "../types/Price.sol";

/// @notice Where an asset's price comes from and when to stop believing it.
struct FeedConfig {
    /// Chainlink AggregatorV3, quote for one whole unit
    address primary;
    /// another aggregator for the same pair, or Pyth's contract; zero where there is none
    address second;
    /// Pyth's id of the price; zero where the second source is an aggregator
    bytes32 secondId;
    /// seconds after which a source opens no new risk
    uint24 openAge;
    /// seconds after which a source is dead; > openAge
    uint24 liquidationAge;
    /// seconds in which the smoothed price covers half of a move
    uint24 halfLife;
    /// how far the sources may differ, of the lower one; above it the price is Degraded
    uint16 disagreementBps;
    /// how wide half of Pyth's confidence interval may be, of its price, to be believed; zero without Pyth
    uint16 confidenceBps;
    /// answers at or outside these bounds are no answers, quote WAD; kept in three significant digits, rounded outward
    uint96 floor;
    uint96 ceiling;
}

/// @notice The price last recorded for smoothing.
/// @dev The smoothed price at `t >= recordedAt` is `spot + (smoothed - spot) * 2 ** -((t - recordedAt) / halfLife)`.
struct PriceRecord {
    /// quote WAD
    uint96 spot;
    /// the smoothed price at `recordedAt`, quote WAD
    uint96 smoothed;
    uint32 recordedAt;
}

/// @title Guarded prices
/// @notice Stands between the feeds and everything that decides by them. A feed that is stale, zero, negative, from the
/// future, incomplete, too uncertain, out of its band or reverting makes its asset Degraded or Down; it never makes a
/// call revert.
interface IPriceOracle {
    /// @param config as stored, that is with the band rounded outward
    event FeedConfigured(address indexed asset, FeedConfig config, uint8 primaryDecimals, uint8 secondDecimals);
    event PriceRecorded(address indexed asset, uint256 spot, uint256 smoothed);
    event SequencerConfigured(address indexed feed, uint256 grace);
    event OutageRecorded(uint256 from, uint256 until, uint256 outageTime);

    /// @notice `parameter` was given as `value` and must be within `[least, most]`.
    error FeedConfigOutOfBounds(address asset, bytes32 parameter, uint256 value, uint256 least, uint256 most);
    /// @notice A feed is no second source beside itself.
    error SecondFeedIsPrimary(address asset, address feed);
    /// @notice The feed answers nothing usable now, so it cannot be configured.
    error FeedNotReady(address asset, address feed);
    /// @notice The new feed's first price is further than the bound from the price known so far.
    error FeedJump(address asset, uint256 spotBefore, uint256 spotAfter);
    /// @notice The two sources are further apart than the configuration itself allows.
    error FeedsDisagree(address asset, uint256 primaryPrice, uint256 secondPrice);
    /// @notice This oracle was deployed for a chain without a sequencer.
    error NoSequencer();
    /// @notice The sequencer uptime feed answers nothing, or with a round that never began, so it cannot be configured.
    error SequencerNotReady(address feed);
    error SequencerGraceOutOfBounds(uint256 grace, uint256 most);
    /// @notice The caller sent too little gas to let a feed spend its allowance. A feed that runs out of gas counts as
    /// dead, so this must not be in the hands of whoever sets the gas limit.
    error FeedGasMissing(uint256 left, uint256 needed);

    /// @notice The guarded price of `asset`. Never reverts for what a feed does (only out of gas, or `FeedGasMissing`);
    /// an asset without a feed is Down.
    /// @dev Status: Down when no source is alive (sane and no older than `liquidationAge`). Live when the primary is no
    /// older than `openAge` and so is the second source, where there is one, and agrees. Degraded otherwise: an old
    /// primary, a lost, old or disagreeing second source, or a dead primary whose place the second source takes. A
    /// second source older than `openAge` is not heard beside a primary that is not: it neither confirms nor widens.
    /// Where the sources disagree the band spans both, and wherever a second source with a confidence is heard it is
    /// wider by that at either end; spot is never moved by it. While the sequencer is not up (`isSequencerUp`) nothing
    /// is Live, and a source is alive only if it answered after the sequencer's last stop or restart and is no older
    /// than `openAge`: a feed that could answer is evidence that the report is wrong or the chain at work again, and a
    /// false alarm must not shield an account that sinks. When Down, `high` is also no lower than the last sane answer
    /// of either source, however old.
    function read(address asset) external view returns (Price memory);

    /// @notice Records the prices of `assets` for smoothing, at most one a block each, skipping any that is not Live
    /// and would not be if the sequencer were up.
    /// Also records sequencer outages. Anyone may call it. A print recorded now starts to move the smoothed price only
    /// as time passes.
    function update(address[] calldata assets) external;

    /// @notice Sets the feed of `asset`. Only the role that governs the oracle.
    /// @dev Reads both feeds' decimals and first prices, and records the first price; a replacement may not jump by
    /// more than the bound. The band keeps three significant digits: its floor is rounded down and its ceiling up.
    function configure(address asset, FeedConfig calldata config) external;

    /// @notice Sets the L2 sequencer uptime feed, zero for none, and the seconds after a restart in which no
    /// price is Live. Outages before this call no longer count as new. Only the role that governs the oracle.
    function configureSequencer(address feed, uint24 grace) external;

    /// @notice Whether the sequencer is up and the grace after its last restart over; true where there is none. While
    /// it is not, only an account below the critical health at its better side should be sold: whoever is due a grace
    /// keeps it until he could have acted, and the others would have none without the alarm.
    function isSequencerUp() external view returns (bool);

    /// @notice Seconds for which the sequencer has been down so far, each restart's grace included. Never falls by what
    /// `update` does, nor below what was recorded. While the uptime feed cannot be read it stands at that.
    function outageTime() external view returns (uint256);

    /// @notice Whether this is a chain with an L2 sequencer, whose uptime feed is heeded once it is configured. Where
    /// there is none, nothing of it is read.
    function hasSequencer() external view returns (bool);

    /// @notice What is stored: the band as it is heeded, which is at most a 200th wider at either end than it was
    /// configured. All zero where `asset` has no feed.
    function feedOf(address asset) external view returns (FeedConfig memory);

    /// @notice What smoothing knows of `asset`; all zero where it has no feed.
    function recordOf(address asset) external view returns (PriceRecord memory);

    /// @notice The sequencer uptime feed, zero for none, and the grace after a restart, seconds.
    function sequencer() external view returns (address feed, uint24 grace);
}
