// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IMarginPolicy} from "../interfaces/IMarginPolicy.sol";
import {CollateralWord} from "../types/CollateralWord.sol";
import {PairRisk} from "../types/PolicyParams.sol";
import {Holding} from "../types/Portfolio.sol";
import {CollateralLeg, CollateralMargin} from "./CollateralMargin.sol";

/// @title Isolated margin
/// @notice One collateral against one debt, with the haircuts of that pair. A collateral without a pair counts nothing,
/// one whose pair was taken off the list nothing for initial margin.
/// The rest of the owner's money is out of reach, since it is in other accounts.
library IsolatedMargin {
    uint8 internal constant MAX_COLLATERALS = 1;
    uint8 internal constant MAX_POSITIONS = 1;

    /// @notice How `holding` counts.
    /// @param index of the leg; a second collateral cannot be there, and were it, it would count nothing
    function leg(Holding calldata holding, uint256 index, IMarginPolicy policy)
        internal
        view
        returns (CollateralLeg memory)
    {
        CollateralWord risk = policy.collateralWord(holding.asset);
        PairRisk memory pair = policy.pairRisk(holding.asset);
        bool counts = pair.maintenanceHaircutBps != 0 && index == 0;
        return CollateralLeg({
            amount: holding.amount,
            decimals: risk.decimals(),
            // a pair taken off the list opens no new debt, and the old ones stand as they did
            maintenanceHaircutBps: counts ? pair.maintenanceHaircutBps : CollateralMargin.ALL,
            initialHaircutBps: counts && pair.listed ? pair.initialHaircutBps : CollateralMargin.ALL,
            depth: risk.depth()
        });
    }
}
