// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Margin} from "./Margin.sol";

/// @notice What positions add to an `Assessment`.
struct PositionAssessment {
    Margin worse;
    Margin mark;
    Margin better;
    /// size at the price of the underlying, or of the perpetual, quote WAD; zero for a position that is Down
    uint256[] notionals;
    /// bit i set: position i cannot be priced, and a liquidation leaves it where it is
    uint256 down;
}
