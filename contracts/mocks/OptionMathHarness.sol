// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Black76} from "../math/Black76.sol";
import {Exponential} from "../math/Exponential.sol";
import {NaturalLog} from "../math/NaturalLog.sol";
import {Normal} from "../math/Normal.sol";

/// @notice The maths of options from outside, for tests that compare it with the sdk's.
contract OptionMathHarness {
    function ln(uint256 x) external pure returns (int256) {
        return NaturalLog.ln(x);
    }

    function expOfMinus(uint256 x) external pure returns (uint256) {
        return Exponential.expOfMinus(x);
    }

    function normal(int256 x) external pure returns (uint256 tail, uint256 cdf, uint256 density) {
        uint256 distance = uint256(x < 0 ? -x : x);
        return (Normal.tail(distance), Normal.cdf(x), Normal.density(distance));
    }

    /// @return logMoneyness WAD
    /// @return deviation WAD
    /// @return call quote WAD
    /// @return put quote WAD
    function prices(uint256 forward, uint256 strike, uint256 volatility, uint256 timeLeft)
        external
        pure
        returns (int256 logMoneyness, uint256 deviation, uint256 call, uint256 put)
    {
        logMoneyness = Black76.logMoneynessOf(forward, strike);
        deviation = Black76.deviationOf(volatility, timeLeft);
        call = Black76.callPrice(forward, strike, logMoneyness, deviation);
        put = Black76.putPrice(forward, strike, logMoneyness, deviation);
    }

    function pricesAt(uint256 forward, uint256 strike, int256 logMoneyness, uint256 deviation)
        external
        pure
        returns (uint256 call, uint256 put)
    {
        call = Black76.callPrice(forward, strike, logMoneyness, deviation);
        put = Black76.putPrice(forward, strike, logMoneyness, deviation);
    }

    function greeks(uint256 forward, int256 logMoneyness, uint256 deviation)
        external
        pure
        returns (uint256 callDelta, uint256 vega, uint256 gamma)
    {
        callDelta = Black76.callDelta(logMoneyness, deviation);
        vega = Black76.vega(forward, logMoneyness, deviation);
        gamma = Black76.gamma(forward, logMoneyness, deviation);
    }
}
