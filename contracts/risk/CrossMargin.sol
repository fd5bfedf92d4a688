// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IMarginModel} from "../interfaces/IMarginModel.sol";
import {IMarginPolicy} from "../interfaces/IMarginPolicy.sol";
import {IPriceOracle} from "../interfaces/IPriceOracle.sol";
import {Assessment} from "../types/Margin.sol";
import {CollateralRisk} from "../types/PolicyParams.sol";
import {Holding, Portfolio} from "../types/Portfolio.sol";
import {CollateralLeg, CollateralMargin} from "./CollateralMargin.sol";

/// @title Cross margin
/// @notice All collateral of the account against all that it owes.
contract CrossMargin is IMarginModel {
    using CollateralMargin for Assessment;

    IPriceOracle public immutable oracle;
    IMarginPolicy public immutable policy;

    constructor(IPriceOracle oracle_, IMarginPolicy policy_) {
        oracle = oracle_;
        policy = policy_;
    }

    /// @inheritdoc IMarginModel
    function assess(Portfolio calldata portfolio) external view returns (Assessment memory assessment) {
        assessment.addCash(portfolio.cash);
        for (uint256 i; i < portfolio.collateral.length; ++i) {
            Holding calldata holding = portfolio.collateral[i];
            CollateralRisk memory risk = policy.collateralRisk(holding.asset);
            CollateralLeg memory leg = CollateralLeg({
                amount: holding.amount,
                decimals: risk.decimals,
                counts: risk.listed,
                maintenanceHaircutBps: risk.maintenanceHaircutBps,
                initialHaircutBps: risk.initialHaircutBps,
                depth: risk.depth
            });
            assessment.addLeg(i, leg, oracle.read(holding.asset));
        }
    }

    /// @inheritdoc IMarginModel
    function maxCollaterals() external pure returns (uint8) {
        return 8;
    }
}
