// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {AccountId} from "../types/AccountId.sol";
import {LiquidationPlan} from "../math/LiquidationMath.sol";

/// @title The liquidator
/// @notice Hands a fraction of everything an account has and owes to a bidder, who pays for it in cash.
interface ILiquidator {
    /// @param covered quote WAD that the waterfall paid of `plan.shortfall`
    event Liquidated(
        AccountId indexed account,
        AccountId indexed bidder,
        address indexed caller,
        int256 health,
        LiquidationPlan plan,
        uint256 covered
    );
    event PaceUsed(address indexed asset, uint256 value, uint256 available);

    error NotLiquidatable(AccountId account, int256 health);
    error LiquidationsClosed();
    error NotAuthorisedBidder(AccountId bidder, address caller);
    error SelfLiquidation(AccountId account);
    error FractionOutOfBounds(uint256 fraction);
    /// @notice What `fraction` would leave, or earn, is too little: take all of it.
    error FullCloseRequired(AccountId account, uint256 fraction);
    error PayAboveLimit(int256 pay, int256 limit);
    /// @notice So much of `asset` has just been sold that nothing may follow yet.
    error PaceExceeded(address asset, uint256 available);

    /// @notice Liquidates up to `maxFraction` (WAD) of `account` for `bidder`, the caller's or one that lets the caller
    /// trade. A larger fraction than allowed is clamped.
    /// @param limit most that the bidder pays for the slice, quote WAD, negative where it must be paid
    /// @param data where not empty, the caller is called back (`ITakeOverCallee`) before the bidder is checked
    function liquidate(AccountId account, AccountId bidder, uint256 maxFraction, int256 limit, bytes calldata data)
        external
        returns (LiquidationPlan memory plan);

    /// @notice What `liquidate` with this fraction would do now; the waterfall's part as far as it is owed.
    /// Reverts as `liquidate` would.
    function preview(AccountId account, uint256 maxFraction) external view returns (LiquidationPlan memory plan);

    /// @notice Whether `account` may be liquidated now, and for how many live seconds it has been. With a dead or
    /// doubtful feed it must be so at the account's better prices.
    function liquidatable(AccountId account) external view returns (bool yes, uint256 elapsed);

    /// @notice Collateral value of `asset` that may be sold now above `hCritical`, quote WAD.
    function paceAvailable(address asset) external view returns (uint256);
}
