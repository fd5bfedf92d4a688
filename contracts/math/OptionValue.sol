// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {Black76} from "./Black76.sol";
import {NaturalLog} from "./NaturalLog.sol";
import {WAD, YEAR} from "./Units.sol";
import {SETTLEMENT_WINDOW} from "../types/Settlement.sol";

/// @notice What of an option's settlement price is still open. The price is an average over the window before expiry,
/// of which a part may be over.
struct OptionTiming {
    /// part of the average that is still to come, WAD
    uint256 open;
    /// what the rest of the average adds to the settlement price, quote WAD
    uint256 known;
    /// seconds after which the index would vary as much as the average does
    uint256 effective;
}

/// @notice Values of options that are settled at an average: docs/risk.md, "Settlement of options".
library OptionValue {
    /// @notice The timing of an option that is not expired.
    /// @dev An average of what moves at random varies by a third of what its end does: with `W` to go until the end of
    /// a window of `W`, the variance is that of `W / 3`; what comes before the window counts in full.
    /// @param fixedWeight see `ISettlementFeed.averageSoFar`; zero before the window
    /// @param fixedAverage the same
    function timing(uint256 expiry, uint256 fixedWeight, uint256 fixedAverage)
        internal
        view
        returns (OptionTiming memory t)
    {
        uint256 left = expiry - block.timestamp;
        if (left >= SETTLEMENT_WINDOW) return OptionTiming(WAD, 0, left - SETTLEMENT_WINDOW + SETTLEMENT_WINDOW / 3);
        return OptionTiming(WAD - fixedWeight, fixedAverage * fixedWeight / WAD, left / 3);
    }

    /// @notice Value of one unit, quote WAD, rounded down.
    /// @dev With `a` of the average over at `A`, it pays `max(a * A + (1 - a) * X - K, 0)`: a call on `1 - a` of the
    /// rest with the strike `K - a * A`. Where that is not above zero, the call is certain to pay and the put not to.
    /// @param index quote WAD, > 0 and < 2**96
    /// @param strike quote WAD, > 0 and < 2**96
    /// @param variance a year, WAD
    function valueOf(bool isCall, uint256 index, uint256 strike, uint256 variance, OptionTiming memory t)
        internal
        pure
        returns (uint256)
    {
        uint256 forward = t.open == WAD ? index : index * t.open / WAD;
        if (forward == 0 || strike <= t.known) return payoff(isCall, forward + t.known, strike);
        uint256 rest = strike - t.known;
        int256 logMoneyness = NaturalLog.lnRatio(forward, rest);
        uint256 deviation = deviationOf(variance, t.effective);
        return isCall
            ? Black76.callPrice(forward, rest, logMoneyness, deviation)
            : Black76.putPrice(forward, rest, logMoneyness, deviation);
    }

    /// @notice What one unit pays at the settlement price, quote WAD.
    function payoff(bool isCall, uint256 price, uint256 strike) internal pure returns (uint256) {
        return isCall ? Math.saturatingSub(price, strike) : Math.saturatingSub(strike, price);
    }

    /// @notice `sqrt(variance * time)` with time in years, WAD, rounded down.
    /// @param variance a year, WAD, below 2**90
    /// @param time seconds, below 2**40
    function deviationOf(uint256 variance, uint256 time) internal pure returns (uint256) {
        // fits: 2**90 * 2**40 * 2**60
        unchecked {
            return Math.sqrt(variance * time * WAD / YEAR);
        }
    }
}
