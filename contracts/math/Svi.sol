// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {SVI_ONE, SviWord} from "../types/SviWord.sol";
import {YEAR} from "./Units.sol";

/// @notice Variance from a slice of a volatility surface (`SviWord`). All of it assumes the bounds of
/// `IVolatilityFeed.publish`, as every stored slice keeps to them.
library Svi {
    /// @dev Of a volatility of 1 %, the least that options are priced at: WAD.
    uint256 internal constant LEAST_VARIANCE = 0.01e18 * 0.01e18 / 1e18;
    /// @dev Of a volatility of 500 %, the most: WAD.
    uint256 internal constant MOST_VARIANCE = 5e18 * 5e18 / 1e18;
    /// @dev Wei of a WAD in a unit of the parameters.
    int256 private constant UNIT = 1e18 / SVI_ONE;
    /// @dev Lee's bound on how steep total variance may be against `k`, far out on either side.
    uint256 private constant MOST_SLOPE = 2;

    /// @notice Annualised variance at log-moneyness `k`, WAD, rounded down and within the two bounds above. Short of
    /// the formula by at most 101 wei, as the root is one short and `b` at most 100.
    /// @param k `ln(strike / forward)`, WAD, magnitude < 2**96
    function varianceAt(SviWord slice, int256 k) internal pure returns (uint256) {
        int256 variance = unboundedVarianceAt(slice, k);
        // fits: it is above the least
        if (variance <= int256(LEAST_VARIANCE)) return LEAST_VARIANCE;
        return Math.min(uint256(variance), MOST_VARIANCE);
    }

    /// @notice The same without the two bounds.
    function unboundedVarianceAt(SviWord slice, int256 k) internal pure returns (int256) {
        // fits: fields are below 2**40 and `k` below 2**96, so the root is below 2**98 and the product below 2**180
        unchecked {
            int256 x = k - slice.m() * UNIT;
            int256 width = int256(slice.sigma()) * UNIT;
            int256 root = int256(Math.sqrt(uint256(x * x + width * width)));
            // not negative: the root is no less than |x|, and |rho| below one
            int256 rise = slice.rho() * x + SVI_ONE * root;
            return slice.a() * UNIT + int256(slice.b()) * rise / (SVI_ONE * SVI_ONE);
        }
    }

    /// @notice The least variance of the slice at any strike, in units of `SVI_ONE` and rounded down.
    function leastVariance(SviWord slice) internal pure returns (int256) {
        // fits: fields are below 2**40
        unchecked {
            int256 root = int256(Math.sqrt(uint256(SVI_ONE * SVI_ONE - slice.rho() * slice.rho())));
            return slice.a() + int256(slice.b() * slice.sigma()) * root / (SVI_ONE * SVI_ONE);
        }
    }

    /// @notice Whether total variance rises no faster than by Lee's bound on both sides, `time` seconds before expiry:
    /// `b * (1 + |rho|) * time <= 2` with time in years. Steeper wings would say that the price has no mean.
    function areWingsSound(SviWord slice, uint256 time) internal pure returns (bool) {
        // fits: fields are below 2**40, and so is time
        unchecked {
            int256 rho = slice.rho();
            uint256 slope = slice.b() * uint256(SVI_ONE + (rho < 0 ? -rho : rho)) * time;
            return slope <= MOST_SLOPE * YEAR * uint256(SVI_ONE * SVI_ONE);
        }
    }
}
