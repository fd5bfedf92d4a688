// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {AccessManager} from "@openzeppelin/contracts/access/manager/AccessManager.sol";
import {Test} from "forge-std/Test.sol";
import {IAggregatorV3} from "../../contracts/interfaces/IAggregatorV3.sol";
import {FeedConfig, PriceRecord} from "../../contracts/interfaces/IPriceOracle.sol";
import {MockAggregator} from "../../contracts/mocks/MockAggregator.sol";
import {PriceOracle} from "../../contracts/oracle/PriceOracle.sol";
import {Price, PriceStatus} from "../../contracts/types/Price.sol";

contract PriceOracleTest is Test {
    uint256 private constant START = 1_700_000_000;
    uint24 private constant GRACE = 1 hours;
    int256 private constant UP = 0;
    int256 private constant DOWN = 1;

    address private asset = makeAddr("asset");
    address private unwatched = makeAddr("unwatched");
    PriceOracle private oracle;
    MockAggregator private primary;
    MockAggregator private second;
    MockAggregator private uptime;
    FeedConfig private config;

    function setUp() public {
        vm.warp(START);
        oracle = new PriceOracle(address(new AccessManager(address(this))), true);
        primary = new MockAggregator(8, "primary");
        second = new MockAggregator(18, "second");
        uptime = new MockAggregator(0, "uptime");
        primary.push(2_000e8);
        second.push(2_000e18);
        uptime.pushAt(UP, START - 1 days);
        config = FeedConfig({
            primary: address(primary),
            second: address(second),
            secondId: 0,
            openAge: 1 hours,
            liquidationAge: 3 hours,
            halfLife: 10 minutes,
            disagreementBps: 300,
            confidenceBps: 0,
            floor: 10e18,
            ceiling: 100_000e18
        });
        oracle.configure(asset, config);
        oracle.configureSequencer(address(uptime), GRACE);
    }

    /* READING */

    function testFuzz_read_comesBackWhateverWordsAFeedReturns(uint256[5] calldata words, uint256[5] calldata others)
        public
    {
        _answer(primary, abi.encode(words));
        _answer(second, abi.encode(others));
        _checkPrice(oracle.read(asset));
        _answer(uptime, abi.encode(others));
        _checkPrice(oracle.read(asset));
        oracle.outageTime();
    }

    function testFuzz_read_comesBackWhateverBytesAFeedReturns(bytes calldata data, bytes calldata others) public {
        _answer(primary, data);
        _answer(second, others);
        _checkPrice(oracle.read(asset));
        _answer(uptime, data);
        _checkPrice(oracle.read(asset));
        oracle.outageTime();
        oracle.update(_assets());
    }

    /// @dev Rounds that are nearly right, so that each rule is the one that decides.
    function testFuzz_P25_read_isLiveOnlyWhereEveryRuleHolds(
        int256 answer,
        int256 other,
        uint256 age,
        uint256 otherAge,
        uint80 answeredIn
    ) public {
        (answer, other) = (bound(answer, -1e8, 200_000e8), bound(other, -1e18, 200_000e18));
        if (answer > 0 && answer % 2 == 0) other = bound(other, answer * 0.95e10, answer * 1.05e10);
        (age, otherAge) = (bound(age, 0, 4 hours), bound(otherAge, 0, 4 hours));
        answeredIn = uint80(bound(answeredIn, 1, 3));
        vm.warp(START + 1 days);
        primary.setRound(2, answer, block.timestamp - age, block.timestamp - age, answeredIn);
        second.setRound(2, other, block.timestamp - otherAge, block.timestamp - otherAge, 2);

        Price memory price = oracle.read(asset);
        _checkPrice(price);
        bool sane = answer > 10e8 && answer < 100_000e8 && answeredIn >= 2 && age <= config.liquidationAge;
        bool otherSane = other > 10e18 && other < 100_000e18 && otherAge <= config.liquidationAge;
        int256 scaled = answer * 1e10;
        int256 lower = scaled < other ? scaled : other;
        bool agree = (scaled > other ? scaled - other : other - scaled) * 10_000 <= lower * 300;
        bool live = sane && otherSane && agree && age <= config.openAge && otherAge <= config.openAge;
        bool heard = otherAge <= config.openAge || age > config.openAge;
        assertEq(price.status == PriceStatus.Live, live);
        assertEq(price.status == PriceStatus.Down, !sane && !otherSane);
        if (sane) assertEq(price.spot, uint256(scaled));
        else if (otherSane) assertEq(price.spot, uint256(other));
        else assertEq(price.spot, oracle.recordOf(asset).spot);
        if (sane && otherSane && !agree && heard) {
            assertLe(price.low, uint256(lower));
            assertGe(price.high, uint256(scaled > other ? scaled : other));
        }
    }

    /* A SEQUENCER'S ALARM */

    /// @dev Only an answer since the last change and within openAge counts, and it opens nothing; V7.
    function testFuzz_read_isDegradedInAnAlarmWhereTheFeedAnsweredSince(
        bool down,
        uint256 since,
        uint256 age,
        uint256 otherAge
    ) public {
        vm.warp(START + 1 days);
        (since, age, otherAge) = (bound(since, 0, GRACE - 1), bound(age, 0, 4 hours), bound(otherAge, 0, 4 hours));
        uptime.pushAt(down ? DOWN : UP, block.timestamp - since);
        primary.pushAt(2_100e8, block.timestamp - age);
        second.pushAt(2_101e18, block.timestamp - otherAge);
        assertFalse(oracle.isSequencerUp());

        Price memory price = oracle.read(asset);
        bool answered = age < since && age <= config.openAge;
        bool otherAnswered = otherAge < since && otherAge <= config.openAge;
        bool either = answered || otherAnswered;
        assertEq(uint8(price.status), uint8(either ? PriceStatus.Degraded : PriceStatus.Down));
        assertEq(price.spot, answered ? 2_100e18 : otherAnswered ? 2_101e18 : 2_000e18);
        assertEq(price.high, otherAnswered && !answered ? 2_101e18 : either ? 2_100e18 : 2_101e18);
        PriceRecord memory before = oracle.recordOf(asset);
        oracle.update(_assets());
        // smoothing goes on by what would be Live without the alarm: else a sinking account would be shielded by it
        bool recorded = answered && otherAnswered;
        assertEq(oracle.recordOf(asset).spot, recorded ? 2_100e18 : before.spot);
        assertEq(oracle.recordOf(asset).recordedAt, recorded ? block.timestamp : before.recordedAt);
    }

    /* SMOOTHING */

    /// @dev A record moves nothing at once, and the smoothed price stays between what was recorded.
    function testFuzz_P24_update_movesNoBandInItsOwnBlock(uint256 seed) public {
        for (uint256 i; i < 20; ++i) {
            vm.warp(block.timestamp + _random(seed, i, 1, 1 hours));
            uint256 spot = _random(seed, 100 + i, 1_000e8, 4_000e8);
            primary.push(int256(spot));
            second.push(int256(spot * 1e10));
            Price memory before = oracle.read(asset);
            uint256 smoothed = before.low == before.spot ? before.high : before.low;
            oracle.update(_assets());
            PriceRecord memory record = oracle.recordOf(asset);
            assertEq(record.smoothed, smoothed);
            assertEq(keccak256(abi.encode(oracle.read(asset))), keccak256(abi.encode(before)));
            assertGe(record.smoothed, 1_000e18);
            assertLe(record.smoothed, 4_000e18);
        }
    }

    /* OUTAGES */

    /// @dev Against a plain sum over the rounds: a down round counts in full, an up round for its grace.
    function testFuzz_outageTime_countsEachDeadSecondOnce(uint256 seed) public {
        uint256 counted; // of all rounds but the last
        uint256 last;
        bool down;
        uint256 since = START - 1 days;
        for (uint256 i; i < 24; ++i) {
            vm.warp(block.timestamp + _random(seed, i, 1, 2 hours));
            if (_random(seed, 100 + i, 0, 2) == 0) {
                counted += _dead(since, block.timestamp, down);
                (since, down) = (block.timestamp, !down);
                uptime.push(down ? DOWN : UP);
                // further back than this the clock does not look
                oracle.update(_assets());
            } else if (_random(seed, 200 + i, 0, 1) == 0) {
                oracle.update(_assets());
            }
            uint256 now_ = oracle.outageTime();
            assertEq(now_, counted + _dead(since, block.timestamp, down));
            assertGe(now_, last);
            primary.push(2_000e8);
            second.push(2_000e18);
            bool isUp = !down && block.timestamp - since >= GRACE;
            assertEq(oracle.isSequencerUp(), isUp);
            PriceStatus silent = block.timestamp == since ? PriceStatus.Down : PriceStatus.Degraded;
            assertEq(uint8(oracle.read(asset).status), uint8(isUp ? PriceStatus.Live : silent));
            last = now_;
        }
    }

    /// @dev As above, without anybody recording: up to four outages are found afterwards.
    function testFuzz_outageTime_findsWhatNobodyRecorded(uint256 seed) public {
        uint256 counted;
        for (uint256 i; i < 3; ++i) {
            vm.warp(block.timestamp + _random(seed, i, 1, 1 days));
            uint256 stoppedAt = block.timestamp;
            uptime.push(DOWN);
            vm.warp(block.timestamp + _random(seed, 10 + i, 1, 1 days));
            uptime.push(UP);
            vm.warp(block.timestamp + GRACE);
            counted += block.timestamp - stoppedAt;
        }
        assertEq(oracle.outageTime(), counted);
        oracle.update(_assets());
        assertEq(oracle.outageTime(), counted);
    }

    /* HELPERS */

    function _checkPrice(Price memory price) private view {
        assertLe(price.low, price.spot);
        assertGe(price.high, price.spot);
        assertGt(price.low, config.floor);
        assertLt(price.high, config.ceiling);
        assertLe(price.updatedAt, block.timestamp);
    }

    function _answer(MockAggregator feed, bytes memory data) private {
        vm.mockCall(address(feed), abi.encodeCall(IAggregatorV3.latestRoundData, ()), data);
        vm.mockCall(address(feed), abi.encodeWithSelector(IAggregatorV3.getRoundData.selector), data);
    }

    function _dead(uint256 from, uint256 until, bool down) private pure returns (uint256) {
        if (from < START) return 0; // up since long before the feed was configured
        return down || until - from < GRACE ? until - from : GRACE;
    }

    function _assets() private view returns (address[] memory assets) {
        assets = new address[](2);
        (assets[0], assets[1]) = (asset, unwatched);
    }

    function _random(uint256 seed, uint256 nonce, uint256 least, uint256 most) private pure returns (uint256) {
        return _bound(uint256(keccak256(abi.encode(seed, nonce))), least, most);
    }
}
