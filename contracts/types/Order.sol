// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {AccountId} from "./AccountId.sol";
import {InstrumentId} from "./InstrumentId.sol";

/// @notice What somebody is willing to trade, in whole or in parts.
struct Order {
    /// owner, or operator with `TRADE`
    address signer;
    AccountId account;
    InstrumentId instrument;
    /// WAD in whole lots, positive buys
    int256 size;
    /// quote WAD for one unit: a buyer pays no more, a seller receives no less
    uint256 limitPrice;
    /// most that it may be charged, of the notional, millionths
    uint256 maxFeePpm;
    /// of the signer's choice; orders of one account with the same one share what is filled of them
    uint256 nonce;
    /// the account's epoch
    uint256 epoch;
    /// last second in which it may be filled
    uint256 deadline;
}

bytes32 constant ORDER_TYPE = keccak256(
    abi.encodePacked(
        "Order(address signer,bytes32 account,uint64 instrument,int256 size,uint256 limitPrice,uint256 maxFeePpm,",
        "uint256 nonce,uint256 epoch,uint256 deadline)"
    )
);

/// @notice The struct hash of EIP-712.
function hashOrder(Order calldata order) pure returns (bytes32) {
    return keccak256(
        abi.encode(
            ORDER_TYPE,
            order.signer,
            order.account,
            order.instrument,
            order.size,
            order.limitPrice,
            order.maxFeePpm,
            order.nonce,
            order.epoch,
            order.deadline
        )
    );
}
