// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {WAD} from "./Units.sol";

/// @notice Natural logarithm, error below 1e-17 and the wei that rounding down takes; exactly zero of one.
/// @dev The argument is brought between the roots of a half and of two by whole powers of two. There
/// `ln(m) = 2 * (t + t**3 / 3 + t**5 / 5 + ...)` with `t = (m - 1) / (m + 1)`, `|t| < 0.1716`: ten terms leave 9e-18.
library NaturalLog {
    /// @dev One, with 96 binary places
    uint256 private constant ONE = 1 << 96;
    /// @dev Root of two, with 95 binary places: of a half, with 96
    uint256 private constant ROOT = 0xb504f333f9de6484597d89b3;
    /// @dev ln 2, with 96 binary places
    uint256 private constant LN_2 = 0xb17217f7d1cf79abc9e3b398;

    /// @param x WAD, > 0 and < 2 ** 96
    /// @return WAD, rounded down
    function ln(uint256 x) internal pure returns (int256) {
        return lnRatio(x, WAD);
    }

    /// @notice `ln(numerator / denominator)`, WAD, rounded down. The error is as said for ratios of 1e-10 and above.
    /// @param numerator > 0 and < 2 ** 96
    /// @param denominator > 0 and < 2 ** 96
    function lnRatio(uint256 numerator, uint256 denominator) internal pure returns (int256) {
        // fits: a ratio below 2**192, what of it is shifted left below 2**96, doublings within 127 of zero
        unchecked {
            uint256 m = (numerator << 96) / denominator;
            int256 doublings;
            if (m >= ROOT << 1) {
                if (m >= ROOT << 8) {
                    // far from one
                    if (m >= ROOT << 64) (m, doublings) = (m >> 64, 64);
                    if (m >= ROOT << 32) (m, doublings) = (m >> 32, doublings + 32);
                    if (m >= ROOT << 16) (m, doublings) = (m >> 16, doublings + 16);
                    if (m >= ROOT << 8) (m, doublings) = (m >> 8, doublings + 8);
                }
                if (m >= ROOT << 4) (m, doublings) = (m >> 4, doublings + 4);
                if (m >= ROOT << 2) (m, doublings) = (m >> 2, doublings + 2);
                if (m >= ROOT << 1) (m, doublings) = (m >> 1, doublings + 1);
            } else if (m < ROOT) {
                if (m < ROOT >> 7) {
                    // far from one
                    if (m < ROOT >> 63) (m, doublings) = (m << 64, -64);
                    if (m < ROOT >> 31) (m, doublings) = (m << 32, doublings - 32);
                    if (m < ROOT >> 15) (m, doublings) = (m << 16, doublings - 16);
                    if (m < ROOT >> 7) (m, doublings) = (m << 8, doublings - 8);
                }
                if (m < ROOT >> 3) (m, doublings) = (m << 4, doublings - 4);
                if (m < ROOT >> 1) (m, doublings) = (m << 2, doublings - 2);
                if (m < ROOT) (m, doublings) = (m << 1, doublings - 1);
            }
            // fit: m below 2**97, and so is all that is made of it
            int256 t = (int256(m - ONE) << 96) / int256(m + ONE);
            uint256 square = uint256(t * t) >> 96;
            uint256 sum = square * (2 * ONE / 19) >> 96;
            sum = (2 * ONE / 17 + sum) * square >> 96;
            sum = (2 * ONE / 15 + sum) * square >> 96;
            sum = (2 * ONE / 13 + sum) * square >> 96;
            sum = (2 * ONE / 11 + sum) * square >> 96;
            sum = (2 * ONE / 9 + sum) * square >> 96;
            sum = (2 * ONE / 7 + sum) * square >> 96;
            sum = (2 * ONE / 5 + sum) * square >> 96;
            sum = (2 * ONE / 3 + sum) * square >> 96;
            // fit: as above; `>>` rounds down on both sides of zero
            int256 whole = doublings * int256(LN_2) + (t * int256(2 * ONE + sum) >> 96);
            return whole * int256(WAD) >> 96;
        }
    }
}
