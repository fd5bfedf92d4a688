// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

/// @notice What a linked module may do to accounts, as bits.
library ModuleRight {
    /// transfer a fraction of an account (the liquidator)
    uint8 internal constant TAKE_OVER = 1;
    /// record and end margin calls, and charge their fee (margin calls)
    uint8 internal constant CALL = 2;
    /// use reserves and socialise a loss (the waterfall)
    uint8 internal constant COVER_LOSS = 4;
    /// have the waterfall advance the price of accounts nobody else takes (close-out)
    uint8 internal constant CLOSE_OUT = 8;
    uint8 internal constant ALL = 15;
}
