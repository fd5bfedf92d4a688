// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {RAY} from "./Units.sol";
import {Rounding} from "./Rounding.sol";

/// @notice What is left of a difference after a time, given its half-life.
library Decay {
    /// @dev ln 2, RAY
    uint256 private constant LN_2 = 693_147_180_559_945_309_417_232_121;

    /// @notice `2 ** -(elapsed / halfLife)`, RAY; never too large, and at most 1e-10 of itself (and one wei) too small.
    /// @dev Sixteen binary digits of the exponent by table, what they leave to first order: without it a step shorter
    /// than `halfLife / 2 ** 16` would not decay at all, and whoever takes one each second could stop the clock.
    /// @param elapsed seconds
    /// @param halfLife seconds, > 0 and < 2 ** 32
    function factor(uint256 elapsed, uint256 halfLife) internal pure returns (uint256) {
        uint256 halvings = elapsed / halfLife;
        if (halvings >= 90) return 0; // 2**-90 < 1e-27
        // fits: the remainder is below halfLife < 2**32, and what is taken off is below a part in 2**16
        unchecked {
            uint256 scaled = (elapsed % halfLife) << 16;
            uint256 rest = _fraction(scaled / halfLife);
            // 1 - x * ln 2 <= 2**-x, and with x < 2**-16 short of it by less than 6e-11; fits: 2**90 * 2**90 * 2**32
            rest -= Rounding.divUp(rest * LN_2 * (scaled % halfLife), RAY * (halfLife << 16));
            return rest >> halvings;
        }
    }

    /// @dev Digit k of the exponent (from the left) stands for a factor `2 ** -(2 ** -k)`.
    function _fraction(uint256 bits) private pure returns (uint256 rest) {
        rest = RAY;
        // fits: both factors are at most RAY < 2**90
        unchecked {
            if (bits & 0x8000 != 0) rest = rest * 707_106_781_186_547_524_400_844_362 / RAY;
            if (bits & 0x4000 != 0) rest = rest * 840_896_415_253_714_543_031_125_476 / RAY;
            if (bits & 0x2000 != 0) rest = rest * 917_004_043_204_671_231_743_541_594 / RAY;
            if (bits & 0x1000 != 0) rest = rest * 957_603_280_698_573_646_936_305_635 / RAY;
            if (bits & 0x0800 != 0) rest = rest * 978_572_062_087_700_134_509_161_125 / RAY;
            if (bits & 0x0400 != 0) rest = rest * 989_228_013_193_975_484_129_124_959 / RAY;
            if (bits & 0x0200 != 0) rest = rest * 994_599_423_483_633_175_652_477_686 / RAY;
            if (bits & 0x0100 != 0) rest = rest * 997_296_056_085_470_126_257_659_913 / RAY;
            if (bits & 0x0080 != 0) rest = rest * 998_647_112_890_970_173_588_121_318 / RAY;
            if (bits & 0x0040 != 0) rest = rest * 999_323_327_502_650_752_360_283_659 / RAY;
            if (bits & 0x0020 != 0) rest = rest * 999_661_606_496_243_683_942_196_868 / RAY;
            if (bits & 0x0010 != 0) rest = rest * 999_830_788_931_929_063_117_480_780 / RAY;
            if (bits & 0x0008 != 0) rest = rest * 999_915_390_886_613_497_533_724_971 / RAY;
            if (bits & 0x0004 != 0) rest = rest * 999_957_694_548_431_132_543_967_537 / RAY;
            if (bits & 0x0002 != 0) rest = rest * 999_978_847_050_491_929_826_500_671 / RAY;
            if (bits & 0x0001 != 0) rest = rest * 999_989_423_469_314_464_242_210_592 / RAY;
        }
    }
}
