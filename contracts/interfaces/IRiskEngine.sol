// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Assessment} from "../types/Margin.sol";
import {Portfolio} from "../types/Portfolio.sol";
import {IMarginModel} from "./IMarginModel.sol";
import {IStandardMargin} from "./IStandardMargin.sol";
import {IPriceOracle} from "./IPriceOracle.sol";

/// @title The risk engine
/// @notice Measures a portfolio by the margin model of its mode: cross and isolated margin, which are part of it, or a
/// model registered later. Knows no balances and never calls the vault.
interface IRiskEngine {
    event ModelAdded(uint8 indexed mode, IMarginModel model);

    error UnknownMode(uint8 mode);
    /// @notice Cross and isolated margin are the engine's own.
    error ModeBuiltIn(uint8 mode);
    /// @notice A mode's model never changes: a better model takes a new mode.
    error ModeTaken(uint8 mode, IMarginModel model);

    /// @notice Registers `model` under `mode`. Only the role that governs risk.
    function addModel(uint8 mode, IMarginModel model) external;

    /// @notice The model registered under `mode`; reverts with `UnknownMode` where there is none.
    function modelOf(uint8 mode) external view returns (IMarginModel);

    /// @notice The most collaterals an account of `mode` may hold; reverts with `UnknownMode`.
    function maxCollaterals(uint8 mode) external view returns (uint8);

    /// @notice The most positions an account of `mode` may hold; reverts with `UnknownMode`.
    function maxPositions(uint8 mode) external view returns (uint8);

    /// @notice Equity and requirements of `portfolio`, quote WAD.
    function assess(Portfolio calldata portfolio) external view returns (Assessment memory);

    /// @notice As `assess`, for less gas: the margin at the worse prices may be left zero.
    function assessHeld(Portfolio calldata portfolio) external view returns (Assessment memory);

    /// @notice Whether `E >= Ri` at the worse prices. Reads no more prices than the answer takes: a collateral never
    /// counts against its account, so those that come first may be enough.
    function isCovered(Portfolio calldata portfolio) external view returns (bool);

    /// @notice Health `E / Rm` at mark, WAD, rounded down.
    function health(Portfolio calldata portfolio) external view returns (int256);

    /// @notice Excess `E - Ri` at the worse prices, quote WAD: what may be withdrawn or risked.
    function excess(Portfolio calldata portfolio) external view returns (int256);

    /// @notice Largest debt increase that leaves `E >= Ri` at the worse prices, quote WAD; pool liquidity and caps
    /// aside.
    function largestBorrow(Portfolio calldata portfolio) external view returns (uint256);

    /// @notice Largest amount of `asset`, token units, whose withdrawal leaves `E >= Ri` at the worse prices.
    /// @dev Found by search, so it holds for any model whose excess does not fall with collateral.
    function largestWithdrawal(Portfolio memory portfolio, address asset) external view returns (uint256);

    /// @notice Whose prices the engine goes by.
    function oracle() external view returns (IPriceOracle);

    /// @notice What measures the positions of cross and isolated accounts.
    function positionModel() external view returns (IStandardMargin);
}
