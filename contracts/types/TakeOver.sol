// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {ITakeOverCallee} from "../interfaces/ITakeOverCallee.sol";
import {AccountId} from "./AccountId.sol";

/// @notice A fraction of an account on its way to a bidder.
struct TakeOver {
    AccountId account;
    AccountId bidder;
    /// WAD
    uint256 fraction;
    /// bit i set: collateral leg i stays
    uint256 skippedLegs;
    /// quote WAD from bidder to account, negative the other way
    int256 pay;
    /// quote WAD from account to reserves
    uint256 fee;
    /// called once the bidder holds the slice and before it is checked; zero for nobody
    ITakeOverCallee callee;
    bytes data;
}
