// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {BPS} from "./Units.sol";
import {Rounding} from "./Rounding.sol";

/// @notice What is left of a collateral's value after its haircut.
/// @dev The haircut rises with the amount held: `H(x) = 1 - (1 - h) * D / (D + x)`, `h` the policy's haircut, `D` the
/// declared depth. The counted value `(1 - h) * p * x * D / (D + x)` grows with x and never passes `(1 - h) * p * D`,
/// so adding collateral never lowers excess, however much of it there is, but for the wei that the value may lose by
/// rounding (docs/risk.md, "Concentration").
library Haircut {
    /// @param value quote WAD
    /// @param amount token units held
    /// @param depth token units, > 0
    /// @return quote WAD, rounded down, at most `value`
    function countedDown(uint256 value, uint256 haircutBps, uint256 amount, uint256 depth)
        internal
        pure
        returns (uint256)
    {
        return Rounding.mulDivDown(value, (BPS - haircutBps) * depth, BPS * (depth + amount));
    }

    /// @notice Value of `amount` at `price`, quote WAD, rounded down.
    /// @param price quote WAD for one whole unit
    function valueDown(uint256 amount, uint256 price, uint256 decimals) internal pure returns (uint256) {
        return Rounding.mulDivDown(amount, price, 10 ** decimals);
    }
}
