// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {Black76} from "./Black76.sol";
import {NaturalLog} from "./NaturalLog.sol";
import {OptionTiming, OptionValue} from "./OptionValue.sol";
import {WAD, YEAR} from "./Units.sol";

/// @notice Derivatives of `OptionValue.valueOf` for one unit: docs/risk.md, "Net exposure".
library OptionGreeks {
    /// @dev What of the average is over moves no more: with the part `open` to come, the forward is `open` times the
    /// index, and each derivative by the index has that factor once more.
    /// @param index quote WAD, > 0 and < 2**96
    /// @param strike quote WAD, > 0 and < 2**96
    /// @param variance a year, WAD
    /// @return delta WAD, rounded towards zero
    /// @return vega quote WAD for 1.00 of volatility a year, rounded down
    /// @return gamma WAD of delta for 1.00 quote of the index, rounded down
    function greeksOf(bool isCall, uint256 index, uint256 strike, uint256 variance, OptionTiming memory t)
        internal
        pure
        returns (int256 delta, uint256 vega, uint256 gamma)
    {
        uint256 forward = t.open == WAD ? index : index * t.open / WAD;
        // a call that is certain to pay is a forward, and all else pays what it pays
        if (forward == 0 || strike <= t.known) return (isCall ? int256(t.open) : int256(0), 0, 0);
        int256 logMoneyness = NaturalLog.lnRatio(forward, strike - t.known);
        uint256 deviation = OptionValue.deviationOf(variance, t.effective);
        // fit: at most one, WAD
        delta = int256(Black76.callDelta(logMoneyness, deviation)) - (isCall ? int256(0) : int256(WAD));
        delta = isCall ? delta * int256(t.open) / int256(WAD) : -int256(uint256(-delta) * t.open / WAD);
        vega = Black76.vega(forward, logMoneyness, deviation) * Math.sqrt(t.effective * WAD * WAD / YEAR) / WAD;
        gamma = Black76.gamma(forward, logMoneyness, deviation) * t.open / WAD * t.open / WAD;
    }
}
