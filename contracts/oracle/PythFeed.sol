// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IPyth} from "@pythnetwork/pyth-sdk-solidity/IPyth.sol";
import {BPS} from "../math/Units.sol";
import {FeedCall} from "./FeedCall.sol";

/// @notice What Pyth's ABI says of a price, from a contract that may do anything.
library PythFeed {
    /// @dev `PythStructs.Price`: price, confidence, exponent, publish time.
    uint256 private constant PRICE_WORDS = 4;
    /// @dev Prices are WAD: one with more digits would have to be rounded, and none in use has fewer than none.
    int256 private constant MIN_EXPONENT = -18;
    int256 private constant MAX_EXPONENT = 0;

    /// @notice The newest price of `id` and half the width of the interval that Pyth gives it, quote WAD; zero where it
    /// is negative, zero, of an exponent outside -18 to 0, from the future, less certain than `confidenceBps` of
    /// itself, or cannot be had.
    function latestPrice(address pyth, bytes32 id, uint256 confidenceBps)
        internal
        view
        returns (uint256 price, uint256 confidence, uint256 updatedAt)
    {
        uint256[5] memory words;
        if (!FeedCall.ask(pyth, IPyth.getPriceUnsafe.selector, uint256(id), words, PRICE_WORDS)) return (0, 0, 0);
        // a negative price is a word above 2**255
        if (words[0] > uint64(type(int64).max) || words[1] > type(uint64).max) return (0, 0, 0);
        int256 exponent = int256(words[2]);
        if (exponent < MIN_EXPONENT || exponent > MAX_EXPONENT) return (0, 0, 0);
        if (words[3] == 0 || words[3] > block.timestamp) return (0, 0, 0);
        if (words[1] * BPS > words[0] * confidenceBps) return (0, 0, 0);
        // fits: 2**64 * 10**18 < 2**124; the exponent is within its bounds
        uint256 unit = 10 ** uint256(exponent - MIN_EXPONENT);
        return (words[0] * unit, words[1] * unit, words[3]);
    }
}
