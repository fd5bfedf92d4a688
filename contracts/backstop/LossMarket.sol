// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IInstrumentPolicy} from "../interfaces/IInstrumentPolicy.sol";
import {Assessment} from "../types/Margin.sol";
import {Holding, Portfolio, Position} from "../types/Portfolio.sol";

/// @notice The market that a loss or an advance counts for.
library LossMarket {
    /// @notice The asset whose price is behind most of the account at mark: of a collateral what it is worth, of
    /// positions their notional, counted for their index, both together where that is a collateral too. The first where
    /// nothing has any value, so that a price of next to nothing has a market too. Zero for an account of cash alone.
    /// @param instruments where underlyings are listed; not asked where there are no positions
    function largest(Portfolio memory portfolio, Assessment memory assessment, IInstrumentPolicy instruments)
        internal
        view
        returns (address market)
    {
        uint256 most;
        Holding[] memory collateral = portfolio.collateral;
        for (uint256 i; i < collateral.length; ++i) {
            uint256 value = assessment.legValues[i];
            if (i != 0 && value <= most) continue;
            (market, most) = (collateral[i].asset, value);
        }
        Position[] memory positions = portfolio.positions;
        for (uint256 i; i < positions.length;) {
            uint8 underlying = positions[i].instrument.underlying();
            (address index,) = instruments.feedsOf(underlying);
            uint256 value = _valueOf(collateral, assessment, index);
            for (; i < positions.length && positions[i].instrument.underlying() == underlying; ++i) {
                value += assessment.legValues[collateral.length + i];
            }
            if (market == address(0) || value > most) (market, most) = (index, value);
        }
    }

    /// @dev Zero where it is no collateral of the account.
    function _valueOf(Holding[] memory collateral, Assessment memory assessment, address asset)
        private
        pure
        returns (uint256)
    {
        for (uint256 i; i < collateral.length; ++i) {
            if (collateral[i].asset == asset) return assessment.legValues[i];
        }
        return 0;
    }
}
