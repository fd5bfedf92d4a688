// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Test} from "forge-std/Test.sol";
import {Svi} from "../../contracts/math/Svi.sol";
import {SVI_ONE, SviParameters, SviWord, toSviWord} from "../../contracts/types/SviWord.sol";

contract SviTest is Test {
    using Svi for SviWord;

    /// wei that variance may be short of the formula
    int256 private constant SHORT = 101;
    int256 private constant LARGEST_K = 2 ** 96 - 1;

    function test_unboundedVarianceAt_fitsWhereAllIsLargest() public pure {
        SviParameters memory largest = SviParameters({
            a: int40(25 * SVI_ONE),
            b: uint40(uint256(100 * SVI_ONE)),
            rho: int40(SVI_ONE - 1),
            m: -int40(4 * SVI_ONE),
            sigma: uint40(uint256(8 * SVI_ONE))
        });
        SviWord slice = toSviWord(largest, type(uint40).max, type(uint16).max);
        assertEq(slice.varianceAt(LARGEST_K), Svi.MOST_VARIANCE);
        // nearly twice the slope on the right, nearly none on the left
        assertApproxEqRel(slice.unboundedVarianceAt(LARGEST_K), 200 * LARGEST_K, 1e10);
        assertApproxEqRel(slice.unboundedVarianceAt(-LARGEST_K), LARGEST_K / 1e8 + 25e18, 1e10);
    }

    /// @dev [VOL-12]
    function testFuzz_varianceAt_isWithinBoundsAndTheFormula(SviWord seed, int256 k) public pure {
        SviWord slice = _bounded(seed);
        k = bound(k, -LARGEST_K, LARGEST_K);
        uint256 variance = slice.varianceAt(k);
        assertGe(variance, Svi.LEAST_VARIANCE);
        assertLe(variance, Svi.MOST_VARIANCE);
        int256 unbounded = slice.unboundedVarianceAt(k);
        if (unbounded >= int256(Svi.LEAST_VARIANCE) && unbounded <= int256(Svi.MOST_VARIANCE)) {
            assertEq(variance, uint256(unbounded));
        }
    }

    /// @dev [VOL-12]
    function testFuzz_unboundedVarianceAt_isConvex(SviWord seed, int256 left, int256 right) public pure {
        SviWord slice = _bounded(seed);
        left = bound(left, -5e18, 5e18);
        right = bound(right, -5e18, 5e18);
        int256 middle = slice.unboundedVarianceAt((left + right) / 2);
        int256 ends = slice.unboundedVarianceAt(left) + slice.unboundedVarianceAt(right);
        // half a wei of `k` is worth at most a hundred of variance
        assertLe(2 * middle, ends + 4 * SHORT);
    }

    /// @dev [VOL-05]
    function testFuzz_leastVariance_isLeast(SviWord seed, int256 k) public pure {
        SviWord slice = _bounded(seed);
        k = bound(k, -LARGEST_K, LARGEST_K);
        assertGe(slice.unboundedVarianceAt(k), slice.leastVariance() * 1e8 - SHORT);
    }

    /// @dev The fields of `seed` within the bounds of the volatility feed.
    function _bounded(SviWord seed) private pure returns (SviWord) {
        // fit: they are bounded here
        SviParameters memory parameters = SviParameters({
            a: int40(bound(seed.a(), -50 * SVI_ONE, 25 * SVI_ONE)),
            b: uint40(bound(seed.b(), 0, uint256(100 * SVI_ONE))),
            rho: int40(bound(seed.rho(), 1 - SVI_ONE, SVI_ONE - 1)),
            m: int40(bound(seed.m(), -4 * SVI_ONE, 4 * SVI_ONE)),
            sigma: uint40(bound(seed.sigma(), uint256(SVI_ONE / 1_000), uint256(8 * SVI_ONE)))
        });
        return toSviWord(parameters, seed.publishedAt(), seed.confidenceBps());
    }
}
