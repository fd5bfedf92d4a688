// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {IPriceOracle} from "../interfaces/IPriceOracle.sol";
import {Decay} from "../math/Decay.sol";
import {BPS, RAY} from "../math/Units.sol";
import {CompactPrice} from "../types/CompactPrice.sol";
import {Price, PriceStatus} from "../types/Price.sol";
import {ChainlinkFeed} from "./ChainlinkFeed.sol";
import {PythFeed} from "./PythFeed.sol";

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

/// @notice The sources of one asset, what they must keep to, and what was recorded of them.
/// @dev Four slots, of which a price without a second source needs two.
struct GuardedFeed {
    Source source;
    Record record;
    SecondSource second;
}

/// @notice What a guarded feed says, by the rules on `IPriceOracle.read`.
library GuardedFeeds {
    /// @dev What a source says now.
    struct Answer {
        /// quote WAD; zero, with no time, where it says nothing sane
        uint256 price;
        /// quote WAD; zero for an aggregator
        uint256 confidence;
        uint256 updatedAt;
    }

    /// @dev What two sources are held to.
    struct Limits {
        uint256 aliveFrom;
        uint256 openAge;
        uint256 disagreementBps;
        bool mayBeLive;
    }

    /// @param source of `feed`, which the caller has read already
    /// @param aliveFrom answers before this time are dead
    /// @param mayBeLive whether new risk may be opened by any price now
    /// @param price all zero, and filled here: on the path of every margin check each copy counts
    function read(GuardedFeed storage feed, Source memory source, uint256 aliveFrom, bool mayBeLive, Price memory price)
        internal
        view
    {
        Record memory record = feed.record;
        uint256 smoothed = smoothedNow(record, source.halfLife);
        (uint256 answer, uint256 updatedAt) = _ask(source.primary, source.primaryDecimals, record);
        mayBeLive = mayBeLive && block.timestamp - updatedAt <= source.openAge;
        if (source.secondKind == SecondKind.None) {
            if (updatedAt < aliveFrom) return _fillDown(price, record, smoothed, answer);
            return _fill(price, answer, updatedAt, smoothed, mayBeLive ? PriceStatus.Live : PriceStatus.Degraded);
        }

        Answer memory second = _askSecond(feed, source.secondKind, record);
        if (updatedAt < aliveFrom && second.updatedAt < aliveFrom) {
            return _fillDown(price, record, smoothed, Math.max(answer, second.price + second.confidence));
        }
        Answer memory first = Answer(answer, 0, updatedAt);
        Limits memory limits = Limits(aliveFrom, source.openAge, feed.second.disagreementBps, mayBeLive);
        _weigh(first, second, smoothed, limits, price);
    }

    /// @dev Of two sources, one at least alive. One too old to open risk confirms nothing, and contradicts nobody who
    /// is not: a price from before a crash that nobody has pushed since would shield everybody from being called.
    function _weigh(
        Answer memory first,
        Answer memory second,
        uint256 smoothed,
        Limits memory limits,
        Price memory price
    ) private view {
        if (first.updatedAt < limits.aliveFrom) {
            _fill(price, second.price, second.updatedAt, smoothed, PriceStatus.Degraded);
            return _widen(price, second.confidence);
        }
        bool isSecondFresh = _isFresh(second, limits);
        if (second.updatedAt < limits.aliveFrom || !isSecondFresh && _isFresh(first, limits)) {
            return _fill(price, first.price, first.updatedAt, smoothed, PriceStatus.Degraded);
        }
        bool agree = !differ(first.price, second.price, limits.disagreementBps);
        // a price that is to be seen by two stands only while both see it
        bool isLive = agree && isSecondFresh && limits.mayBeLive;
        _fill(price, first.price, first.updatedAt, smoothed, isLive ? PriceStatus.Live : PriceStatus.Degraded);
        if (!agree) {
            price.low = Math.min(price.low, second.price);
            price.high = Math.max(price.high, second.price);
        }
        _widen(price, second.confidence);
    }

    function _isFresh(Answer memory answer, Limits memory limits) private view returns (bool) {
        return block.timestamp - answer.updatedAt <= limits.openAge;
    }

    function _widen(Price memory price, uint256 confidence) private pure {
        price.low = Math.saturatingSub(price.low, confidence);
        price.high += confidence;
    }

    /// @param answer the highest sane one, however old; zero where there is none
    function _fillDown(Price memory price, Record memory record, uint256 smoothed, uint256 answer) private pure {
        _fill(price, record.spot, record.recordedAt, smoothed, PriceStatus.Down);
        price.high = Math.max(price.high, answer);
    }

    function _fill(Price memory price, uint256 spot, uint256 updatedAt, uint256 smoothed, PriceStatus status)
        private
        pure
    {
        price.spot = spot;
        (price.low, price.high) = _ordered(spot, smoothed);
        // fits: not after block.timestamp
        price.updatedAt = uint40(updatedAt);
        price.status = status;
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

    function _askSecond(GuardedFeed storage feed, SecondKind kind, Record memory band)
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
    function smoothedNow(Record memory record, uint256 halfLife) internal view returns (uint256) {
        if (record.smoothed == record.spot) return record.spot;
        uint256 rest = Decay.factor(block.timestamp - record.recordedAt, halfLife);
        (uint256 spot, uint256 smoothed) = (record.spot, record.smoothed);
        // fits: 2**96 * 2**90, and the smoothed price stays between the two
        unchecked {
            return smoothed > spot ? spot + (smoothed - spot) * rest / RAY : spot - (spot - smoothed) * rest / RAY;
        }
    }

    function _ordered(uint256 a, uint256 b) private pure returns (uint256 lower, uint256 higher) {
        return a < b ? (a, b) : (b, a);
    }

    /// @dev Whether two prices are further apart than `limitBps` of the lower one.
    function differ(uint256 a, uint256 b, uint256 limitBps) internal pure returns (bool) {
        (uint256 lower, uint256 higher) = _ordered(a, b);
        // fits: prices are below 2**96
        return (higher - lower) * BPS > lower * limitBps;
    }

    /// @dev Both sources must be fresh and agree: what is wrong now was never right.
    function firstPrice(GuardedFeed storage feed, address asset) internal view returns (uint256 price) {
        Source memory source = feed.source;
        Record memory record = feed.record;
        uint256 updatedAt;
        (price, updatedAt) = _ask(source.primary, source.primaryDecimals, record);
        if (block.timestamp - updatedAt > source.openAge) revert IPriceOracle.FeedNotReady(asset, source.primary);
        if (source.secondKind == SecondKind.None) return price;
        Answer memory second = _askSecond(feed, source.secondKind, record);
        if (block.timestamp - second.updatedAt > source.openAge) {
            revert IPriceOracle.FeedNotReady(asset, feed.second.feed);
        }
        if (differ(price, second.price, feed.second.disagreementBps)) {
            revert IPriceOracle.FeedsDisagree(asset, price, second.price);
        }
    }
}
