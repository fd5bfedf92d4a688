// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IMarginPolicy} from "../interfaces/IMarginPolicy.sol";
import {IPriceOracle} from "../interfaces/IPriceOracle.sol";
import {Assessment} from "../types/Margin.sol";
import {CollateralRisk, PairRisk} from "../types/PolicyParams.sol";
import {Holding, Portfolio} from "../types/Portfolio.sol";
import {CollateralLeg, CollateralMargin} from "./CollateralMargin.sol";

/// @title Isolated margin
/// @notice One collateral against one debt, with the haircuts of that pair. A collateral without a pair counts nothing.
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
}
