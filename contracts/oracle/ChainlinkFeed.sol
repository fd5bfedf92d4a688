// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IAggregatorV3} from "../interfaces/IAggregatorV3.sol";
import {IPriceOracle} from "../interfaces/IPriceOracle.sol";

/// @notice The words of `latestRoundData`, as the feed returned them: nothing here is what it should be until checked.
struct FeedRound {
    uint256 id;
    /// a signed number
    uint256 answer;
    uint256 startedAt;
    uint256 updatedAt;
    uint256 answeredInRound;
}

/// @notice Calls to Chainlink's AggregatorV3 ABI that come back whatever the feed does.
library ChainlinkFeed {
    /// @dev Five times what a proxy with its aggregator needs, and little enough that a dead feed costs nobody an exit.
    uint256 internal constant GAS = 100_000;
    /// @dev The 1/64 that a call leaves behind, the call itself and the words around it.
    uint256 private constant GAS_NEEDED = GAS + GAS / 63 + 6_000;
    /// @dev Prices are WAD: a feed with more digits would have to be rounded.
    uint256 internal constant MAX_DECIMALS = 18;
    /// @dev Largest answer, before and after scaling: `MAX_ANSWER * 10 ** MAX_DECIMALS < 2 ** 164`.
    uint256 private constant MAX_ANSWER = type(uint104).max;

    /// @notice The newest answer of `feed`, quote WAD; zero where it is negative, zero, absurdly large, incomplete,
    /// from the future, or cannot be had.
    function latestPrice(address feed, uint256 decimals) internal view returns (uint256 price, uint256 updatedAt) {
        (bool ok, FeedRound memory round) = latestRound(feed);
        if (!ok || round.answeredInRound < round.id) return (0, 0);
        if (round.updatedAt == 0 || round.updatedAt > block.timestamp) return (0, 0);
        // a negative answer is a word above 2**255
        if (round.answer > MAX_ANSWER) return (0, 0);
        return (round.answer * 10 ** (MAX_DECIMALS - decimals), round.updatedAt);
    }

    function latestRound(address feed) internal view returns (bool ok, FeedRound memory round) {
        return _round(feed, abi.encodeCall(IAggregatorV3.latestRoundData, ()));
    }

    function roundAt(address feed, uint80 id) internal view returns (bool ok, FeedRound memory round) {
        return _round(feed, abi.encodeCall(IAggregatorV3.getRoundData, (id)));
    }

    /// @notice Decimals of `feed`; not ok where it has none, or more than prices have.
    function readDecimals(address feed) internal view returns (bool ok, uint8 decimals) {
        bytes memory request = abi.encodeCall(IAggregatorV3.decimals, ());
        uint256 word;
        (ok, word) = _word(feed, request);
        // fits: at most MAX_DECIMALS
        return ok && word <= MAX_DECIMALS ? (true, uint8(word)) : (false, 0);
    }

    /// @dev Assembly because `feed.staticcall` copies all that comes back, however long, at the caller's cost, and
    /// because a typed call reverts here on what does not decode.
    function _round(address feed, bytes memory request) private view returns (bool ok, FeedRound memory round) {
        _requireGas();
        // solhint-disable-next-line no-inline-assembly
        assembly ("memory-safe") {
            // round is 5 words of memory
            ok := staticcall(GAS, feed, add(request, 32), mload(request), round, 160)
            ok := and(ok, gt(returndatasize(), 159))
        }
        ok = ok && round.id <= type(uint80).max;
    }

    /// @dev As `_round`, for one word. Memory at 0 is scratch space.
    function _word(address feed, bytes memory request) private view returns (bool ok, uint256 word) {
        _requireGas();
        // solhint-disable-next-line no-inline-assembly
        assembly ("memory-safe") {
            ok := staticcall(GAS, feed, add(request, 32), mload(request), 0, 32)
            ok := and(ok, gt(returndatasize(), 31))
            word := mload(0)
        }
    }

    /// @dev A call with less gas than it asks for gets what there is: whoever sets the limit could make a feed fail.
    function _requireGas() private view {
        uint256 left = gasleft();
        if (left < GAS_NEEDED) revert IPriceOracle.FeedGasMissing(left, GAS_NEEDED);
    }
}
