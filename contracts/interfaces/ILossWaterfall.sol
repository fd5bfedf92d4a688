// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {AccountId} from "../types/AccountId.sol";

/// @title The loss waterfall
/// @notice Pays what an account cannot: reserves, then the default fund, then a bounded share from all lent cash.
interface ILossWaterfall {
    /// @notice `shortfall = fromReserves + fromFund + socialised + unpaid`, quote WAD.
    event ShortfallCovered(
        AccountId indexed account,
        uint256 shortfall,
        uint256 fromReserves,
        uint256 fromFund,
        uint256 socialised,
        uint256 unpaid
    );

    error OnlyLiquidator(address caller);

    /// @notice Credits `account` with up to `shortfall`, quote WAD. Only the liquidator.
    function cover(AccountId account, uint256 shortfall) external returns (uint256 covered);
}
