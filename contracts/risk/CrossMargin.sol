// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IMarginPolicy} from "../interfaces/IMarginPolicy.sol";
import {CollateralWord} from "../types/CollateralWord.sol";
import {Holding} from "../types/Portfolio.sol";
import {CollateralLeg, CollateralMargin} from "./CollateralMargin.sol";

/// @title Cross margin
/// @notice All collateral of the account against all that it owes, each with its own haircuts.
library CrossMargin {
    uint8 internal constant MAX_COLLATERALS = 8;
    uint8 internal constant MAX_POSITIONS = 32;

    /// @notice How `holding` counts.
    function leg(Holding calldata holding, IMarginPolicy policy) internal view returns (CollateralLeg memory) {
        CollateralWord risk = policy.collateralWord(holding.asset);
        bool listed = risk.isListed();
        return CollateralLeg({
            amount: holding.amount,
            decimals: risk.decimals(),
            maintenanceHaircutBps: listed ? risk.maintenanceHaircutBps() : CollateralMargin.ALL,
            initialHaircutBps: listed ? risk.initialHaircutBps() : CollateralMargin.ALL,
            depth: risk.depth()
        });
    }
}
