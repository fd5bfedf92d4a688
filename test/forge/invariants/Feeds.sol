// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {console} from "forge-std/console.sol";
import {FeedConfig, PriceRecord} from "../../../contracts/interfaces/IPriceOracle.sol";
import {MockAggregator} from "../../../contracts/mocks/MockAggregator.sol";
import {MockPythPrices} from "../../../contracts/mocks/MockPythPrices.sol";
import {Price, PriceStatus} from "../../../contracts/types/Price.sol";
import {System} from "../fixtures/System.sol";
import {Terms} from "../fixtures/Terms.sol";

/// @notice An asset's sources as the handler knows them, apart from the oracle: WETH has one, WBTC is seconded by an
/// aggregator and GOLD by Pyth. They print, fall silent, break and disagree, and so does the feed of a sequencer.
abstract contract Feeds is System {
    /// What one source said last.
    struct Said {
        /// quote WAD
        uint256 price;
        uint256 doubt;
        uint256 at;
        bool broken;
    }

    uint256 internal constant FURTHEST = 20;
    uint256 internal constant LIMIT_BPS = 200;
    uint256 internal constant CONFIDENCE_BPS = 100;
    uint256 internal constant OPEN_AGE = 1 hours;
    uint256 internal constant LIQUIDATION_AGE = 3 hours;
    uint24 internal constant GRACE = 1 hours;
    bytes32 private constant ID = keccak256("GOLD / USD");
    /// the oracle looks back over eight
    uint256 private constant UNRECORDED_ROUNDS = 6;

    mapping(address asset => Said) internal primary;
    mapping(address asset => Said) internal second;
    mapping(address asset => uint256) private _firstPrice;
    MockAggregator private _seconder;
    MockPythPrices private _pyth;

    MockAggregator internal uptime;
    bool internal uptimeBroken;
    bool internal isDown;
    uint256 internal changedAt;
    uint256 private _rounds;
    /// when the uptime feed was last read by `update`
    uint256 private _recorded;

    mapping(address asset => uint256) private _recordedAt;
    uint256 private _outage;
    mapping(bytes32 property => string) public broken;
    mapping(bytes32 name => uint256) internal counts;
    bytes32[] private _countNames;

    constructor() {
        deploySystem(true);
        uptime = new MockAggregator(0, "uptime");
        changedAt = START - 1 days;
        uptime.pushAt(0, changedAt);
        oracle.configureSequencer(address(uptime), GRACE);
        _recorded = block.timestamp;
        (_seconder, _pyth) = (new MockAggregator(18, "WBTC, again"), new MockPythPrices());
        uint256[3] memory first = [uint256(2_000e18), 40_000e18, 2_500e18];
        for (uint256 i; i < 3; ++i) {
            _firstPrice[assets[i]] = first[i];
            primary[assets[i]].price = first[i];
            primary[assets[i]].at = START;
            _second(assets[i], first[i], 0);
        }
        _confirm(address(wbtc), address(_seconder), 0, 0);
        _confirm(address(gold), address(_pyth), ID, uint16(CONFIDENCE_BPS));
    }

    /* ACTIONS */

    /// @notice The primary prints, up to a tenth away; the second source follows, nearly, or does not.
    function print(uint256 what, uint256 bps, uint256 follow) public {
        address asset = assets[what % 3];
        uint256 price = _first(primary[asset].price * _bound(bps, 9_000, 11_100) / 10_000, asset);
        // a price that every feed's decimals can tell
        price -= price % 1e10;
        _primary(asset, price);
        if (follow % 4 != 0) _second(asset, price * _bound(follow, 9_950, 10_050) / 10_000, follow);
        _settle();
    }

    /// @notice A fall by a third to a half that all sources see, unless they are broken.
    function crash(uint256 what, uint256 bps) public {
        address asset = assets[what % 3];
        skip(1);
        _primary(asset, _first(primary[asset].price * _bound(bps, 5_000, 6_700) / 10_000, asset));
        _second(asset, primary[asset].price, 0);
        _count("crash");
        _settle();
    }

    function printSecond(uint256 what, uint256 bps, uint256 doubt) public {
        address asset = assets[what % 3];
        _second(asset, _first(second[asset].price * _bound(bps, 9_500, 10_500) / 10_000, asset), doubt);
        _settle();
    }

    function breakOrMend(uint256 what, uint256 which) public {
        address asset = assets[what % 3];
        bool breaks = which % 5 == 0;
        if (which % 2 == 0) {
            feeds[asset].setReverting(breaks);
            primary[asset].broken = breaks;
        } else if (asset == address(wbtc)) {
            _seconder.setReverting(breaks);
            second[asset].broken = breaks;
        } else if (asset == address(gold)) {
            _pyth.setReverting(breaks);
            second[asset].broken = breaks;
        }
        _settle();
    }

    /// @notice The sequencer stops or restarts, or its feed breaks or is mended: true or false, prices go on or do not.
    function alarm(uint256 what) public {
        if (what % 8 == 0 || uptimeBroken) {
            uptimeBroken = !uptimeBroken;
            uptime.setReverting(uptimeBroken);
        } else if ((isDown || what % 4 == 1) && changedAt < block.timestamp) {
            if (++_rounds == UNRECORDED_ROUNDS) poke(0);
            isDown = !isDown;
            changedAt = block.timestamp;
            uptime.push(isDown ? int256(1) : int256(0));
        }
        _settle();
    }

    /// @notice Time passes, and most sources say again what they said.
    function wait_(uint256 time, uint256 silent) public {
        skip(_bound(time, 1, silent % 8 == 0 ? 1 days : 90 minutes));
        for (uint256 i; i < 3; ++i) {
            address asset = assets[i];
            if ((silent >> (8 * i)) % 4 != 1) _primary(asset, primary[asset].price);
            if ((silent >> (8 * i)) % 8 > 2) _second(asset, second[asset].price, 0);
        }
        _settle();
    }

    /// @notice Anyone records; that changes no price in its own block (P24).
    function poke(uint256) public {
        Price[3] memory before;
        for (uint256 i; i < 3; ++i) {
            before[i] = oracle.read(assets[i]);
        }
        oracle.update(assets);
        if (!uptimeBroken) (_rounds, _recorded) = (0, block.timestamp);
        for (uint256 i; i < 3; ++i) {
            bool same = keccak256(abi.encode(before[i])) == keccak256(abi.encode(oracle.read(assets[i])));
            _claim("P24", same, "two reads in one transaction gave two prices");
            PriceRecord memory record = oracle.recordOf(assets[i]);
            bool isLive = before[i].status == PriceStatus.Live;
            // perhaps earlier in this block
            _claim("P24", !isLive || record.recordedAt == block.timestamp, "a live price was not recorded");
        }
        _settle();
    }

    /* WHAT THE HANDLER KNOWS */

    function isUp() internal view returns (bool) {
        return !uptimeBroken && !isDown && block.timestamp - changedAt >= GRACE;
    }

    function hasSecond(address asset) internal view returns (bool) {
        return asset != address(weth);
    }

    /// @dev Whether `said` is worth anything now: to anybody at all, not to open new risk.
    function isAlive(Said memory said) internal view returns (bool) {
        uint256 age = block.timestamp - said.at;
        if (said.broken || age > LIQUIDATION_AGE || said.doubt * 10_000 > said.price * CONFIDENCE_BPS) return false;
        // a broken uptime feed dates back to what was recorded of it, which is no later than that anybody recorded
        return isUp() || (age <= OPEN_AGE && said.at > (uptimeBroken ? _recorded : changedAt));
    }

    function _isRecent(Said memory said) private view returns (bool) {
        return !said.broken && block.timestamp - said.at <= OPEN_AGE;
    }

    /// @dev Whether something is wrong with any source of `asset`, or with what they stand on.
    function isFailed(address asset) internal view returns (bool) {
        Said memory a = primary[asset];
        if (!isUp() || !isAlive(a) || block.timestamp - a.at > OPEN_AGE) return true;
        Said memory b = second[asset];
        if (!hasSecond(asset)) return false;
        (uint256 lower, uint256 higher) = a.price < b.price ? (a.price, b.price) : (b.price, a.price);
        if (!isAlive(b) || block.timestamp - b.at > OPEN_AGE) return true;
        return (higher - lower) * 10_000 > lower * LIMIT_BPS;
    }

    /* CLAIMS */

    function _settle() internal {
        for (uint256 i; i < 3; ++i) {
            address asset = assets[i];
            Price memory price = oracle.read(asset);
            bool failed = isFailed(asset);
            bool dead = !isAlive(primary[asset]) && !(hasSecond(asset) && isAlive(second[asset]));
            _claim("P25", (price.status == PriceStatus.Live) == !failed, "Live with a failed feed, or not without");
            _claim("P25", dead || price.status != PriceStatus.Down, "Down with a living source");
            bool mute = !_isRecent(primary[asset]) && !(hasSecond(asset) && _isRecent(second[asset]));
            bool known = uptimeBroken ? mute : dead;
            _claim("P25", !known || price.status == PriceStatus.Down, "not Down without a living source");
            bool around = price.low <= price.spot && price.spot <= price.high && price.updatedAt <= block.timestamp;
            _claim("P24", around, "a price outside its band or its time");
            PriceRecord memory record = oracle.recordOf(asset);
            bool forward = record.recordedAt >= _recordedAt[asset] && record.recordedAt <= block.timestamp;
            _claim("P24", forward, "a record went back in time");
            _recordedAt[asset] = record.recordedAt;
            if (price.status == PriceStatus.Degraded) {
                _count(isUp() ? bytes32("degraded") : bytes32("answered in alarm"));
            }
            if (price.status == PriceStatus.Down) _count("down");
        }
        _claim("P24", oracle.isSequencerUp() == isUp(), "a sequencer that is up is down, or the reverse");
        if (uptimeBroken) return;
        uint256 outage = oracle.outageTime();
        _claim("P24", outage >= _outage, "outage time fell");
        _outage = outage;
    }

    function _claim(bytes32 property, bool holds, string memory what) internal {
        if (!holds && bytes(broken[property]).length == 0) broken[property] = what;
    }

    function _count(bytes32 name) internal {
        if (counts[name]++ == 0) _countNames.push(name);
    }

    /// @notice How often each interesting state was reached.
    function printSummary() external view {
        for (uint256 i; i < _countNames.length; ++i) {
            console.log("%s: %d", string(abi.encodePacked(_countNames[i])), counts[_countNames[i]]);
        }
    }

    /* SETTING OUT */

    function _confirm(address asset, address by, bytes32 id, uint16 confidenceBps) private {
        FeedConfig memory config = Terms.feed(address(feeds[asset]));
        (config.second, config.secondId, config.confidenceBps) = (by, id, confidenceBps);
        oracle.configure(asset, config);
    }

    function _primary(address asset, uint256 price) private {
        price -= price % 1e10;
        feeds[asset].push(int256(asset == address(gold) ? price : price / 1e10));
        (primary[asset].price, primary[asset].at) = (price, block.timestamp);
    }

    /// @dev Pyth keeps what was published last: at most one price a second.
    function _second(address asset, uint256 price, uint256 doubt) private {
        if (!hasSecond(asset) || second[asset].at == block.timestamp) return;
        price -= price % 1e10;
        doubt = price * (doubt % 150) / 10_000;
        doubt -= doubt % 1e10;
        if (asset == address(wbtc)) {
            doubt = 0;
            _seconder.push(int256(price));
        } else {
            _pyth.push(ID, int64(int256(price / 1e10)), uint64(doubt / 1e10), -8, block.timestamp);
        }
        second[asset] = Said(price, doubt, block.timestamp, second[asset].broken);
    }

    /// @dev `price`, or where the asset began if that is too far from it for the oracle's band.
    function _first(uint256 price, address asset) private view returns (uint256) {
        uint256 first = _firstPrice[asset];
        return price < first / FURTHEST || price > first * FURTHEST ? first : price;
    }
}
