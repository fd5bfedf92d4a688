// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IMarginModel} from "../interfaces/IMarginModel.sol";
import {IMarginPolicy} from "../interfaces/IMarginPolicy.sol";
import {IPriceOracle} from "../interfaces/IPriceOracle.sol";
import {Assessment} from "../types/Margin.sol";
import {CollateralRisk, PairRisk} from "../types/PolicyParams.sol";
import {Holding, Portfolio} from "../types/Portfolio.sol";
import {CollateralLeg, CollateralMargin} from "./CollateralMargin.sol";

/// @title Isolated margin
/// @notice One collateral against one debt, with the haircuts of that pair. A collateral without a pair counts nothing.
/// The rest of the owner's money is out of reach, since it is in other accounts.
contract IsolatedMargin is IMarginModel {
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
            PairRisk memory pair = policy.pairRisk(holding.asset);
            CollateralLeg memory leg = CollateralLeg({
                amount: holding.amount,
                decimals: risk.decimals,
                // a second collateral cannot be there; were it, it would count nothing
                counts: risk.listed && pair.listed && i == 0,
                maintenanceHaircutBps: pair.maintenanceHaircutBps,
                initialHaircutBps: pair.initialHaircutBps,
                depth: risk.depth
            });
            assessment.addLeg(i, leg, oracle.read(holding.asset));
        }
    }

    /// @inheritdoc IMarginModel
    function maxCollaterals() external pure returns (uint8) {
        return 1;
    }
}
