// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {PriceStatus} from "./Price.sol";

/// @notice What the positions of one underlying are worth less or more as its index or volatility moves, net.
struct Greeks {
    uint8 underlying;
    /// the worst of the prices that are in it; where that is Down, positions are left out
    PriceStatus status;
    /// units of the underlying, WAD: quote for 1.00 of the index
    int256 delta;
    /// quote WAD for 1.00 of volatility
    int256 vega;
    /// what delta moves by for 1.00 of the index, WAD
    int256 gamma;
}
