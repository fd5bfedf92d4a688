// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {AccountId} from "../types/AccountId.sol";
import {InstrumentId} from "../types/InstrumentId.sol";
import {IVaultCommon} from "./IVaultCommon.sol";

/// @notice Whose positions are to close one that loses.
struct Closing {
    InstrumentId instrument;
    /// who hold the other side; as much of each is closed as it takes, in their order
    AccountId[] opposites;
}

/// @title Auto-deleveraging
/// @notice The last step of the loss waterfall. Where reserves, tranches and lenders' share do not cover what an
/// account owes beyond all that it has, the positions by which it loses are closed against those of who has won by
/// them, at a price by which they go without what is still missing, and no more.
interface IDeleveraging is IVaultCommon {
    /// @param size that `opposite` no longer holds, WAD, long > 0
    /// @param price quote WAD for one unit
    /// @param haircut what that is worse than the mark, quote WAD
    event Deleveraged(
        AccountId indexed account,
        AccountId indexed opposite,
        InstrumentId indexed instrument,
        int256 size,
        uint256 price,
        uint256 haircut
    );
    /// @notice `loss = covered + haircut`, but for what rounding adds to the haircut; quote WAD.
    /// @param loss what the account lacks, or what its positions have lost, whichever is less
    event LossDeleveraged(AccountId indexed account, uint256 loss, uint256 covered, uint256 haircut);

    /// @notice What it has pays for what it owes, at spot or at the better prices; quote WAD.
    error NotInsolvent(AccountId account, int256 equity);
    /// @notice The waterfall covers it all: the account is liquidated like any other.
    error LossCovered(AccountId account, uint256 loss);
    /// @notice No position of the account is at a loss.
    error NothingToDeleverage(AccountId account);
    /// @notice `left` (WAD) of the position has nobody to close it.
    error OppositesMissing(InstrumentId instrument, uint256 left);

    /// @notice Has the waterfall pay for what `account` lacks, and closes all its positions that are at a loss, at
    /// prices that make up for the rest: each leg bears it in proportion to its loss, and no more than that. So its
    /// equity is zero afterwards, unless it owes for other things as well. Anyone, while liquidations are open; at Live
    /// prices of what the account may owe for. Collateral without a price counts what it was worth last, an option that
    /// is held what it would pay now, and both stay with the account.
    /// @dev Who is closed is not checked at the end, and has no say. Who is named is the caller's choice: only the
    /// price is bounded, between the mark and what the account has paid.
    /// @param closings for each position at a loss, in the order of their ids; others are passed over, as are opposites
    /// that hold nothing of the other side, or would close a perpetual at a loss
    /// @return haircut quote WAD
    function deleverage(AccountId account, Closing[] calldata closings) external returns (uint256 haircut);
}
