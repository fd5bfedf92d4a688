// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {InstrumentId} from "../types/InstrumentId.sol";
import {Position} from "../types/Portfolio.sol";
import {PositionAssessment} from "../types/PositionAssessment.sol";
import {PriceStatus} from "../types/Price.sol";
import {IInstrumentPolicy} from "./IInstrumentPolicy.sol";
import {ISettlementFeed} from "./ISettlementFeed.sol";

/// @title What positions add to an account
/// @notice The standard margin of perpetuals and options: what cross and isolated accounts go by.
interface IPositionModel {
    /// @notice Measures `positions` at the worse, the mark and the better prices.
    /// @dev Must not revert for any positions that an account can hold, whatever the feeds do.
    /// @param positions in the order of their ids
    function assess(Position[] calldata positions) external view returns (PositionAssessment memory);

    /// @notice What one unit of `instrument` is worth now at spot, quote WAD. The status is that of the worst price in
    /// it; Down for what has expired or is not known. The notional of a unit is the price of an option's underlying,
    /// and of a perpetual its own.
    function markOf(InstrumentId instrument) external view returns (uint256 mark, uint256 notional, PriceStatus status);

    /// @notice Underlyings and their terms.
    function policy() external view returns (IInstrumentPolicy);

    /// @notice What expired options are settled at.
    function settlementFeed() external view returns (ISettlementFeed);
}
