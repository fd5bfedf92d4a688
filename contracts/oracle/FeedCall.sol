// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IPriceOracle} from "../interfaces/IPriceOracle.sol";

/// @notice Calls to price sources that come back whatever the source does, at a bounded cost.
library FeedCall {
    /// @dev Five times what a proxy with its aggregator needs, and little enough that a dead feed costs nobody an exit.
    uint256 internal constant GAS = 100_000;
    /// @dev The 1/64 that a call leaves behind, the call itself and the words around it.
    uint256 private constant GAS_NEEDED = GAS + GAS / 63 + 6_000;

    /// @notice Writes the first `words` words that `feed` returns to a function without arguments into `answer`; not ok
    /// where it reverts or returns less.
    /// @param words at most 5
    function ask(address feed, bytes4 selector, uint256[5] memory answer, uint256 words)
        internal
        view
        returns (bool ok)
    {
        return _ask(feed, selector, 0, 4, answer, words);
    }

    /// @notice As above, of a function with one argument of one word.
    function ask(address feed, bytes4 selector, uint256 argument, uint256[5] memory answer, uint256 words)
        internal
        view
        returns (bool ok)
    {
        return _ask(feed, selector, argument, 36, answer, words);
    }

    /// @dev Assembly because `feed.staticcall` copies all that comes back, however long, at the caller's cost, and
    /// because a typed call reverts here on what does not decode. Memory below 64 is scratch space.
    function _ask(
        address feed,
        bytes4 selector,
        uint256 argument,
        uint256 requestBytes,
        uint256[5] memory answer,
        uint256 words
    ) private view returns (bool ok) {
        // A call with less gas than it asks for gets what there is: whoever sets the limit could make a feed fail.
        uint256 left = gasleft();
        if (left < GAS_NEEDED) revert IPriceOracle.FeedGasMissing(left, GAS_NEEDED);
        // solhint-disable-next-line no-inline-assembly
        assembly ("memory-safe") {
            mstore(0, selector)
            mstore(4, argument)
            // fits: `answer` is 5 words
            ok := staticcall(GAS, feed, 0, requestBytes, answer, shl(5, words))
            ok := and(ok, iszero(lt(returndatasize(), shl(5, words))))
        }
    }
}
