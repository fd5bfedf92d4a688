// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Portfolio} from "../types/Portfolio.sol";
import {IMarginModel} from "./IMarginModel.sol";
import {IPositionModel} from "./IPositionModel.sol";

/// @notice Which volatility a scenario has.
enum ScenarioVolatility {
    AsItIs,
    Lower,
    Higher
}

/// @notice The scenario that decides what one underlying's positions require for maintenance.
struct WorstScenario {
    uint8 underlying;
    /// the index there, of the index now, WAD; one where nothing is lost in any
    uint256 factor;
    ScenarioVolatility volatility;
    /// what is lost there, of a tail the part that counts, quote WAD
    uint256 loss;
    /// whether collateral of the underlying is inside
    bool hasCollateral;
}

/// @title Portfolio margin
/// @notice Measures all positions of an underlying together, and collateral that is the underlying itself, by what
/// they lose in the worst of many markets. Nothing is offset between underlyings.
/// @dev The risk engine measures accounts of its mode by `assess(Portfolio)`, which has everything;
/// `assess(Position[])` is what the positions add where no collateral is looked at.
interface IPortfolioMargin is IMarginModel, IPositionModel {
    /// @notice The worst scenario of each underlying that the account has positions in and whose index has a price, in
    /// their order.
    function worstOf(Portfolio calldata portfolio) external view returns (WorstScenario[] memory);
}
