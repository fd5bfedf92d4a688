// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {AccountId} from "../types/AccountId.sol";
import {InstrumentId} from "../types/InstrumentId.sol";
import {Order} from "../types/Order.sol";
import {IVaultCommon} from "./IVaultCommon.sol";

/// @title Trading of perpetuals and options
/// @notice Signed orders, matched by whoever submits a pair. There is no order book here: orders are passed around
/// wherever people like.
interface ITrading is IVaultCommon {
    /// @param size of the taker, WAD; the maker's is the opposite
    /// @param price quote WAD for one unit, the maker's
    /// @param makerFee quote WAD, as the taker's
    event OrderFilled(
        AccountId indexed maker,
        AccountId indexed taker,
        InstrumentId indexed instrument,
        int256 size,
        uint256 price,
        uint256 makerFee,
        uint256 takerFee
    );
    /// @param filled of the orders with this nonce so far, WAD; all there is where it was cancelled
    event OrderUsed(AccountId indexed account, uint256 indexed nonce, uint256 filled);
    event OrdersCancelled(AccountId indexed account, uint256 epoch);

    /// @notice The two orders are for different instruments.
    error DifferentInstruments(InstrumentId maker, InstrumentId taker);
    /// @notice Both orders buy, or both sell.
    error SameSide(int256 makerSize, int256 takerSize);
    error SizeNotInLots(uint256 size);
    error OrderExpired(AccountId account, uint256 deadline);
    error OrderOfOtherEpoch(AccountId account, uint256 epoch, uint256 current);
    /// @notice Nothing is left of the order: it is filled or cancelled.
    error OrderUsedUp(AccountId account, uint256 nonce);
    /// @notice Neither is the signature `signer`'s, nor was it left out by `signer` sending this in himself.
    error OrderNotSigned(AccountId account, address signer);
    error PriceBeyondLimit(AccountId account, uint256 price, uint256 limit);
    error PriceBeyondBand(InstrumentId instrument, uint256 price, uint256 mark, uint256 band);
    error FeeBeyondLimit(AccountId account, uint256 feePpm, uint256 limit);
    /// @notice Nobody knows what it is worth.
    error MarkDown(InstrumentId instrument);
    /// @notice Off the grid, or closed by the guardian: nobody may hold more of it than before.
    error ReduceOnly(AccountId account, InstrumentId instrument);
    error OpenInterestCapExceeded(InstrumentId instrument, uint256 total, uint256 cap);
    error PositionBelowMinimum(AccountId account, InstrumentId instrument, uint256 notional, uint256 least);

    /// @notice Trades up to `size` between two orders, no more than is left of either, at the price of the maker's,
    /// which is whichever comes first. Anyone, with both signatures; who sends in his own order leaves his out. Both
    /// accounts are checked at the end of the call, as after any step; one whose position becomes smaller passes if it
    /// has only become safer.
    /// @dev The price is within the policy's band around the mark, so that a trade with oneself moves no money from one
    /// account to another. Fees go to the reserve.
    /// @param size WAD, in whole lots
    /// @return filled WAD
    function fill(
        Order calldata maker,
        bytes calldata makerSignature,
        Order calldata taker,
        bytes calldata takerSignature,
        uint256 size
    ) external returns (uint256 filled);

    /// @notice Voids what is left of the orders with `nonce`. Owner, or operator with `TRADE`.
    function cancelOrder(AccountId account, uint256 nonce) external;

    /// @notice Voids all orders there are. Owner, or operator with `TRADE`.
    function cancelOrders(AccountId account) external returns (uint256 epoch);

    /// @notice What is filled of the orders with `nonce`, WAD; all there is where they are cancelled.
    function filledOf(AccountId account, uint256 nonce) external view returns (uint256);

    function orderEpochOf(AccountId account) external view returns (uint256);
}
