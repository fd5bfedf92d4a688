// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

/// @notice What OpenZeppelin's library of this name promises, without its arithmetic of bits.
library SignedMath {
    function min(int256 a, int256 b) internal pure returns (int256) {
        return a < b ? a : b;
    }

    function max(int256 a, int256 b) internal pure returns (int256) {
        return a > b ? a : b;
    }
}
