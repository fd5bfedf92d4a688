// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Test} from "forge-std/Test.sol";
import {IPyth} from "@pythnetwork/pyth-sdk-solidity/IPyth.sol";
import {AccessManager} from "@openzeppelin/contracts/access/manager/AccessManager.sol";
import {FeedConfig, IPriceOracle} from "../../contracts/interfaces/IPriceOracle.sol";
import {MockAggregator} from "../../contracts/mocks/MockAggregator.sol";
import {MockPythPrices} from "../../contracts/mocks/MockPythPrices.sol";
import {PriceOracle} from "../../contracts/oracle/PriceOracle.sol";
import {Price, PriceStatus} from "../../contracts/types/Price.sol";

/// @notice Pyth, in its own mock, as the second source beside a Chainlink feed of 2,000.
contract PythFeedTest is Test {
    uint256 private constant START = 1_700_000_000;
    bytes32 private constant ID = keccak256("ETH / USD");

    address private asset = makeAddr("asset");
    PriceOracle private oracle;
    MockAggregator private primary;
    MockPythPrices private pyth;
    FeedConfig private config;

    function setUp() public {
        vm.warp(START);
        oracle = new PriceOracle(address(new AccessManager(address(this))), false);
        primary = new MockAggregator(8, "primary");
        pyth = new MockPythPrices();
        primary.push(2_000e8);
        pyth.push(ID, 2_000e8, 2e8, -8, START);
        config = FeedConfig({
            primary: address(primary),
            second: address(pyth),
            secondId: ID,
            openAge: 1 hours,
            liquidationAge: 3 hours,
            halfLife: 10 minutes,
            disagreementBps: 300,
            confidenceBps: 100,
            floor: 10e18,
            ceiling: 100_000e18
        });
        oracle.configure(asset, config);
    }

    /* CONFIGURING */

    /// [ORC-17]
    function test_configure_revertsWhereThePriceIsUnknownToPyth() public {
        config.secondId = keccak256("another");
        vm.expectRevert(abi.encodeWithSelector(IPriceOracle.FeedNotReady.selector, asset, address(pyth)));
        oracle.configure(asset, config);
        config.second = address(0);
        vm.expectRevert(abi.encodeWithSelector(IPriceOracle.FeedNotReady.selector, asset, address(0)));
        oracle.configure(asset, config);
    }

    /// [ORC-17]
    function test_configure_revertsWithoutALimitOfConfidenceAndWithOneWherePythIsNot() public {
        for (uint16 bps = 0; bps <= 1_001; bps += 1_001) {
            config.confidenceBps = bps;
            vm.expectRevert(
                abi.encodeWithSelector(
                    IPriceOracle.FeedConfigOutOfBounds.selector, asset, bytes32("confidenceBps"), bps, 1, 1_000
                )
            );
            oracle.configure(asset, config);
        }
        (config.second, config.secondId, config.confidenceBps) = (address(0), 0, 1);
        vm.expectRevert(
            abi.encodeWithSelector(
                IPriceOracle.FeedConfigOutOfBounds.selector, asset, bytes32("confidenceBps"), 1, 0, 0
            )
        );
        oracle.configure(asset, config);
    }

    function test_configure_revertsWhereTheSourcesDisagreeToBeginWith() public {
        _publish(2_061e8, 0, -8);
        vm.expectRevert(
            abi.encodeWithSelector(IPriceOracle.FeedsDisagree.selector, asset, uint256(2_000e18), uint256(2_061e18))
        );
        oracle.configure(asset, config);
    }

    function test_feedOf_showsWhatWasConfigured() public view {
        assertEq(abi.encode(oracle.feedOf(asset)), abi.encode(config));
    }

    /* READING */

    /// [ORC-18]
    function test_read_isWiderByTheConfidenceWhereBothAgree() public {
        _check(2_000e18, 1_998e18, 2_002e18, PriceStatus.Live);
        _publish(2_050e8, 20e8, -8);
        _check(2_000e18, 1_980e18, 2_020e18, PriceStatus.Live);
        _publish(2_050e8, 21e8, -8); // more than a hundredth
        _check(2_000e18, 2_000e18, 2_000e18, PriceStatus.Degraded);
    }

    /// [ORC-18]
    function test_read_isDegradedOverBothAndTheConfidenceWhereTheyDisagree() public {
        _publish(2_100e8, 20e8, -8);
        _check(2_000e18, 1_980e18, 2_120e18, PriceStatus.Degraded);
        _publish(1_900e8, 10e8, -8);
        _check(2_000e18, 1_890e18, 2_010e18, PriceStatus.Degraded);
    }

    /// [ORC-18]
    function test_read_takesPythWhereThePrimaryIsDead() public {
        _publish(1_800e8, 10e8, -8);
        primary.setReverting(true);
        _check(1_800e18, 1_790e18, 2_010e18, PriceStatus.Degraded);
        skip(3 hours + 1);
        _check(2_000e18, 2_000e18, 2_000e18, PriceStatus.Down);
        _publish(2_500e8, 10e8, -8);
        skip(3 hours + 1);
        _check(2_000e18, 2_000e18, 2_510e18, PriceStatus.Down);
    }

    /// [ORC-17]
    function test_read_doesWithoutAPriceThatIsNotSane() public {
        int64 good = 2_000e8;
        _publish(0, 0, -8);
        _checkLost("zero");
        _publish(-good, 0, -8);
        _checkLost("negative");
        _publish(type(int64).min, 0, -8);
        _checkLost("the most negative");
        _publish(type(int64).max, 0, -18);
        _checkLost("at the floor");
        _publish(type(int64).max, 0, 0);
        _checkLost("above the ceiling");
        _publish(2_000, 0, 1);
        _checkLost("an exponent above zero");
        _publish(type(int64).max, 0, -19);
        _checkLost("an exponent below -18");
        _publish(good, 20e8 + 1, -8);
        _checkLost("too uncertain");
        _publish(good, type(uint64).max, -8);
        _checkLost("as uncertain as can be");
        _publish(good, 20e8, -8);
        assertEq(uint8(oracle.read(asset).status), uint8(PriceStatus.Live), "as uncertain as may be");
        pyth.setReverting(true);
        _checkLost("reverts");
        pyth.setReverting(false);
        pyth.push(ID, good, 0, -8, block.timestamp + 1);
        _checkLost("from the future");
    }

    /// [ORC-17]
    function test_read_comesToTheSamePriceOfAnyExponent() public {
        for (int32 exponent = 0; exponent >= -15; --exponent) {
            _publish(int64(int256(2_000 * 10 ** uint32(-exponent))), 0, exponent);
            primary.setReverting(true);
            assertEq(oracle.read(asset).spot, 2_000e18);
            primary.setReverting(false);
        }
    }

    /// [ORC-17]
    function test_read_lastsAsLongAsThatOfAnAggregator() public {
        skip(1 hours);
        primary.push(2_000e8);
        assertEq(uint8(oracle.read(asset).status), uint8(PriceStatus.Live));
        skip(1);
        _checkLost("too old");
    }

    /// [ORC-17]
    function testFuzz_read_comesBackWhateverPythReturns(uint256[4] calldata words, bytes calldata data) public {
        vm.mockCall(address(pyth), abi.encodeWithSelector(IPyth.getPriceUnsafe.selector), abi.encode(words));
        _checkSound(oracle.read(asset));
        vm.mockCall(address(pyth), abi.encodeWithSelector(IPyth.getPriceUnsafe.selector), data);
        _checkSound(oracle.read(asset));
        primary.setReverting(true);
        _checkSound(oracle.read(asset));
    }

    /// @dev Words that are nearly right, so that each rule is the one that decides (P25).
    function testFuzz_P25_read_isLiveOnlyWherePythConfirms(int64 price, uint64 conf, int32 exponent, uint256 age)
        public
    {
        vm.warp(START + 1 days);
        primary.push(2_000e8);
        exponent = int32(bound(exponent, -10, -6));
        int256 whole = int256(10 ** uint32(-exponent));
        price = int64(bound(price, 1_900 * whole, 2_100 * whole));
        conf = uint64(bound(conf, 0, uint256(30 * whole)));
        age = bound(age, 0, 4 hours);
        pyth.push(ID, price, conf, exponent, block.timestamp - age);

        Price memory read = oracle.read(asset);
        bool sane = age <= 1 hours && uint256(conf) * 10_000 <= uint64(price) * 100;
        int256 apart = price > 2_000 * whole ? price - 2_000 * whole : 2_000 * whole - price;
        bool agree = apart * 10_000 <= (price > 2_000 * whole ? 2_000 * whole : price) * 300;
        assertEq(read.status == PriceStatus.Live, sane && agree);
        assertEq(read.spot, 2_000e18);
        uint256 doubt = sane ? conf * 10 ** uint32(18 + exponent) : 0;
        assertLe(read.low, 2_000e18 - doubt);
        assertGe(read.high, 2_000e18 + doubt);
    }

    /* HELPERS */

    function _publish(int64 price, uint64 confidence, int32 exponent) private {
        skip(1);
        pyth.push(ID, price, confidence, exponent, block.timestamp);
    }

    function _checkLost(string memory why) private view {
        Price memory price = oracle.read(asset);
        assertEq(uint8(price.status), uint8(PriceStatus.Degraded), why);
        assertEq(abi.encode(price.spot, price.low, price.high), abi.encode(2_000e18, 2_000e18, 2_000e18), why);
    }

    function _check(uint256 spot, uint256 low, uint256 high, PriceStatus status) private view {
        Price memory price = oracle.read(asset);
        assertEq(abi.encode(price.spot, price.low, price.high), abi.encode(spot, low, high));
        assertEq(uint8(price.status), uint8(status));
    }

    function _checkSound(Price memory price) private view {
        assertLe(price.low, price.spot);
        assertGe(price.high, price.spot);
        assertGt(price.spot, config.floor);
        assertLt(price.spot, config.ceiling);
        assertLe(price.updatedAt, block.timestamp);
    }
}
