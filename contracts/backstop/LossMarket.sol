// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Assessment} from "../types/Margin.sol";
import {Portfolio} from "../types/Portfolio.sol";

/// @notice The market that a loss or an advance counts for.
library LossMarket {
    /// @notice The collateral that is most of the account's value at mark; the first where none has any, so that a
    /// price of next to nothing has a market too. Zero where the account holds none.
    function largest(Portfolio memory portfolio, Assessment memory assessment) internal pure returns (address market) {
        uint256 most;
        for (uint256 i; i < portfolio.collateral.length; ++i) {
            uint256 value = assessment.legValues[i];
            if (i != 0 && value <= most) continue;
            (market, most) = (portfolio.collateral[i].asset, value);
        }
    }
}
