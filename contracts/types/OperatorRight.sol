// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

/// @notice What an owner may let an operator do, as bits. None lets tokens leave to anyone but the owner.
library OperatorRight {
    /// trade, by which all equity can go within the price band, and take over slices of other accounts in liquidations
    uint8 internal constant TRADE = 1;
    /// withdraw and borrow, to the owner only
    uint8 internal constant WITHDRAW = 2;
    /// move cash and collateral to another account of the same owner
    uint8 internal constant TOP_UP = 4;
    uint8 internal constant ALL = 7;
}
