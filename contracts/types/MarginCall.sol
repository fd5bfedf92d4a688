// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

/// @notice The recorded demand on an account, in live time. The vault keeps it beside the account's cash: 5 + 5 bytes.
struct MarginCall {
    /// time of the call; zero where there is none
    uint40 calledAt;
    /// time from which the account may be liquidated
    uint40 deadline;
}
