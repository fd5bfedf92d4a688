// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {AccountId} from "../types/AccountId.sol";

/// @title What liquidations need of the book of positions
/// @notice Cannot be called at the vault: only its own codes run this, on its storage.
interface IPositionMover {
    /// @notice Moves `fraction` (WAD) of each position of `from` to `to`, rounded against `to`: in whole lots, no
    /// more of what is long, no less of what is short, and no less of what it has cost.
    /// @param down bit i set: position i stays
    function movePositions(AccountId from, AccountId to, uint256 fraction, uint256 down) external;
}
