// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {NaturalLog} from "./NaturalLog.sol";
import {Normal} from "./Normal.sol";
import {WAD, YEAR} from "./Units.sol";

/// @notice What a European option on a forward is worth when it expires, by Black (1976): not discounted.
/// @dev Everywhere:
/// - `forward`, `strike`: quote WAD for one unit of the underlying, below 2 ** 96; prices alike
/// - `logMoneyness`: `ln(forward / strike)`, WAD, within 2 ** 128 of zero. It comes apart from the two so that a
///   scenario adds the logarithm of its shock instead of taking another; an error of 1e-12 in it is not felt in a
/// price
/// - `deviation`: volatility times the root of the time left in years, WAD, below 2 ** 128; zero is expiry
///
/// What is priced is the side out of the money, from there the other by parity, so that both are exact where they are
/// small. docs/risk.md, "Option prices", has errors and what is monotone.
library Black76 {
    /// @notice Price of a call: from `max(forward - strike, 0)` to `forward`, error below 1e-9 of `forward` and a wei.
    /// `callPrice - putPrice` is exactly `forward - strike`.
    function callPrice(uint256 forward, uint256 strike, int256 logMoneyness, uint256 deviation)
        internal
        pure
        returns (uint256)
    {
        // fits: a distance below 2**128 * WAD, and the signs are known
        unchecked {
            uint256 distance = uint256(logMoneyness < 0 ? -logMoneyness : logMoneyness) * WAD;
            return strike < forward
                ? forward - strike + timeValue(strike, forward, distance, deviation)
                : timeValue(forward, strike, distance, deviation);
        }
    }

    /// @notice What a call or put costs above what it would pay at once: that is the same of both.
    /// @dev With u and v the logarithmic distance of strike and forward in deviations, less and more half a deviation,
    /// the side out of the money costs `lower * tail(u) - higher * tail(v)`, whichever of the two the forward is. That
    /// is at most `lower`.
    /// @param lower the lower one of forward and strike
    /// @param higher the higher one
    /// @param distance `abs(logMoneyness)` times WAD
    function timeValue(uint256 lower, uint256 higher, uint256 distance, uint256 deviation)
        internal
        pure
        returns (uint256)
    {
        if (deviation == 0) return 0;
        // fits: products below 2**96 * WAD
        unchecked {
            distance /= deviation;
            deviation >>= 1;
            lower *= distance > deviation ? Normal.tail(distance - deviation) : WAD - Normal.tail(deviation - distance);
            higher *= Normal.tail(distance + deviation);
            return lower > higher ? (lower - higher) / WAD : 0;
        }
    }

    /// @notice `timeValue` at two deviations, none of them zero.
    function timeValues(uint256 lower, uint256 higher, uint256 distance, uint256 deviation, uint256 other)
        internal
        pure
        returns (uint256 value, uint256 otherValue)
    {
        // fits: as above
        unchecked {
            uint256 x = distance / deviation;
            deviation >>= 1;
            value = lower * (x > deviation ? Normal.tail(x - deviation) : WAD - Normal.tail(deviation - x));
            x = higher * Normal.tail(x + deviation);
            value = value > x ? (value - x) / WAD : 0;
            x = distance / other;
            other >>= 1;
            otherValue = lower * (x > other ? Normal.tail(x - other) : WAD - Normal.tail(other - x));
            x = higher * Normal.tail(x + other);
            otherValue = otherValue > x ? (otherValue - x) / WAD : 0;
        }
    }

    /// @notice Price of a put: from `max(strike - forward, 0)` to `strike`, error below 1e-9 of `forward` and a wei.
    /// @dev A right to sell forwards for money is one to buy money with forwards.
    function putPrice(uint256 forward, uint256 strike, int256 logMoneyness, uint256 deviation)
        internal
        pure
        returns (uint256)
    {
        return callPrice(strike, forward, logMoneyness, deviation);
    }

    /// @notice What a call's price moves by with the forward, WAD from zero to one; a put's is that less one. Error
    /// below 3e-12 for the arguments given. At expiry one, zero, or a half where forward and strike are the same.
    function callDelta(int256 logMoneyness, uint256 deviation) internal pure returns (uint256) {
        if (deviation == 0) return logMoneyness == 0 ? WAD / 2 : logMoneyness > 0 ? WAD : 0;
        return Normal.cdf(_upper(logMoneyness, deviation));
    }

    /// @notice What the price of a call or put moves by with `deviation`: quote WAD for 1.00 of it, rounded down.
    /// Times the root of the time left in years it is the vega for 1.00 of volatility. Zero at expiry.
    function vega(uint256 forward, int256 logMoneyness, uint256 deviation) internal pure returns (uint256) {
        // fits: below 2**96 times WAD
        unchecked {
            return forward * _density(logMoneyness, deviation) / WAD;
        }
    }

    /// @notice What the delta of a call or put moves by with the forward: WAD for 1.00 quote of it, rounded down. Zero
    /// at expiry.
    /// @param forward > 0
    function gamma(uint256 forward, int256 logMoneyness, uint256 deviation) internal pure returns (uint256) {
        if (deviation == 0) return 0;
        // fit: WAD ** 3 is below 2**180, and the factors of the divisor below 2**96 and 2**128
        unchecked {
            return _density(logMoneyness, deviation) * WAD ** 2 / (forward * deviation);
        }
    }

    /// @notice `ln(forward / strike)`, WAD.
    /// @param forward > 0
    /// @param strike > 0
    function logMoneynessOf(uint256 forward, uint256 strike) internal pure returns (int256) {
        return NaturalLog.lnRatio(forward, strike);
    }

    /// @notice `volatility * sqrt(timeLeft / YEAR)`, WAD, rounded down.
    /// @param volatility of a year, WAD, below 2 ** 96
    /// @param timeLeft seconds, below 2 ** 40
    function deviationOf(uint256 volatility, uint256 timeLeft) internal pure returns (uint256) {
        // fits: 2**192 * 2**40
        unchecked {
            return Math.sqrt(volatility * volatility * timeLeft / YEAR);
        }
    }

    /// @dev `logMoneyness / deviation + deviation / 2`, WAD.
    function _upper(int256 logMoneyness, uint256 deviation) private pure returns (int256) {
        // fit: below 2**128 * WAD + 2**128
        unchecked {
            return logMoneyness * int256(WAD) / int256(deviation) + int256(deviation >> 1);
        }
    }

    function _density(int256 logMoneyness, uint256 deviation) private pure returns (uint256) {
        if (deviation == 0) return 0;
        int256 upper = _upper(logMoneyness, deviation);
        // fits: the sign is known
        return Normal.density(uint256(upper < 0 ? -upper : upper));
    }
}
