// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {WAD} from "./Units.sol";

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

    /// @notice `x * y / 1e18` for products below 2**256, as those of any value (below 2**180) and a fraction or a rate
    /// are; as are the next three. Reverts on what does not fit, and costs a third of the above.
    function mulWadDown(uint256 x, uint256 y) internal pure returns (uint256) {
        return x * y / WAD;
    }

    function mulWadUp(uint256 x, uint256 y) internal pure returns (uint256) {
        return Math.ceilDiv(x * y, WAD);
    }

    function mulWadFloor(int256 x, uint256 y) internal pure returns (int256) {
        // fit: quotients of what is below 2**256 and 1e18
        return x < 0 ? -int256(mulWadUp(magnitude(x), y)) : int256(mulWadDown(uint256(x), y));
    }

    function mulWadCeil(int256 x, uint256 y) internal pure returns (int256) {
        // fit: as above
        return x < 0 ? -int256(mulWadDown(magnitude(x), y)) : int256(mulWadUp(uint256(x), y));
    }

    function divUp(uint256 x, uint256 d) internal pure returns (uint256) {
        return Math.ceilDiv(x, d);
    }

    function divFloor(int256 x, uint256 d) internal pure returns (int256) {
        // fit: quotients; d is far below 2**255
        unchecked {
            return x < 0 ? -int256((uint256(-x) + d - 1) / d) : int256(uint256(x) / d);
        }
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
