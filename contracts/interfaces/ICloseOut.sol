// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {LiquidationPlan} from "../math/LiquidationMath.sol";
import {AccountId} from "../types/AccountId.sol";
import {CloseOutTerms} from "../types/BackstopTerms.sol";
import {PriceStatus} from "../types/Price.sol";

/// @notice What is known of the stock of one collateral. Two slots: 16 + 16, 16 + 5 bytes.
struct Shelf {
    /// quote WAD advanced for what is there
    uint128 cost;
    /// the part of it that the junior tranche advanced
    uint128 fromJunior;
    /// quote WAD that may still be taken off the price of all that is there: what was earned with it
    uint128 discountLeft;
    /// live time from which the discount grows, on average
    uint40 since;
}

/// @title Close-out of accounts that nobody else takes
/// @notice Takes over accounts that are liquidatable and too small for a liquidator, or were left for too long, as a
/// bidder like any other, with money that the waterfall advances; sells what they held to anyone.
/// @dev What is for sale counts nothing for anybody's shares: what was advanced for it is spent until the proceeds are
/// back, and then reaches shares as gains do, bit by bit.
interface ICloseOut {
    /// @param cost quote WAD advanced
    /// @param gained quote WAD at mark, the tip included
    event ClosedOut(
        AccountId indexed account, address indexed caller, uint256 fraction, uint256 cost, uint256 gained, uint256 tip
    );
    /// @notice What there is of `asset` now, all as in `Shelf`.
    event Stocked(
        address indexed asset, uint256 amount, uint256 cost, uint256 fromJunior, uint256 discountLeft, uint256 since
    );
    /// @param cost quote WAD that was advanced for what is sold, `fromJunior` of it by the junior tranche
    event Sold(
        address indexed asset, address indexed buyer, uint256 amount, uint256 pay, uint256 cost, uint256 fromJunior
    );
    event CloseOutTermsChanged(CloseOutTerms terms);

    /// @notice Liquidators take accounts of this size, and have had too little time.
    error LeftToLiquidators(AccountId account, uint256 collateral, uint256 small, uint256 elapsed, uint256 patience);
    /// @notice At spot the account owes more than it has, and at its better prices it owes less: the sources of a price
    /// have to agree first. Quote WAD.
    error PriceDisputed(AccountId account, int256 atSpot, int256 atBetter);
    /// @notice What it holds is settled, bought or deleveraged first: the close-out takes cash and collateral only.
    error PositionsHeld(AccountId account, uint256 count);
    error NothingForSale(address asset);
    error PriceNotLive(address asset, PriceStatus status);
    error PriceAboveLimit(uint256 pay, uint256 limit);
    error CloseOutTermOutOfBounds(bytes32 parameter, uint256 value, uint256 least, uint256 most);
    error StrangeCallback(address caller);

    /// @notice Takes `account` over, or as much of it as the liquidator and `maxFraction` (WAD) let. Anyone, who is
    /// paid a tip: of a part of the account a part, at most half of what is earned, and what there is where the fund
    /// has no money to advance.
    /// @param payee account that is credited with the tip
    function closeOut(AccountId account, uint256 maxFraction, AccountId payee)
        external
        returns (LiquidationPlan memory plan, uint256 tip);

    /// @notice Sells up to `amount` (token units) of `asset` to the caller, at Live prices only.
    /// @param limit most that the caller pays, quote token units
    function buy(address asset, uint256 amount, uint256 limit, address recipient)
        external
        returns (uint256 sold, uint256 pay);

    /// @notice What `buy` would ask for now.
    function quoteOf(address asset, uint256 amount) external view returns (uint256 sold, uint256 pay);

    /// @notice Whether `closeOut` would take `account` now, money aside.
    function closable(AccountId account) external view returns (bool);

    /// @notice Sets patience, discount and tip. Only the role that governs risk.
    function setTerms(CloseOutTerms calldata newTerms) external;

    function terms() external view returns (CloseOutTerms memory);

    function shelfOf(address asset) external view returns (Shelf memory);

    /// @notice Account that holds what is for sale of `asset`.
    function shelfAccount(address asset) external view returns (AccountId);

    /// @notice The account that bids; empty between two calls.
    function hand() external view returns (AccountId);
}
