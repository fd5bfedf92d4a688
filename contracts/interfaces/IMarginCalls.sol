// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {AccountId} from "../types/AccountId.sol";
import {Assessment} from "../types/Margin.sol";
import {MarginCall} from "../types/MarginCall.sol";

/// @notice Where an account stands.
enum MarginState {
    /// `E >= Ri`
    Healthy,
    /// `Rm <= E < Ri`: only steps that make it safer
    Restricted,
    /// `h < 1` and nobody has called yet
    Callable,
    /// called, and the deadline has not passed
    Called,
    /// may be liquidated
    Liquidatable,
    /// may be liquidated, and cannot pay the least bonus
    Insolvent
}

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
    event CallCleared(AccountId indexed account, address indexed by, int256 health);

    /// @notice The account's health is not below one, even at its better prices, or none of its legs has a price.
    error NotCallable(AccountId account, int256 health);
    error AlreadyCalled(AccountId account, uint256 deadline);
    error NotCalled(AccountId account);
    error NotCured(AccountId account, int256 health, int256 curedHealth);
    error OnlyLiquidator(address caller);

    /// @notice Calls margin on `account`, once an episode, for a fee from the account to the caller's account 0.
    /// The deadline is fixed here: grace shrinks from the policy's longest at health one to none at `hCritical`.
    function call(AccountId account) external returns (uint256 deadline);

    /// @notice Clears the call of an account that is cured (health above one plus the buffer at mark, or no debt).
    function clear(AccountId account) external;

    /// @notice Clears the call, if any, of an account that a liquidation has just brought to `healthAfter`, if that
    /// cures it. Only the liquidator.
    function close(AccountId account, int256 healthAfter) external;

    function callOf(AccountId account) external view returns (MarginCall memory);

    function stateOf(AccountId account) external view returns (MarginState);

    /// @notice `stateOf` an account of which the caller has read, from the vault, how it stands.
    function stateGiven(Assessment memory assessment, MarginCall memory marginCall) external view returns (MarginState);

    /// @notice Live seconds: block time less pauses and sequencer outages.
    function liveTime() external view returns (uint256);
}
