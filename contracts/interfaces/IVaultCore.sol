// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {AccountId} from "../types/AccountId.sol";
import {Portfolio} from "../types/Portfolio.sol";
import {IVaultCommon} from "./IVaultCommon.sol";

/// @title The vault's daily work
/// @notice What is in the vault's own code, because it is used every day.
interface IVaultCore is IVaultCommon {
    /// @notice Runs `steps`, each the calldata of a function of this vault, and checks every touched account once, at
    /// the end. An account short of initial margin passes if the batch only made it safer: `Rm` no higher, `E - Rm` and
    /// health no lower than before, at the worse and at the better prices.
    function batch(bytes[] calldata steps) external returns (bytes[] memory results);

    /// @notice Credits `amount` of `asset` from the caller to `account`. Adding the quote token repays debt first.
    /// Anyone, under the rule of `CollateralNotHeld`. Works while paused and with every oracle dead.
    /// @return received the measured balance change, token units
    function deposit(AccountId account, address asset, uint256 amount) external returns (uint256 received);

    /// @notice Sends `amount` of `asset` to `to`; `type(uint256).max` is all there is. Cash does not go below zero
    /// here.
    /// Owner, or operator with `WITHDRAW` to the owner. An account without debt can always do this.
    /// @return sent token units
    function withdraw(AccountId account, address asset, uint256 amount, address to) external returns (uint256 sent);

    /// @notice Sends `amount` of the quote token to `to` against the account's cash, which may go below zero.
    /// Owner, or operator with `WITHDRAW` to the owner.
    function borrow(AccountId account, uint256 amount, address to) external;

    /// @notice Repays up to `amount` of the account's debt from the caller; a larger amount is clamped. Anyone.
    /// Works while paused and with every oracle dead. Of a debt that is not repaid whole at least the policy's least
    /// must be left, so whoever aims at exactly that should leave some more: a stranger's unit or a
    /// second's interest before it would make it fail with `DebtBelowMinimum`.
    /// @return repaid token units, the debt rounded up when repaid in full
    function repay(AccountId account, uint256 amount) external returns (uint256 repaid);

    /// @notice Moves cash or collateral between accounts; `type(uint256).max` is all there is. Owner of `from`; between
    /// accounts of one owner also an operator with `TOP_UP` on `from`. To another owner under the rule of deposits.
    function transfer(AccountId from, AccountId to, address asset, uint256 amount) external returns (uint256 moved);

    /// @notice All that margin models need to know of `account`, interest accrued to now. Reverts while `Locked`.
    function portfolio(AccountId account) external view returns (Portfolio memory);

    /// @notice Cash, quote WAD, accrued to now; credit rounded down, debt rounded up. Reverts while `Locked`.
    function cashOf(AccountId account) external view returns (int256);

    /// @notice Quote tokens that can be withdrawn or borrowed now, token units.
    function liquidity() external view returns (uint256);

    /// @notice Whether `caller` is the owner of `account` or an unexpired operator with `right`.
    function isAuthorised(AccountId account, address caller, uint8 right) external view returns (bool);

    /// @notice The code of liquidations, which runs on the vault's storage.
    function liquidatorCode() external view returns (address);

    /// @notice The code of what is seldom used, which runs on the vault's storage.
    function settingsCode() external view returns (address);

    /// @notice The code of trades, which runs on the vault's storage.
    function tradingCode() external view returns (address);

    /// @notice The code of what else happens to positions, which runs on the vault's storage.
    function bookCode() external view returns (address);
}
