// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

/// @notice The recorded demand on an account, in live time. The vault keeps it beside the account's cash: 5 + 5 bytes.
struct MarginCall {
    /// time of the call; zero where there is none
    uint40 calledAt;
    /// time from which the account may be liquidated
    uint40 deadline;
}

/// @notice Where an account stands.
enum MarginState {
    /// `E >= Ri`
    Healthy,
    /// `Rm <= E < Ri`: only steps that make it safer
    Restricted,
    /// `h < 1` and nobody has called yet
    Callable,
    /// called, and the deadline has not passed
    Called,
    /// may be liquidated
    Liquidatable,
    /// may be liquidated, and cannot pay the least bonus
    Insolvent
}
