// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {AccountId} from "../types/AccountId.sol";
import {Assessment} from "../types/Margin.sol";
import {MarginCall, MarginState} from "../types/MarginCall.sol";
import {Portfolio} from "../types/Portfolio.sol";
import {CashPool} from "../math/InterestIndex.sol";
import {ILossWaterfall} from "./ILossWaterfall.sol";
import {IVaultCommon} from "./IVaultCommon.sol";

/// @title The vault's seldom used functions
/// @notice Owners' choices, governance, losses, and reading. Code of its own, called at the vault's address.
interface IVaultSettings is IVaultCommon {
    /// @notice Chooses the margin model of `account`. Owner only.
    function setMode(AccountId account, uint8 mode) external;

    /// @notice Gives `operator` `rights` (see `OperatorRight`) until `expiry`; zero rights revoke at once. Owner only.
    function setOperator(AccountId account, address operator, uint8 rights, uint40 expiry) external;

    /// @notice Moves up to `amount` (quote WAD) of the account's cash to the reserves, for good; a larger amount is
    /// clamped. Owner only.
    /// @return contributed quote WAD
    function contribute(AccountId account, uint256 amount) external returns (uint256 contributed);

    /// @notice Brings interest up to now. Anyone.
    function accrue() external;

    /// @notice Credits `account` with up to `amount` (quote WAD) out of the reserves. Only the waterfall.
    function drawReserves(AccountId account, uint256 amount) external returns (uint256 drawn);

    /// @notice Credits `account` with up to `amount` (quote WAD), spread over all positive cash but its own, at most
    /// `capBps` of it. Only the waterfall.
    function socialise(AccountId account, uint256 amount, uint256 capBps) external returns (uint256 covered);

    /// @notice Closes everything that adds risk, liquidation included; never repayment, top-up, reduction, or
    /// withdrawal
    /// from an account without debt. Only the guardian.
    function pause() external;

    /// @notice Ends the pause; liquidations follow after `RESUME_WINDOW`. Only the role that governs the vault.
    function unpause() external;

    /// @notice Sets who pays for what accounts cannot: it alone may draw reserves and socialise losses. Only the role
    /// that governs the vault.
    function setWaterfall(ILossWaterfall newWaterfall) external;

    /// @notice Seconds of live time: the clock of margin calls, which stands still in a pause, in its resume window,
    /// and while the sequencer is down.
    /// @dev Warning: an outage that is reported late takes it back.
    function liveTime() external view returns (uint256);

    /// @notice Whether liquidations may run: not paused, and the resume window is over.
    function liquidationsOpen() external view returns (bool);

    /// @notice Debt in token units, rounded up; what `repay` takes to clear it now.
    function debtOf(AccountId account) external view returns (uint256);

    /// @notice Token units of `asset` credited to `account`.
    function collateralOf(AccountId account, address asset) external view returns (uint256);

    /// @notice Token units of `asset` credited to all accounts.
    function totalCollateral(address asset) external view returns (uint256);

    /// @notice The signed principal behind `cashOf`.
    function principalOf(AccountId account) external view returns (int256);

    /// @notice Kept from interest and fees, first to pay for a loss, quote WAD, accrued to now. Reverts while `Locked`.
    function reserves() external view returns (uint256);

    /// @notice The cash pool, accrued to now. Reverts while `Locked`.
    function pool() external view returns (CashPool memory);

    /// @notice Whether nothing of `account` is still to be checked. False from the moment the running call has changed
    /// it until that call ends: what views say of it meanwhile is true of that moment alone, and the end check may undo
    /// it or the owner take it back. Whoever acts on what an account is worth, for good, asks this first (V46).
    function isSettled(AccountId account) external view returns (bool);

    function modeOf(AccountId account) external view returns (uint8);

    function operatorOf(AccountId account, address operator) external view returns (uint8 rights, uint40 expiry);

    function waterfall() external view returns (ILossWaterfall);

    /// @notice How `account` stands: what it holds, what that is worth and must be worth, and the call on it. For
    /// whoever would otherwise ask vault and engine one by one. Reverts while `Locked`.
    function assess(AccountId account)
        external
        view
        returns (Portfolio memory portfolio, Assessment memory assessment, MarginCall memory marginCall);

    /// @notice The margin call on `account`; all zero where there is none.
    function callOf(AccountId account) external view returns (MarginCall memory);

    /// @notice Where `account` stands. Reverts while `Locked`.
    function stateOf(AccountId account) external view returns (MarginState);
}
