// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {LiquidationPlan} from "../math/LiquidationMath.sol";
import {AccountId} from "../types/AccountId.sol";

/// @title Liquidation without capital
/// @notice Takes a slice over, sells it at a venue within the same call, and keeps nothing but what no venue buys.
interface IFlashLiquidator {
    error ProfitBelowMinimum(uint256 profit, uint256 minProfit);
    error UnexpectedCallback(address caller);
    /// @notice The venue paid less than came over as debt.
    error SaleShort(uint256 proceeds, uint256 missing);

    /// @notice Liquidates up to `maxFraction` (WAD) of `account` and sends the profit to `recipient`. Anyone.
    /// @param minProfit quote token units; bounds what a moved pool can cost
    /// @return profit quote token units sent
    function liquidate(AccountId account, uint256 maxFraction, uint256 minProfit, address recipient)
        external
        returns (uint256 profit, LiquidationPlan memory plan);
}
