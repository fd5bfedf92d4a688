// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IAggregatorV3} from "../interfaces/IAggregatorV3.sol";
import {FeedCall} from "./FeedCall.sol";

/// @notice The words of `latestRoundData`, as the feed returned them: nothing here is what it should be until checked.
struct FeedRound {
    uint256 id;
    /// a signed number
    uint256 answer;
    uint256 startedAt;
    uint256 updatedAt;
    uint256 answeredInRound;
}

/// @notice What Chainlink's AggregatorV3 ABI says, from a source that may do anything.
library ChainlinkFeed {
    /// @dev Prices are WAD: a feed with more digits would have to be rounded.
    uint256 internal constant MAX_DECIMALS = 18;
    /// @dev Largest answer, before and after scaling: `MAX_ANSWER * 10 ** MAX_DECIMALS < 2 ** 156`.
    uint256 private constant MAX_ANSWER = type(uint96).max;
    uint256 private constant ROUND_WORDS = 5;

    /// @notice The newest answer of `feed`, quote WAD; zero where it is negative, zero, absurdly large, incomplete,
    /// from the future, or cannot be had.
    function latestPrice(address feed, uint256 decimals) internal view returns (uint256 price, uint256 updatedAt) {
        uint256[5] memory round;
        if (!FeedCall.ask(feed, IAggregatorV3.latestRoundData.selector, round, ROUND_WORDS)) return (0, 0);
        // a negative answer is a word above 2**255
        if (round[1] > MAX_ANSWER || round[0] > type(uint80).max || round[4] < round[0]) return (0, 0);
        updatedAt = round[3];
        if (updatedAt == 0 || updatedAt > block.timestamp) return (0, 0);
        // fits: see MAX_ANSWER
        unchecked {
            price = round[1] * 10 ** (MAX_DECIMALS - decimals);
        }
    }

    function latestRound(address feed) internal view returns (bool ok, FeedRound memory round) {
        uint256[5] memory words;
        ok = FeedCall.ask(feed, IAggregatorV3.latestRoundData.selector, words, ROUND_WORDS);
        return _checked(ok, words);
    }

    function roundAt(address feed, uint80 id) internal view returns (bool ok, FeedRound memory round) {
        uint256[5] memory words;
        ok = FeedCall.ask(feed, IAggregatorV3.getRoundData.selector, id, words, ROUND_WORDS);
        return _checked(ok, words);
    }

    /// @notice Decimals of `feed`; not ok where it has none, or more than prices have.
    function readDecimals(address feed) internal view returns (bool ok, uint8 decimals) {
        uint256[5] memory words;
        ok = FeedCall.ask(feed, IAggregatorV3.decimals.selector, words, 1);
        // fits: at most MAX_DECIMALS
        return ok && words[0] <= MAX_DECIMALS ? (true, uint8(words[0])) : (false, 0);
    }

    function _checked(bool ok, uint256[5] memory words) private pure returns (bool, FeedRound memory) {
        return (ok && words[0] <= type(uint80).max, FeedRound(words[0], words[1], words[2], words[3], words[4]));
    }
}
