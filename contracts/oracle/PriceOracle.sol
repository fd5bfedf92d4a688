// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {FeedConfig, IPriceOracle, PriceRecord} from "../interfaces/IPriceOracle.sol";
import {Decay} from "../math/Decay.sol";
import {Rounding} from "../math/Rounding.sol";
import {BPS, RAY} from "../math/Units.sol";
import {Price, PriceStatus} from "../types/Price.sol";
import {ChainlinkFeed} from "./ChainlinkFeed.sol";
import {Sequencer, SequencerUptime} from "./SequencerUptime.sol";

/// @title Guarded prices from Chainlink feeds
/// @dev The rules are on `IPriceOracle.read`. A Live price without a second source is three slots of the asset's own
/// and the sequencer's, which all assets share.
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
    /// @dev How far a new feed may be from the price known so far, of the lower one, for each day begun since that was
    /// known: room for a market that moved while the old feed was dead, never for a wrong unit.
    uint256 private constant MAX_JUMP_BPS = 2_000;
    /// @dev Prices stay Down for the grace, so a long one is an outage of its own.
    uint256 private constant MAX_SEQUENCER_GRACE = 1 days;

    /// @dev 20 + 3 * 3 + 1 + 1 bytes.
    struct Source {
        address primary;
        uint24 openAge;
        uint24 liquidationAge;
        uint24 halfLife;
        uint8 primaryDecimals;
        bool hasSecond;
    }

    /// @dev 13 + 13 + 2 bytes.
    struct Band {
        uint104 floor;
        uint104 ceiling;
        uint16 disagreementBps;
    }

    /// @dev 20 + 1 bytes; read only where `hasSecond`.
    struct SecondSource {
        address feed;
        uint8 decimals;
    }

    /// @dev Four slots.
    struct Feed {
        Source source;
        Band band;
        PriceRecord record;
        SecondSource second;
    }

    /// @dev What one source says now.
    struct Answer {
        /// quote WAD; zero where it says nothing sane
        uint256 price;
        uint256 updatedAt;
        /// sane, and no older than `liquidationAge`
        bool alive;
    }

    mapping(address asset => Feed) private _feeds;
    Sequencer private _sequencer;

    constructor(address authority) AccessManaged(authority) {}

    /* READING */

    /// @inheritdoc IPriceOracle
    function read(address asset) external view returns (Price memory price) {
        Feed storage feed = _feeds[asset];
        Source memory source = feed.source;
        return source.primary == address(0) ? price : _read(feed, source);
    }

    /// @inheritdoc IPriceOracle
    function outageTime() external view returns (uint256) {
        Sequencer memory sequencer_ = _sequencer;
        (uint256 dead,,) = sequencer_.uncounted();
        return sequencer_.outage + dead;
    }

    /// @inheritdoc IPriceOracle
    function feedOf(address asset) external view returns (FeedConfig memory) {
        Feed memory feed = _feeds[asset];
        return FeedConfig({
            primary: feed.source.primary,
            second: feed.second.feed,
            openAge: feed.source.openAge,
            liquidationAge: feed.source.liquidationAge,
            halfLife: feed.source.halfLife,
            disagreementBps: feed.band.disagreementBps,
            floor: feed.band.floor,
            ceiling: feed.band.ceiling
        });
    }

    /// @inheritdoc IPriceOracle
    function recordOf(address asset) external view returns (PriceRecord memory) {
        return _feeds[asset].record;
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
        uint8 secondDecimals = config.second == address(0) ? 0 : _decimalsOf(asset, config.second);
        feed.source = Source({
            primary: config.primary,
            openAge: config.openAge,
            liquidationAge: config.liquidationAge,
            halfLife: config.halfLife,
            primaryDecimals: primaryDecimals,
            hasSecond: config.second != address(0)
        });
        feed.band = Band(config.floor, config.ceiling, config.disagreementBps);
        feed.second = SecondSource(config.second, secondDecimals);
        emit FeedConfigured(asset, config, primaryDecimals, secondDecimals);

        uint256 spot = _firstPrice(asset, feed);
        PriceRecord memory known = feed.record;
        if (known.recordedAt != 0) {
            uint256 daysBegun = (block.timestamp - known.recordedAt) / 1 days + 1;
            if (_differ(known.spot, spot, MAX_JUMP_BPS * daysBegun)) revert FeedJump(asset, known.spot, spot);
        }
        _record(asset, feed, spot);
    }

    /// @inheritdoc IPriceOracle
    function configureSequencer(address feed, uint24 grace) external restricted {
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
        Band memory band = feed.band;
        Answer memory primary = _ask(source.primary, source.primaryDecimals, source.liquidationAge, band);
        Answer memory second;
        if (source.hasSecond) {
            second = _ask(feed.second.feed, feed.second.decimals, source.liquidationAge, band);
        }
        PriceRecord memory record = feed.record;
        uint256 smoothed = _smoothedNow(record, source.halfLife);

        if (!(primary.alive || second.alive) || !_sequencer.isUp()) {
            price.spot = record.spot;
            price.low = Math.min(record.spot, smoothed);
            price.high = Math.max(Math.max(record.spot, smoothed), Math.max(primary.price, second.price));
            price.updatedAt = record.recordedAt;
            return price;
        }

        Answer memory used = primary.alive ? primary : second;
        price.spot = used.price;
        price.low = Math.min(used.price, smoothed);
        price.high = Math.max(used.price, smoothed);
        // fits: checked against block.timestamp
        price.updatedAt = uint40(used.updatedAt);
        price.status = PriceStatus.Degraded;

        if (!primary.alive) return price;
        if (source.hasSecond) {
            // a price that is to be seen by two stands only while both see it
            if (!second.alive) return price;
            if (_differ(primary.price, second.price, band.disagreementBps)) {
                price.low = Math.min(price.low, second.price);
                price.high = Math.max(price.high, second.price);
                return price;
            }
        }
        if (block.timestamp - primary.updatedAt <= source.openAge) price.status = PriceStatus.Live;
    }

    /// @dev An answer at or outside the band is how a feed fails that is clamped to its own bounds.
    function _ask(address feed, uint256 decimals, uint256 liquidationAge, Band memory band)
        private
        view
        returns (Answer memory answer)
    {
        (uint256 price, uint256 updatedAt) = ChainlinkFeed.latestPrice(feed, decimals);
        if (price <= band.floor || price >= band.ceiling) return answer;
        answer.price = price;
        answer.updatedAt = updatedAt;
        answer.alive = block.timestamp - updatedAt <= liquidationAge;
    }

    /// @dev The smoothed price moves towards what was recorded last, not towards what the feed says now.
    function _smoothedNow(PriceRecord memory record, uint256 halfLife) private view returns (uint256) {
        uint256 rest = Decay.factor(block.timestamp - record.recordedAt, halfLife);
        return record.smoothed >= record.spot
            ? record.spot + Rounding.mulDivDown(record.smoothed - record.spot, rest, RAY)
            : record.spot - Rounding.mulDivDown(record.spot - record.smoothed, rest, RAY);
    }

    /// @dev Whether two prices are further apart than `limitBps` of the lower one.
    function _differ(uint256 a, uint256 b, uint256 limitBps) private pure returns (bool) {
        (uint256 lower, uint256 higher) = a < b ? (a, b) : (b, a);
        // fits: prices are below 2**104
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
        PriceRecord memory record = feed.record;
        uint256 smoothed = record.recordedAt == 0 ? spot : _smoothedNow(record, feed.source.halfLife);
        // fits: a price is below the ceiling and the smoothed price between two prices; time until the year 36,812
        feed.record = PriceRecord(uint104(spot), uint104(smoothed), uint40(block.timestamp));
        emit PriceRecorded(asset, spot, smoothed);
    }

    function _recordOutage() private {
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
    function _firstPrice(address asset, Feed storage feed) private view returns (uint256) {
        Source memory source = feed.source;
        Band memory band = feed.band;
        Answer memory primary = _ask(source.primary, source.primaryDecimals, source.openAge, band);
        if (!primary.alive) revert FeedNotReady(asset, source.primary);
        if (source.hasSecond) {
            SecondSource memory second = feed.second;
            Answer memory witness = _ask(second.feed, second.decimals, source.liquidationAge, band);
            if (!witness.alive) revert FeedNotReady(asset, second.feed);
            if (_differ(primary.price, witness.price, band.disagreementBps)) {
                revert FeedsDisagree(asset, primary.price, witness.price);
            }
        }
        return primary.price;
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
        _within(asset, "ceiling", config.ceiling, uint256(config.floor) + 1, type(uint104).max);
        if (config.second != address(0) && config.second == config.primary) {
            revert SecondFeedIsPrimary(asset, config.second);
        }
    }

    function _within(address asset, bytes32 parameter, uint256 value, uint256 least, uint256 most) private pure {
        if (value < least || value > most) revert FeedConfigOutOfBounds(asset, parameter, value, least, most);
    }
}
