// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Position} from "../types/Portfolio.sol";
import {PositionAssessment} from "../types/PositionAssessment.sol";

/// @title What positions add to an account
/// @notice The standard margin of perpetuals and options: what cross and isolated accounts go by.
interface IPositionModel {
    /// @notice Measures `positions` at the worse, the mark and the better prices.
    /// @dev Must not revert for any positions that an account can hold, whatever the feeds do.
    /// @param positions in the order of their ids
    function assess(Position[] calldata positions) external view returns (PositionAssessment memory);
}
