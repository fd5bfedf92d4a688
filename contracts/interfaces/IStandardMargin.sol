// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {DeltaRequirement} from "../types/DeltaRequirement.sol";
import {Greeks} from "../types/Greeks.sol";
import {InstrumentId} from "../types/InstrumentId.sol";
import {Sides} from "../types/Margin.sol";
import {Position} from "../types/Portfolio.sol";
import {PositionAssessment} from "../types/PositionAssessment.sol";
import {PriceStatus} from "../types/Price.sol";
import {IInstrumentPolicy} from "./IInstrumentPolicy.sol";
import {IPositionModel} from "./IPositionModel.sol";
import {IRealisedVolatility} from "./IRealisedVolatility.sol";
import {ISettlementFeed} from "./ISettlementFeed.sol";
import {IVolatilityFeed} from "./IVolatilityFeed.sol";

/// @title Standard margin
/// @notice What positions of cross and isolated accounts require, and what each instrument is worth.
interface IStandardMargin is IPositionModel {
    /// @notice As `assess`, at the prices of `sides` alone: the margins of others are zero, and of `Worse` the
    /// notionals too.
    function assessSides(Position[] calldata positions, Sides sides) external view returns (PositionAssessment memory);

    /// @notice What one unit of `instrument` is worth now at spot, quote WAD. The status is that of the worst price in
    /// it; Down for what has expired or is not known. The notional of a unit is the price of an option's underlying,
    /// and of a perpetual its own.
    function markOf(InstrumentId instrument) external view returns (uint256 mark, uint256 notional, PriceStatus status);

    /// @notice Net delta, vega and gamma of `positions` at spot, by underlying, in their order: a perpetual is a unit
    /// of delta. Positions are in the order of their ids. What is Down is left out; what has expired moves no more.
    function greeksOf(Position[] calldata positions) external view returns (Greeks[] memory);

    /// @notice The same with what it requires by the policy's `DeltaTerms`, beside what the positions require by other
    /// rules: for people and screens, and where the terms are a floor part of `assess`, bounded there by what the
    /// positions can lose.
    function deltaMarginOf(Position[] calldata positions) external view returns (DeltaRequirement[] memory);

    /// @notice Underlyings and their terms.
    function policy() external view returns (IInstrumentPolicy);

    /// @notice What expired options are settled at.
    function settlementFeed() external view returns (ISettlementFeed);

    /// @notice What options are priced with.
    function volatilityFeed() external view returns (IVolatilityFeed);

    /// @notice What requirements are scaled by.
    function realisedVolatility() external view returns (IRealisedVolatility);
}
