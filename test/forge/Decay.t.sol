// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Test} from "forge-std/Test.sol";
import {Decay} from "../../contracts/math/Decay.sol";
import {RAY} from "../../contracts/math/Units.sol";

contract DecayTest is Test {
    uint256 private constant LN_2 = 693_147_180_559_945_309_417_232_121;
    /// terms until `ln 2 ** n / n!` is below one wei of a RAY
    uint256 private constant TERMS = 32;

    function test_factor_isOneAtNoTimeAndHalfAtHalfLife() public pure {
        assertEq(Decay.factor(0, 1), RAY);
        assertEq(Decay.factor(600, 600), RAY / 2);
        assertEq(Decay.factor(1_800, 600), RAY / 8);
    }

    function test_factor_isZeroOnceItIsBelowOneWei() public pure {
        assertEq(Decay.factor(89, 1), RAY >> 89);
        assertEq(Decay.factor(90, 1), 0);
        assertEq(Decay.factor(type(uint256).max, 1), 0);
        assertEq(Decay.factor(type(uint256).max, type(uint32).max), 0);
    }

    /// @dev Found when the exponent was cut to 16 digits: one second of a day gave no decay, so whoever recorded a
    /// price each second stopped the smoothed price.
    function test_factor_decaysInStepsOfASecond() public pure {
        uint256 step = Decay.factor(1, 1 days);
        assertLt(step, RAY);
        uint256 rest = RAY;
        for (uint256 i; i < 43_200; ++i) {
            rest = rest * step / RAY;
        }
        assertApproxEqRel(rest, Decay.factor(12 hours, 1 days), 1e13); // 1e-5 after 43,200 steps
    }

    function testFuzz_factor_isThePowerOrAHairLess(uint256 elapsed, uint256 halfLife) public pure {
        halfLife = bound(halfLife, 1, type(uint24).max);
        elapsed = bound(elapsed, 0, 40 * halfLife);
        uint256 power = _power(elapsed, halfLife);
        uint256 factor = Decay.factor(elapsed, halfLife);
        assertLe(factor, power);
        assertGe(factor, power - power / 1e10 - 1);
    }

    function testFuzz_factor_neverRisesWithTime(uint256 elapsed, uint256 more, uint256 halfLife) public pure {
        halfLife = bound(halfLife, 1, type(uint32).max);
        elapsed = bound(elapsed, 0, 100 * halfLife);
        more = bound(more, 0, halfLife);
        // its error may differ from one step to the next by 1e-10 of itself
        assertLe(Decay.factor(elapsed + more, halfLife), Decay.factor(elapsed, halfLife) * (1e10 + 1) / 1e10);
    }

    function testFuzz_factor_ofASumIsTheProduct(uint256 first, uint256 second, uint256 halfLife) public pure {
        halfLife = bound(halfLife, 1, type(uint24).max);
        first = bound(first, 0, 20 * halfLife);
        second = bound(second, 0, 20 * halfLife);
        uint256 product = Decay.factor(first, halfLife) * Decay.factor(second, halfLife) / RAY;
        assertApproxEqAbs(product, Decay.factor(first + second, halfLife), product / 1e9 + 2);
    }

    /// @dev `exp(-x * ln 2)` by its series, rounded up.
    function _power(uint256 elapsed, uint256 halfLife) private pure returns (uint256) {
        uint256 exponent = (elapsed % halfLife) * LN_2 / halfLife;
        uint256 plus;
        uint256 minus;
        uint256 term = RAY;
        for (uint256 i = 1; i <= TERMS; ++i) {
            if (i % 2 == 1) plus += term;
            else minus += term;
            term = term * exponent / (i * RAY);
        }
        return ((plus - minus + TERMS) >> (elapsed / halfLife)) + 1;
    }
}
