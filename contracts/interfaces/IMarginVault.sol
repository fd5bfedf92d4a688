// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IAccessManaged} from "@openzeppelin/contracts/access/manager/IAccessManaged.sol";
import {IERC5267} from "@openzeppelin/contracts/interfaces/IERC5267.sol";
import {IDeleveraging} from "./IDeleveraging.sol";
import {ILiquidator} from "./ILiquidator.sol";
import {IMarginCalls} from "./IMarginCalls.sol";
import {IPositionBook} from "./IPositionBook.sol";
import {ITrading} from "./ITrading.sol";
import {IVaultCore} from "./IVaultCore.sol";
import {IVaultPermits} from "./IVaultPermits.sol";
import {IVaultSettings} from "./IVaultSettings.sol";

/// @title The margin vault
/// @notice Holds all tokens, keeps each account's cash and collateral, and checks each touched account once, at the end
/// of the outermost call. It knows balances, not prices.
/// @dev Cash is quote WAD; negative cash is debt. Amounts are token units. Every function that changes an account
/// may be a step of `batch`. Trust: the quote token and listed collaterals are ordinary ERC-20 tokens, which neither
/// charge on transfer (refused) nor change balances on their own; a token that calls back finds the vault locked.
// solhint-disable-next-line no-empty-blocks
interface IMarginVault is
    IVaultCore,
    IVaultSettings,
    IVaultPermits,
    IMarginCalls,
    ILiquidator,
    ITrading,
    IPositionBook,
    IDeleveraging,
    IAccessManaged,
    IERC5267
{}
