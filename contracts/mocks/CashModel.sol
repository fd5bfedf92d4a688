// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IMarginModel} from "../interfaces/IMarginModel.sol";
import {CollateralMargin} from "../risk/CollateralMargin.sol";
import {Assessment} from "../types/Margin.sol";
import {Portfolio} from "../types/Portfolio.sol";

/// @notice A margin model beside the engine's own: nothing but cash counts, and one collateral may lie there.
contract CashModel is IMarginModel {
    /// @inheritdoc IMarginModel
    function assess(Portfolio calldata portfolio) external pure returns (Assessment memory) {
        return CollateralMargin.start(portfolio.cash, portfolio.collateral.length);
    }

    /// @inheritdoc IMarginModel
    function maxCollaterals() external pure returns (uint8) {
        return 1;
    }

    /// @inheritdoc IMarginModel
    function maxPositions() external pure returns (uint8) {
        return 0;
    }
}
