// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {SignedMath} from "@openzeppelin/contracts/utils/math/SignedMath.sol";
import {IInstrumentPolicy} from "../interfaces/IInstrumentPolicy.sol";
import {Funding} from "../math/Funding.sol";
import {Assessment} from "../types/Margin.sol";
import {Market} from "../types/Market.sol";
import {Portfolio} from "../types/Portfolio.sol";
import {Steps} from "../vault/Steps.sol";

/// @title Markets
/// @notice What all that changes positions has in common: the policy of instruments, and funding.
abstract contract Markets is Steps {
    using Funding for Market;

    IInstrumentPolicy internal immutable _instruments;

    constructor() {
        _instruments = riskEngine.positionModel().policy();
    }

    /// @return a without what opening risk goes by
    /// @return equity at spot or at the better prices, whichever is more; quote WAD. Who has less than nothing of it
    /// cannot pay what he owes
    function _assessAtBest(Portfolio memory p) internal view returns (Assessment memory a, int256 equity) {
        a = riskEngine.assessHeld(p);
        equity = SignedMath.max(a.mark.equity, a.better.equity);
    }

    /// @dev Brings funding up to now, in memory. Nothing has passed where it was brought up to now in this block: so
    /// the rate is that of the block's last look.
    function _advanceFunding(uint8 underlying, Market memory market, uint256 mostPpm, address index, address perpetual)
        internal
    {
        int256 rate = Funding.rateOf(oracle.read(perpetual), oracle.read(index), mostPpm);
        market.advance(_markets[underlying].indexNow(), rate);
        emit FundingChanged(underlying, market.fundingIndex, rate);
    }
}
