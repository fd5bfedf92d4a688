// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IInstrumentPolicy} from "../interfaces/IInstrumentPolicy.sol";
import {Funding} from "../math/Funding.sol";
import {Market} from "../types/Market.sol";
import {Steps} from "../vault/Steps.sol";

/// @title Markets
/// @notice What all that changes positions has in common: the policy of instruments, and funding.
abstract contract Markets is Steps {
    using Funding for Market;

    IInstrumentPolicy internal immutable _instruments;

    constructor() {
        _instruments = riskEngine.positionModel().policy();
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
