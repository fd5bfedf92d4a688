// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IMarginPolicy} from "../interfaces/IMarginPolicy.sol";
import {IPriceOracle} from "../interfaces/IPriceOracle.sol";
import {Assessment} from "../types/Margin.sol";
import {CollateralRisk} from "../types/PolicyParams.sol";
import {Holding, Portfolio} from "../types/Portfolio.sol";
import {CollateralLeg, CollateralMargin} from "./CollateralMargin.sol";

/// @title Cross margin
/// @notice All collateral of the account against all that it owes.
library CrossMargin {
    using CollateralMargin for Assessment;

    uint8 internal constant MAX_COLLATERALS = 8;

    function assess(Portfolio memory portfolio, IPriceOracle oracle, IMarginPolicy policy)
        internal
        view
        returns (Assessment memory assessment)
    {
        Holding[] memory held = portfolio.collateral;
        assessment = CollateralMargin.start(portfolio.cash, held.length);
        for (uint256 i; i < held.length; ++i) {
            Holding memory holding = held[i];
            CollateralRisk memory risk = policy.collateralRisk(holding.asset);
            CollateralLeg memory leg = CollateralLeg({
                amount: holding.amount,
                decimals: risk.decimals,
                maintenanceHaircutBps: risk.listed ? risk.maintenanceHaircutBps : CollateralMargin.ALL,
                initialHaircutBps: risk.listed ? risk.initialHaircutBps : CollateralMargin.ALL,
                depth: risk.depth
            });
            assessment.addLeg(i, leg, oracle.read(holding.asset));
        }
    }
}
