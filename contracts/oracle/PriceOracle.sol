// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {FeedConfig, IPriceOracle, PriceRecord} from "../interfaces/IPriceOracle.sol";
import {Decay} from "../math/Decay.sol";
import {Rounding} from "../math/Rounding.sol";
import {BPS, RAY} from "../math/Units.sol";
import {CompactPrice, toCompactPriceDown, toCompactPriceUp} from "../types/CompactPrice.sol";
import {Price, PriceStatus} from "../types/Price.sol";
import {ChainlinkFeed} from "./ChainlinkFeed.sol";
import {PythFeed} from "./PythFeed.sol";
import {Sequencer, SequencerUptime} from "./SequencerUptime.sol";

/// @title Guarded prices from Chainlink and Pyth
/// @dev The rules are on `IPriceOracle.read`. A price without a second source is two slots; a chain with a sequencer
/// adds one, which all assets share.
contract PriceOracle is AccessManaged, IPriceOracle {
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

    /// @dev No answer is from then or later.
    uint256 private constant NEVER = type(uint256).max;

    enum SecondKind {
        None,
        Aggregator,
        Pyth
    }

    /// @dev 20 + 3 * 3 + 1 + 1 bytes.
    struct Source {
        address primary;
        uint24 openAge;
        uint24 liquidationAge;
        uint24 halfLife;
        uint8 primaryDecimals;
        SecondKind secondKind;
    }

    /// @dev `PriceRecord` and the band beside it: 12 + 12 + 4 + 2 + 2 bytes.
    struct Record {
        uint96 spot;
        uint96 smoothed;
        uint32 recordedAt;
        CompactPrice floor;
        CompactPrice ceiling;
    }

    /// @dev 20 + 1 + 2 + 2 bytes, and a slot that only a Pyth price needs; read only where there is a second source.
    struct SecondSource {
        address feed;
        uint8 decimals;
        uint16 disagreementBps;
        uint16 confidenceBps;
        bytes32 id;
    }

    /// @dev What the second source says now.
    struct Answer {
        /// quote WAD; zero, with no time, where it says nothing sane
        uint256 price;
        /// quote WAD
        uint256 confidence;
        uint256 updatedAt;
    }

    /// @dev Four slots.
    struct Feed {
        Source source;
        Record record;
        SecondSource second;
    }

    /// @inheritdoc IPriceOracle
    bool public immutable hasSequencer;

    mapping(address asset => Feed) private _feeds;
    /// @dev Neither read nor written where there is no sequencer.
    Sequencer private _sequencer;

    constructor(address authority, bool hasSequencer_) AccessManaged(authority) {
        hasSequencer = hasSequencer_;
    }

    /* READING */

    /// @inheritdoc IPriceOracle
    function read(address asset) external view returns (Price memory price) {
        Feed storage feed = _feeds[asset];
        Source memory source = feed.source;
        return source.primary == address(0) ? price : _read(feed, source);
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
        Feed memory feed = _feeds[asset];
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

        Feed storage feed = _feeds[asset];
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

        uint256 spot = _firstPrice(asset, feed);
        Record memory known = feed.record;
        if (known.recordedAt != 0) {
            uint256 daysBegun = (block.timestamp - known.recordedAt) / 1 days + 1;
            if (_differ(known.spot, spot, MAX_JUMP_BPS * daysBegun)) revert FeedJump(asset, known.spot, spot);
        }
        _record(asset, feed, spot);
    }

    /// @inheritdoc IPriceOracle
    function configureSequencer(address feed, uint24 grace) external restricted {
        if (!hasSequencer) revert NoSequencer();
        if (grace > MAX_SEQUENCER_GRACE) revert SequencerGraceOutOfBounds(grace, MAX_SEQUENCER_GRACE);
        if (feed != address(0)) {
            (bool ok,) = ChainlinkFeed.latestRound(feed);
            if (!ok) revert SequencerNotReady(feed);
        }
        _recordOutage();
        _sequencer.feed = feed;
        _sequencer.grace = grace;
        // fits: until the year 36,812
        _sequencer.countedUntil = uint40(block.timestamp);
        emit SequencerConfigured(feed, grace);
    }

    /* INTERNAL */

    function _read(Feed storage feed, Source memory source) private view returns (Price memory price) {
        Record memory record = feed.record;
        uint256 smoothed = _smoothedNow(record, source.halfLife);
        uint256 aliveFrom = hasSequencer && !_sequencer.isUp() ? NEVER : block.timestamp - source.liquidationAge;
        (uint256 answer, uint256 updatedAt) = _ask(source.primary, source.primaryDecimals, record);
        bool isAlive = updatedAt >= aliveFrom;
        bool isFresh = block.timestamp - updatedAt <= source.openAge;
        if (source.secondKind == SecondKind.None) {
            if (!isAlive) return _fillDown(price, record, smoothed, answer);
            return _fill(price, answer, updatedAt, smoothed, isFresh ? PriceStatus.Live : PriceStatus.Degraded);
        }

        Answer memory second = _askSecond(feed, source.secondKind, record);
        bool isSecondAlive = second.updatedAt >= aliveFrom;
        if (!isAlive && !isSecondAlive) {
            return _fillDown(price, record, smoothed, Math.max(answer, second.price + second.confidence));
        }
        if (isAlive) {
            bool agree = isSecondAlive && !_differ(answer, second.price, feed.second.disagreementBps);
            // a price that is to be seen by two stands only while both see it
            _fill(price, answer, updatedAt, smoothed, agree && isFresh ? PriceStatus.Live : PriceStatus.Degraded);
            if (isSecondAlive && !agree) {
                price.low = Math.min(price.low, second.price);
                price.high = Math.max(price.high, second.price);
            }
        } else {
            _fill(price, second.price, second.updatedAt, smoothed, PriceStatus.Degraded);
        }
        if (isSecondAlive) {
            price.low = Math.saturatingSub(price.low, second.confidence);
            price.high += second.confidence;
        }
    }

    /// @param answer the highest sane one, however old; zero where there is none
    function _fillDown(Price memory price, Record memory record, uint256 smoothed, uint256 answer)
        private
        pure
        returns (Price memory)
    {
        _fill(price, record.spot, record.recordedAt, smoothed, PriceStatus.Down);
        price.high = Math.max(price.high, answer);
        return price;
    }

    /// @dev Into the caller's memory: a read of a price is on the path of every margin check.
    function _fill(Price memory price, uint256 spot, uint256 updatedAt, uint256 smoothed, PriceStatus status)
        private
        pure
        returns (Price memory)
    {
        price.spot = spot;
        (price.low, price.high) = _ordered(spot, smoothed);
        // fits: not after block.timestamp
        price.updatedAt = uint40(updatedAt);
        price.status = status;
        return price;
    }

    /// @dev An answer at or outside the band is how a feed fails that is clamped to its own bounds.
    /// @return price zero, with no time, where it says nothing sane
    function _ask(address feed, uint256 decimals, Record memory band)
        private
        view
        returns (uint256 price, uint256 updatedAt)
    {
        (price, updatedAt) = ChainlinkFeed.latestPrice(feed, decimals);
        if (!_isInside(price, band)) return (0, 0);
    }

    function _askSecond(Feed storage feed, SecondKind kind, Record memory band)
        private
        view
        returns (Answer memory answer)
    {
        SecondSource storage second = feed.second;
        if (kind == SecondKind.Aggregator) {
            (answer.price, answer.updatedAt) = _ask(second.feed, second.decimals, band);
        } else {
            (answer.price, answer.confidence, answer.updatedAt) =
                PythFeed.latestPrice(second.feed, second.id, second.confidenceBps);
            if (!_isInside(answer.price, band)) return Answer(0, 0, 0);
        }
    }

    function _isInside(uint256 price, Record memory band) private pure returns (bool) {
        return price > band.floor.toWad() && price < band.ceiling.toWad();
    }

    /// @dev The smoothed price moves towards what was recorded last, not towards what the feed says now.
    function _smoothedNow(Record memory record, uint256 halfLife) private view returns (uint256) {
        if (record.smoothed == record.spot) return record.spot;
        uint256 rest = Decay.factor(block.timestamp - record.recordedAt, halfLife);
        return record.smoothed > record.spot
            ? record.spot + Rounding.mulDivDown(record.smoothed - record.spot, rest, RAY)
            : record.spot - Rounding.mulDivDown(record.spot - record.smoothed, rest, RAY);
    }

    function _ordered(uint256 a, uint256 b) private pure returns (uint256 lower, uint256 higher) {
        return a < b ? (a, b) : (b, a);
    }

    /// @dev Whether two prices are further apart than `limitBps` of the lower one.
    function _differ(uint256 a, uint256 b, uint256 limitBps) private pure returns (bool) {
        (uint256 lower, uint256 higher) = _ordered(a, b);
        // fits: prices are below 2**96
        return (higher - lower) * BPS > lower * limitBps;
    }

    function _recordIfLive(address asset) private {
        Feed storage feed = _feeds[asset];
        Source memory source = feed.source;
        if (source.primary == address(0) || feed.record.recordedAt == block.timestamp) return;
        Price memory price = _read(feed, source);
        if (price.status == PriceStatus.Live) _record(asset, feed, price.spot);
    }

    function _record(address asset, Feed storage feed, uint256 spot) private {
        Record memory record = feed.record;
        uint256 smoothed = record.recordedAt == 0 ? spot : _smoothedNow(record, feed.source.halfLife);
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

    /// @dev Both sources must be alive, the primary fresh, and both agree: what is wrong now was never right.
    function _firstPrice(address asset, Feed storage feed) private view returns (uint256 price) {
        Source memory source = feed.source;
        Record memory record = feed.record;
        uint256 updatedAt;
        (price, updatedAt) = _ask(source.primary, source.primaryDecimals, record);
        if (block.timestamp - updatedAt > source.openAge) revert FeedNotReady(asset, source.primary);
        if (source.secondKind == SecondKind.None) return price;
        Answer memory second = _askSecond(feed, source.secondKind, record);
        if (block.timestamp - second.updatedAt > source.liquidationAge) revert FeedNotReady(asset, feed.second.feed);
        if (_differ(price, second.price, feed.second.disagreementBps)) {
            revert FeedsDisagree(asset, price, second.price);
        }
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
