// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Test} from "forge-std/Test.sol";
import {Black76} from "../../contracts/math/Black76.sol";
import {NaturalLog} from "../../contracts/math/NaturalLog.sol";
import {JOINT} from "../../contracts/math/NormalCoefficients.sol";
import {Normal} from "../../contracts/math/Normal.sol";
import {WAD} from "../../contracts/math/Units.sol";

contract Black76Test is Test {
    uint256 private constant LARGEST = type(uint96).max;
    int256 private constant FARTHEST = int256(uint256(type(uint128).max));

    /// an option as policy admits it
    struct Option {
        uint256 forward;
        uint256 strike;
        uint256 volatility;
        uint256 timeLeft;
    }

    /* PRICES */

    function test_callPrice_ofTheWorkedExample() public pure {
        Option memory option = Option(100_000e18, 110_000e18, 0.6e18, 30 days);
        assertEq(_call(option), 3_270_260_504_262_420_100_000);
        assertEq(_put(option), 13_270_260_504_262_420_100_000);
    }

    /// @dev [OPT-02] [OPT-03] at anything that fits the types, whether or not it makes sense
    function testFuzz_prices_keepParityAndBounds(uint96 forward, uint96 strike, int256 distance, uint128 deviation)
        public
        pure
    {
        distance = bound(distance, -FARTHEST, FARTHEST);
        uint256 call = Black76.callPrice(forward, strike, distance, deviation);
        uint256 put = Black76.putPrice(forward, strike, distance, deviation);
        assertEq(call + strike, put + forward);
        assertLe(call, forward);
        assertLe(put, strike);
        assertGe(call + strike, forward);
        assertGe(put + forward, strike);
    }

    /// @dev [OPT-03]
    function testFuzz_prices_areIntrinsicAtExpiry(uint96 forward, uint96 strike, int256 distance) public pure {
        distance = bound(distance, -FARTHEST, FARTHEST);
        uint256 call = Black76.callPrice(forward, strike, distance, 0);
        assertEq(call, forward > strike ? forward - strike : 0);
        assertEq(Black76.putPrice(forward, strike, distance, 0), strike > forward ? strike - forward : 0);
    }

    /// @dev what the scenarios of portfolio margin ask for at once is what one at a time gives
    function testFuzz_timeValues_areTwoTimeValues(uint96 a, uint96 b, uint128 distance, uint128 one, uint128 other)
        public
        pure
    {
        (uint256 lower, uint256 higher) = a < b ? (uint256(a), uint256(b)) : (uint256(b), uint256(a));
        (uint256 first, uint256 second) = (uint256(one) + 1, uint256(other) + 1);
        (uint256 value, uint256 otherValue) = Black76.timeValues(lower, higher, uint256(distance) * WAD, first, second);
        assertEq(value, Black76.timeValue(lower, higher, uint256(distance) * WAD, first));
        assertEq(otherValue, Black76.timeValue(lower, higher, uint256(distance) * WAD, second));
    }

    /// @dev [OPT-04]: by any step, but for what the errors of two prices may hide
    function testFuzz_callPrice_movesAsTheorySays(Option memory option, uint256 part) public pure {
        _bound(option);
        part = bound(part, 1, 1e6);
        uint256 hidden = option.forward / 1e10 + 2;
        uint256 price = _call(option);

        uint256 step = option.strike / part + 1;
        option.strike += step;
        assertLe(_call(option), price + hidden);
        option.strike -= step;

        step = option.volatility / part + 1;
        option.volatility += step;
        assertGe(_call(option) + hidden, price);
        option.volatility -= step;

        option.timeLeft += option.timeLeft / part + 1;
        assertGe(_call(option) + hidden, price);
    }

    function testFuzz_putPrice_mirrorsCallPrice(Option memory option) public pure {
        _bound(option);
        int256 distance = Black76.logMoneynessOf(option.forward, option.strike);
        uint256 deviation = Black76.deviationOf(option.volatility, option.timeLeft);
        assertEq(
            Black76.putPrice(option.forward, option.strike, distance, deviation),
            Black76.callPrice(option.strike, option.forward, -distance, deviation)
        );
    }

    /* GREEKS */

    function testFuzz_callDelta_risesWithMoneyness(int256 distance, uint256 step, uint256 deviation) public pure {
        distance = bound(distance, -10e18, 10e18);
        step = bound(step, 0, 10e18);
        deviation = bound(deviation, 0, 20e18);
        uint256 delta = Black76.callDelta(distance, deviation);
        assertLe(delta, WAD);
        assertGe(Black76.callDelta(distance + int256(step), deviation), delta);
    }

    function testFuzz_vegaAndGamma_areOneAnothersMultiple(Option memory option) public pure {
        _bound(option);
        int256 distance = Black76.logMoneynessOf(option.forward, option.strike);
        uint256 deviation = Black76.deviationOf(option.volatility, option.timeLeft);
        uint256 vega = Black76.vega(option.forward, distance, deviation);
        uint256 gamma = Black76.gamma(option.forward, distance, deviation);
        // vega = gamma * forward ** 2 * deviation, but for what both lose by rounding
        uint256 unit = option.forward * deviation / WAD;
        assertApproxEqAbs(
            vega, gamma * unit / WAD * option.forward / WAD, (unit + WAD) * option.forward / WAD / WAD + 2
        );
    }

    /* PARTS */

    /// @dev [OPT-06]
    function testFuzz_tail_neverRises(uint256 x, uint256 step) public pure {
        x = bound(x, 0, 9e18);
        step = bound(step, 0, 1e18);
        assertLe(Normal.tail(x + step), Normal.tail(x));
        assertLe(Normal.tail(x + 1), Normal.tail(x));
        uint256 near = JOINT - 1e9 + step % 2e9;
        assertLe(Normal.tail(near + 1), Normal.tail(near));
    }

    function testFuzz_cdf_ofANumberAndItsNegativeIsOne(int256 x) public pure {
        x = bound(x, -FARTHEST, FARTHEST);
        assertEq(Normal.cdf(x) + Normal.cdf(-x), WAD);
    }

    function testFuzz_ln_ofAProductIsTheSum(uint256 x, uint256 y) public pure {
        x = bound(x, 1e14, 1e24);
        y = bound(y, 1e14, 1e24);
        int256 sum = NaturalLog.lnRatio(x, 1e18) + NaturalLog.lnRatio(1e18, y);
        assertApproxEqAbs(NaturalLog.lnRatio(x, y), sum, 30); // errors of three
    }

    function test_lnRatio_ofTheSmallestAndTheLargest() public pure {
        assertApproxEqAbs(NaturalLog.lnRatio(LARGEST, 1), 66.542129333754749704e18, 1e6);
        assertApproxEqAbs(NaturalLog.lnRatio(1, LARGEST), -66.542129333754749704e18, 1e6);
    }

    function _call(Option memory option) private pure returns (uint256) {
        return Black76.callPrice(option.forward, option.strike, _distance(option), _deviation(option));
    }

    function _put(Option memory option) private pure returns (uint256) {
        return Black76.putPrice(option.forward, option.strike, _distance(option), _deviation(option));
    }

    function _distance(Option memory option) private pure returns (int256) {
        return Black76.logMoneynessOf(option.forward, option.strike);
    }

    function _deviation(Option memory option) private pure returns (uint256) {
        return Black76.deviationOf(option.volatility, option.timeLeft);
    }

    /// @dev Volatility of 1 % to 500 %, expiry in one second to three years, strikes of 0.1 to 10 times the forward.
    function _bound(Option memory option) private pure {
        option.forward = bound(option.forward, 1e15, 1e27);
        option.strike = bound(option.strike, option.forward / 10, option.forward * 10);
        option.volatility = bound(option.volatility, 0.01e18, 5e18);
        option.timeLeft = bound(option.timeLeft, 1, 3 * 365 days);
    }
}
