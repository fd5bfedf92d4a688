// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {FeedConfig, IPriceOracle, PriceRecord} from "../interfaces/IPriceOracle.sol";
import {toCompactPriceDown, toCompactPriceUp} from "../types/CompactPrice.sol";
import {Price, PriceStatus} from "../types/Price.sol";
import {ChainlinkFeed, FeedRound} from "./ChainlinkFeed.sol";
import {GuardedFeed, GuardedFeeds, Record, SecondKind, SecondSource, Source} from "./GuardedFeed.sol";
import {Sequencer, SequencerUptime} from "./SequencerUptime.sol";

/// @title Guarded prices from Chainlink and Pyth
/// @dev The rules are on `IPriceOracle.read`. A price without a second source is two slots; a chain with a sequencer
/// adds one, which all assets share.
contract PriceOracle is AccessManaged, IPriceOracle {
    using GuardedFeeds for GuardedFeed;
    using SequencerUptime for Sequencer;

    /// @dev Weekly feeds do not exist; a day is the longest heartbeat in use, markets that close take a long weekend.
    uint256 private constant MAX_LIQUIDATION_AGE = 7 days;
    /// @dev Hardly any smoothing, and yet a print counts nothing in its own block.
    uint256 private constant MIN_HALF_LIFE = 1 seconds;
    /// @dev A longer one would keep new debt at yesterday's prices.
    uint256 private constant MAX_HALF_LIFE = 1 days;
    /// @dev Sources a fifth apart are no witness of each other.
    uint256 private constant MAX_DISAGREEMENT_BPS = 2_000;
    /// @dev A market that is known to a tenth only is not known.
    uint256 private constant MAX_CONFIDENCE_BPS = 1_000;
    /// @dev How far a new feed may be from the price known so far, of the lower one, for each day begun since that was
    /// known: room for a market that moved while the old feed was dead, never for a wrong unit.
    uint256 private constant MAX_JUMP_BPS = 2_000;
    /// @dev Below 2**96, and exact as a `CompactPrice`.
    uint256 private constant MAX_CEILING = 79_200_000_000e18;
    /// @dev Prices stay Down for the grace, so a long one is an outage of its own.
    uint256 private constant MAX_SEQUENCER_GRACE = 1 days;

    /// @inheritdoc IPriceOracle
    bool public immutable hasSequencer;

    mapping(address asset => GuardedFeed) private _feeds;
    /// @dev Neither read nor written where there is no sequencer.
    Sequencer private _sequencer;

    constructor(address authority, bool hasSequencer_) AccessManaged(authority) {
        hasSequencer = hasSequencer_;
    }

    /* READING */

    /// @inheritdoc IPriceOracle
    function read(address asset) external view returns (Price memory price) {
        GuardedFeed storage feed = _feeds[asset];
        Source memory source = feed.source;
        if (source.primary != address(0)) _read(feed, source, price);
    }

    /// @inheritdoc IPriceOracle
    function isSequencerUp() external view returns (bool isUp) {
        if (!hasSequencer) return true;
        (isUp,) = _sequencer.lastChange();
    }

    /// @inheritdoc IPriceOracle
    function outageTime() external view returns (uint256) {
        if (!hasSequencer) return 0;
        Sequencer memory sequencer_ = _sequencer;
        (uint256 dead,,) = sequencer_.uncounted();
        return sequencer_.outage + dead;
    }

    /// @inheritdoc IPriceOracle
    function feedOf(address asset) public view returns (FeedConfig memory) {
        GuardedFeed memory feed = _feeds[asset];
        return FeedConfig({
            primary: feed.source.primary,
            second: feed.second.feed,
            secondId: feed.second.id,
            openAge: feed.source.openAge,
            liquidationAge: feed.source.liquidationAge,
            halfLife: feed.source.halfLife,
            disagreementBps: feed.second.disagreementBps,
            confidenceBps: feed.second.confidenceBps,
            // fits: see MAX_CEILING
            floor: uint96(feed.record.floor.toWad()),
            ceiling: uint96(feed.record.ceiling.toWad())
        });
    }

    /// @inheritdoc IPriceOracle
    function recordOf(address asset) external view returns (PriceRecord memory) {
        Record memory record = _feeds[asset].record;
        return PriceRecord(record.spot, record.smoothed, record.recordedAt);
    }

    /// @inheritdoc IPriceOracle
    function sequencer() external view returns (address feed, uint24 grace) {
        return (_sequencer.feed, _sequencer.grace);
    }

    /* RECORDING */

    /// @inheritdoc IPriceOracle
    function update(address[] calldata assets) external {
        _recordOutage();
        for (uint256 i; i < assets.length; ++i) {
            _recordIfLive(assets[i]);
        }
    }

    /* CONFIGURING */

    /// @inheritdoc IPriceOracle
    function configure(address asset, FeedConfig calldata config) external restricted {
        _checkBounds(asset, config);
        // what is known so far should be what the old feed says now, if it still says anything
        _recordIfLive(asset);

        GuardedFeed storage feed = _feeds[asset];
        uint8 primaryDecimals = _decimalsOf(asset, config.primary);
        SecondKind secondKind = _secondKind(config);
        uint8 secondDecimals = secondKind == SecondKind.Aggregator ? _decimalsOf(asset, config.second) : 0;
        feed.source = Source({
            primary: config.primary,
            openAge: config.openAge,
            liquidationAge: config.liquidationAge,
            halfLife: config.halfLife,
            primaryDecimals: primaryDecimals,
            secondKind: secondKind
        });
        feed.record.floor = toCompactPriceDown(config.floor);
        feed.record.ceiling = toCompactPriceUp(config.ceiling);
        feed.second = SecondSource({
            feed: config.second,
            decimals: secondDecimals,
            disagreementBps: config.disagreementBps,
            confidenceBps: config.confidenceBps,
            id: config.secondId
        });
        emit FeedConfigured(asset, feedOf(asset), primaryDecimals, secondDecimals);

        uint256 spot = feed.firstPrice(asset);
        Record memory known = feed.record;
        if (known.recordedAt != 0) {
            uint256 daysBegun = (block.timestamp - known.recordedAt) / 1 days + 1;
            if (GuardedFeeds.differ(known.spot, spot, MAX_JUMP_BPS * daysBegun)) {
                revert FeedJump(asset, known.spot, spot);
            }
        }
        _record(asset, feed, spot);
    }

    /// @inheritdoc IPriceOracle
    function configureSequencer(address feed, uint24 grace) external restricted {
        if (!hasSequencer) revert NoSequencer();
        if (grace > MAX_SEQUENCER_GRACE) revert SequencerGraceOutOfBounds(grace, MAX_SEQUENCER_GRACE);
        if (feed != address(0)) {
            (bool ok, FeedRound memory round) = ChainlinkFeed.latestRound(feed);
            if (!ok || !SequencerUptime.isStarted(round)) revert SequencerNotReady(feed);
        }
        _recordOutage();
        _sequencer.feed = feed;
        _sequencer.grace = grace;
        // fits: until the year 36,812
        _sequencer.countedUntil = uint40(block.timestamp);
        emit SequencerConfigured(feed, grace);
    }

    /* INTERNAL */

    /// @dev Whoever could answer since the sequencer is said to have stopped, or restarted, found it running.
    function _read(GuardedFeed storage feed, Source memory source, Price memory price) private view {
        (bool isUp, uint256 aliveFrom) = _aliveFrom(source);
        feed.read(source, aliveFrom, isUp, price);
    }

    function _aliveFrom(Source memory source) private view returns (bool isUp, uint256 aliveFrom) {
        aliveFrom = block.timestamp - source.liquidationAge;
        if (!hasSequencer) return (true, aliveFrom);
        uint256 changedAt;
        (isUp, changedAt) = _sequencer.lastChange();
        if (!isUp) aliveFrom = Math.max(block.timestamp - source.openAge, changedAt + 1);
    }

    /// @dev What is Live, or would be if the sequencer were up: else the smoothed price would stand while a wrong
    /// report lasts, and shield whoever sinks meanwhile (V7).
    function _recordIfLive(address asset) private {
        GuardedFeed storage feed = _feeds[asset];
        Source memory source = feed.source;
        if (source.primary == address(0) || feed.record.recordedAt == block.timestamp) return;
        Price memory price;
        (, uint256 aliveFrom) = _aliveFrom(source);
        feed.read(source, aliveFrom, true, price);
        if (price.status == PriceStatus.Live) _record(asset, feed, price.spot);
    }

    function _record(address asset, GuardedFeed storage feed, uint256 spot) private {
        Record memory record = feed.record;
        uint256 smoothed = record.recordedAt == 0 ? spot : GuardedFeeds.smoothedNow(record, feed.source.halfLife);
        // fits: a price is below the ceiling and the smoothed price between two prices; time until the year 2106
        record.spot = uint96(spot);
        record.smoothed = uint96(smoothed);
        record.recordedAt = uint32(block.timestamp);
        feed.record = record;
        emit PriceRecorded(asset, spot, smoothed);
    }

    function _recordOutage() private {
        if (!hasSequencer) return;
        Sequencer memory sequencer_ = _sequencer;
        (uint256 dead, uint256 from, uint256 until) = sequencer_.uncounted();
        if (dead == 0) return;
        // fits: dead time is no longer than time, until the year 2106
        sequencer_.outage += uint32(dead);
        sequencer_.countedUntil = uint40(until);
        _sequencer = sequencer_;
        emit OutageRecorded(from, until, sequencer_.outage);
    }

    function _secondKind(FeedConfig calldata config) private pure returns (SecondKind) {
        if (config.secondId != 0) return SecondKind.Pyth;
        return config.second == address(0) ? SecondKind.None : SecondKind.Aggregator;
    }

    function _decimalsOf(address asset, address feed) private view returns (uint8 decimals) {
        bool ok;
        (ok, decimals) = ChainlinkFeed.readDecimals(feed);
        if (!ok) revert FeedNotReady(asset, feed);
    }

    function _checkBounds(address asset, FeedConfig calldata config) private pure {
        _within(asset, "liquidationAge", config.liquidationAge, 2, MAX_LIQUIDATION_AGE);
        _within(asset, "openAge", config.openAge, 1, config.liquidationAge - 1);
        _within(asset, "halfLife", config.halfLife, MIN_HALF_LIFE, MAX_HALF_LIFE);
        _within(asset, "disagreementBps", config.disagreementBps, 0, MAX_DISAGREEMENT_BPS);
        bool isPyth = _secondKind(config) == SecondKind.Pyth;
        _within(asset, "confidenceBps", config.confidenceBps, isPyth ? 1 : 0, isPyth ? MAX_CONFIDENCE_BPS : 0);
        _within(asset, "ceiling", config.ceiling, uint256(config.floor) + 1, MAX_CEILING);
        if (config.second != address(0) && config.second == config.primary) {
            revert SecondFeedIsPrimary(asset, config.second);
        }
    }

    function _within(address asset, bytes32 parameter, uint256 value, uint256 least, uint256 most) private pure {
        if (value < least || value > most) revert FeedConfigOutOfBounds(asset, parameter, value, least, most);
    }
}
