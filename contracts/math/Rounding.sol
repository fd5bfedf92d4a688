// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";

/// @notice Full-precision `x * y / d` with the direction in the name: `Down`/`Up` for unsigned, `Floor`/`Ceil` (towards
/// minus and plus infinity) for signed operands.
library Rounding {
    using SafeCast for uint256;

    function mulDivDown(uint256 x, uint256 y, uint256 d) internal pure returns (uint256) {
        return Math.mulDiv(x, y, d);
    }

    function mulDivUp(uint256 x, uint256 y, uint256 d) internal pure returns (uint256) {
        return Math.mulDiv(x, y, d, Math.Rounding.Ceil);
    }

    function divUp(uint256 x, uint256 d) internal pure returns (uint256) {
        return Math.ceilDiv(x, d);
    }

    function divFloor(int256 x, uint256 d) internal pure returns (int256) {
        // fits: a quotient; d is far below 2**255
        return x < 0 ? -int256(Math.ceilDiv(uint256(-x), d)) : int256(uint256(x) / d);
    }

    function mulDivFloor(int256 x, uint256 y, uint256 d) internal pure returns (int256) {
        return x < 0 ? -mulDivUp(magnitude(x), y, d).toInt256() : mulDivDown(uint256(x), y, d).toInt256();
    }

    function mulDivCeil(int256 x, uint256 y, uint256 d) internal pure returns (int256) {
        return x < 0 ? -mulDivDown(magnitude(x), y, d).toInt256() : mulDivUp(uint256(x), y, d).toInt256();
    }

    /// @dev `type(int256).min` does not occur: every signed value here is bounded far inside the range.
    function magnitude(int256 x) internal pure returns (uint256) {
        return x < 0 ? uint256(-x) : uint256(x);
    }
}
