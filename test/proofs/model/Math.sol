// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

/// @notice What OpenZeppelin's library of this name promises, without assembly and for products that fit: a solver
/// reads this one instead. Products that do not fit are the fuzz tests' (test/forge/Rounding.t.sol).
library Math {
    enum Rounding {
        Floor,
        Ceil,
        Trunc,
        Expand
    }

    function mulDiv(uint256 x, uint256 y, uint256 d) internal pure returns (uint256) {
        return x * y / d;
    }

    function mulDiv(uint256 x, uint256 y, uint256 d, Rounding rounding) internal pure returns (uint256) {
        uint256 quotient = x * y / d;
        return rounding == Rounding.Ceil && x * y % d != 0 ? quotient + 1 : quotient;
    }

    function ceilDiv(uint256 x, uint256 d) internal pure returns (uint256) {
        return x == 0 ? 0 : (x - 1) / d + 1;
    }

    function min(uint256 a, uint256 b) internal pure returns (uint256) {
        return a < b ? a : b;
    }

    function max(uint256 a, uint256 b) internal pure returns (uint256) {
        return a > b ? a : b;
    }
}
