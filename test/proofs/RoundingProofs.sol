// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Rounding} from "../../contracts/math/Rounding.sol";
import {WAD} from "../../contracts/math/Units.sol";

/// @notice What this repository adds to OpenZeppelin's quotients: the sign, and a fixed divisor. For every operand of
/// the type; of unsigned quotients by any divisor, which are OpenZeppelin's, see test/forge.
contract RoundingProofs {
    function magnitude_dropsTheSign(int256 x) external pure {
        require(x != type(int256).min);
        uint256 magnitude = Rounding.magnitude(x);
        assert(x < 0 ? magnitude == uint256(-x) : magnitude == uint256(x));
    }

    function divFloor_isTheMostThatIsNoMore(int248 x, uint128 d) external pure {
        require(d > 0);
        int256 divisor = int256(uint256(d));
        int256 rest = x - Rounding.divFloor(x, d) * divisor;
        assert(0 <= rest && rest < divisor);
    }

    function mulWadDown_isTheMostThatIsNoMore(uint184 x, uint64 y) external pure {
        uint256 product = uint256(x) * y;
        uint256 down = Rounding.mulWadDown(x, y) * WAD;
        assert(down <= product && product < down + WAD);
    }

    function mulWadUp_isTheLeastThatIsNoLess(uint184 x, uint64 y) external pure {
        uint256 product = uint256(x) * y;
        uint256 up = Rounding.mulWadUp(x, y) * WAD;
        assert(product <= up && up < product + WAD);
    }

    function mulWadFloor_isTheMostThatIsNoMore(int184 x, uint64 y) external pure {
        int256 rest = x * int256(uint256(y)) - Rounding.mulWadFloor(x, y) * 1e18;
        assert(0 <= rest && rest < 1e18);
    }

    function mulWadCeil_isTheLeastThatIsNoLess(int184 x, uint64 y) external pure {
        int256 rest = Rounding.mulWadCeil(x, y) * 1e18 - x * int256(uint256(y));
        assert(0 <= rest && rest < 1e18);
    }

    function mulDivFloor_isTheMostThatIsNoMore(int120 x, uint96 y, uint96 d) external pure {
        require(d > 0);
        int256 divisor = int256(uint256(d));
        int256 rest = x * int256(uint256(y)) - Rounding.mulDivFloor(x, y, d) * divisor;
        assert(0 <= rest && rest < divisor);
    }

    function mulDivCeil_isTheLeastThatIsNoLess(int120 x, uint96 y, uint96 d) external pure {
        require(d > 0);
        int256 divisor = int256(uint256(d));
        int256 rest = Rounding.mulDivCeil(x, y, d) * divisor - x * int256(uint256(y));
        assert(0 <= rest && rest < divisor);
    }
}
