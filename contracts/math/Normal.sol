// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Exponential} from "./Exponential.sol";
import {
    END,
    INNER_0,
    INNER_1,
    INNER_2,
    INNER_3,
    INNER_4,
    INNER_5,
    INNER_6,
    INNER_7_MINUS,
    INNER_8,
    INNER_9_MINUS,
    JOINT,
    OUTER_0,
    OUTER_1,
    OUTER_2,
    OUTER_3,
    OUTER_4,
    OUTER_5,
    OUTER_6,
    OUTER_7,
    OUTER_8,
    OUTER_9
} from "./NormalCoefficients.sol";
import {WAD} from "./Units.sol";

/// @notice The standard normal distribution.
/// @dev The tail is `1/2 * P(x) ** -16` with P a polynomial on each of two pieces, continuous where they meet
/// (scripts/generate/fitNormal.ts). Exactly monotone: no step of x, however small, ever raises the tail.
library Normal {
    /// @dev `1 / sqrt(2 * pi)`, WAD
    uint256 private constant PEAK = 398_942_280_401_432_678;
    /// @dev One half in WAD, with 192 binary places: what is divided by the sixteenth power
    uint256 private constant HALF = 0.5e18 << 192;

    /// @notice Probability of more than `x`, WAD; error below 3e-12.
    /// @param x WAD; from 8 on the answer is zero
    function tail(uint256 x) internal pure returns (uint256 p) {
        // fits: with x below 8e18 every sum of the polynomials is below 2**256 (sdk/math/normal.test.ts adds up the
        // largest); P, with 60 places, is below 2**63, its fourth power below 2**252 and the sixteenth below 2**238
        unchecked {
            if (x >= JOINT) {
                if (x >= END) return 0;
                x -= JOINT;
                p = ((x * OUTER_9 + OUTER_8) * x + OUTER_7) * x + OUTER_6 >> 180;
                p = ((p * x + OUTER_5) * x + OUTER_4) * x + OUTER_3 >> 184;
                p = ((p * x + OUTER_2) * x + OUTER_1) * x + OUTER_0 >> 192;
            } else {
                // wraps where it is negative, and back again: what is taken off the sixth coefficient is less than that
                p = ((INNER_8 - x * INNER_9_MINUS) * x - INNER_7_MINUS) * x + INNER_6 >> 180;
                p = ((p * x + INNER_5) * x + INNER_4) * x + INNER_3 >> 184;
                p = ((p * x + INNER_2) * x + INNER_1) * x + INNER_0 >> 192;
            }
            p *= p; // 120 places
            p = p * p >> 192; // the fourth power, 48 places
            p *= p; // 96 places
            p = HALF / (p * p);
        }
    }

    /// @notice Probability of less than `x`, WAD; error below 3e-12, `cdf(x) + cdf(-x)` exactly one.
    /// @param x WAD, > -2 ** 255
    function cdf(int256 x) internal pure returns (uint256) {
        // fit: the sign is known
        unchecked {
            return x < 0 ? tail(uint256(-x)) : WAD - tail(uint256(x));
        }
    }

    /// @notice Density at `x` and at `-x`, WAD; error below 1e-16.
    /// @param x WAD
    function density(uint256 x) internal pure returns (uint256) {
        if (x >= 10e18) return 0; // below 1e-22
        // fits: a square below 1e38
        unchecked {
            return PEAK * Exponential.expOfMinus(x * x / (2 * WAD)) / WAD;
        }
    }
}
