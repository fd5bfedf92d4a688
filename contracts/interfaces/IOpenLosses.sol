// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {AccountId} from "../types/AccountId.sol";

/// @title Losses that are known and not yet paid
/// @notice Anyone shows an account that owes more than it has; until it is shown to owe no more than it has, those
/// whose money will pay for it cannot leave (V66).
interface IOpenLosses {
    /// @param loss quote WAD, zero where there is none any more
    event LossReported(AccountId indexed account, address indexed reporter, uint256 loss, uint256 total);

    /// @notice The running call has changed the account, and what it owes when that call ends is not known yet.
    error LossUnsettled(AccountId account);

    /// @notice Measures `account` again. Anyone, any time: whoever is held up by an account that has been closed says
    /// so himself.
    /// @dev At the account's better prices, so that a doubtful feed holds nobody up.
    /// @return loss what the account owes beyond all it has, quote WAD
    function report(AccountId account) external returns (uint256 loss);

    /// @notice The loss last reported of `account`, quote WAD.
    function lossOf(AccountId account) external view returns (uint256);

    /// @notice Sum of the losses reported, quote WAD.
    function total() external view returns (uint256);
}
