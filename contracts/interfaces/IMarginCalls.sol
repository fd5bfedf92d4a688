// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {AccountId} from "../types/AccountId.sol";

/// @title Margin calls
/// @notice Anyone calls margin on an account below health one, and anyone clears a call that is cured. Times are live
/// time: they do not run while the vault is paused or the sequencer is down.
interface IMarginCalls {
    event MarginCalled(
        AccountId indexed account,
        address indexed caller,
        int256 health,
        uint256 calledAt,
        uint256 deadline,
        uint256 fee
    );
    /// @param by the vault itself where a liquidation has cured the account
    event CallCleared(AccountId indexed account, address indexed by, int256 health);

    /// @notice The account's health is not below one, even at its better prices, or none of its legs has a price.
    error NotCallable(AccountId account, int256 health);
    error AlreadyCalled(AccountId account, uint256 deadline);
    error NotCalled(AccountId account);
    error NotCured(AccountId account, int256 health, int256 curedHealth);

    /// @notice Calls margin on `account`, once an episode, for a fee from the account to the caller's account 0.
    /// The deadline is fixed here: grace shrinks from the policy's longest at health one to none at `hCritical`.
    function call(AccountId account) external returns (uint256 deadline);

    /// @notice Clears the call of an account that is cured (health above one plus the buffer at mark, or no debt).
    function clear(AccountId account) external;
}
