// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Greeks} from "./Greeks.sol";

/// @notice What the positions of one underlying require by their net exposure, whatever they require by other rules.
struct DeltaRequirement {
    /// the status is that of the index too: where that is Down nothing is required, as nothing says how much
    Greeks greeks;
    /// quote WAD, rounded up, before any bound
    uint256 initial;
    uint256 maintenance;
    /// whether standard margin requires no less, up to what the positions can lose
    bool isFloor;
}
