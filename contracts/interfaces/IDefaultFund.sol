// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IERC4626} from "@openzeppelin/contracts/interfaces/IERC4626.sol";
import {AccountId} from "../types/AccountId.sol";

/// @notice A holder's notice to leave.
struct RedeemRequest {
    uint128 shares;
    /// timestamp from which the shares may be redeemed
    uint40 redeemableFrom;
    /// timestamp after which the request has lapsed
    uint40 redeemableUntil;
}

/// @title The default fund
/// @notice An ERC-4626 vault of the quote token whose assets are the cash of its own margin account: it earns the
/// lending
/// rate and pays proven shortfalls. Leaving takes notice, and shares under notice still absorb loss.
interface IDefaultFund is IERC4626 {
    event RedeemRequested(address indexed holder, uint256 shares, uint256 redeemableFrom, uint256 redeemableUntil);
    /// @param amount quote WAD
    /// @param assetsLeft token units
    event LossPaid(AccountId indexed account, uint256 amount, uint256 assetsLeft);

    error OnlyWaterfall(address caller);
    error RequestAboveBalance(address holder, uint256 shares, uint256 balance);

    /// @notice Gives notice for `shares` of the caller, in place of any earlier notice.
    function requestRedeem(uint256 shares) external;

    /// @notice Pays up to `amount` (quote WAD) to the vault's reserves, for a loss of `account`. Only the waterfall.
    /// @return paid quote WAD
    function payLoss(AccountId account, uint256 amount) external returns (uint256 paid);

    function requestOf(address holder) external view returns (RedeemRequest memory);

    /// @notice The margin account that holds the fund's cash.
    function fundAccount() external view returns (AccountId);
}
