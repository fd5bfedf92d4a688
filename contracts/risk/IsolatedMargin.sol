// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IMarginPolicy} from "../interfaces/IMarginPolicy.sol";
import {IPriceOracle} from "../interfaces/IPriceOracle.sol";
import {Assessment} from "../types/Margin.sol";
import {CollateralRisk, PairRisk} from "../types/PolicyParams.sol";
import {Holding, Portfolio} from "../types/Portfolio.sol";
import {CollateralLeg, CollateralMargin} from "./CollateralMargin.sol";

/// @title Isolated margin
/// @notice One collateral against one debt, with the haircuts of that pair. A collateral without a pair counts nothing,
/// one whose pair was taken off the list nothing for initial margin.
/// The rest of the owner's money is out of reach, since it is in other accounts.
library IsolatedMargin {
    using CollateralMargin for Assessment;

    uint8 internal constant MAX_COLLATERALS = 1;

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
            PairRisk memory pair = policy.pairRisk(holding.asset);
            // a second collateral cannot be there; were it, it would count nothing
            bool counts = pair.maintenanceHaircutBps != 0 && i == 0;
            CollateralLeg memory leg = CollateralLeg({
                amount: holding.amount,
                decimals: risk.decimals,
                // a pair taken off the list opens no new debt, and the old ones stand as they did
                maintenanceHaircutBps: counts ? pair.maintenanceHaircutBps : CollateralMargin.ALL,
                initialHaircutBps: counts && pair.listed ? pair.initialHaircutBps : CollateralMargin.ALL,
                depth: risk.depth
            });
            assessment.addLeg(i, leg, oracle.read(holding.asset));
        }
    }
}
