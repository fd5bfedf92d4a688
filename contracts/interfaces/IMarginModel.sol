// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Assessment} from "../types/Margin.sol";
import {Portfolio} from "../types/Portfolio.sol";

/// @title A rule that turns a portfolio into equity and requirements
/// @notice A new model is a new contract behind this interface, registered with the risk engine under a number.
interface IMarginModel {
    /// @notice Measures `portfolio` at the worse, the mark and the better prices.
    /// @dev Must not revert for any portfolio the vault can build, whatever the feeds do: an account that cannot be
    /// assessed could not be liquidated. What the model does not understand counts nothing.
    function assess(Portfolio calldata portfolio) external view returns (Assessment memory);

    /// @notice The most collaterals an account of this model may hold; the vault enforces it.
    function maxCollaterals() external view returns (uint8);

    /// @notice The most positions an account of this model may hold; the vault enforces it.
    function maxPositions() external view returns (uint8);
}
