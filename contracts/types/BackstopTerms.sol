// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

/// @notice What the tranches of the default fund pay at most, and what they are paid. One slot: 5 * 2 bytes.
struct BackstopTerms {
    /// most that they pay for losses on one collateral, of all they have; refilled within a day
    uint16 marketCapBps;
    /// most that they pay for all losses, of all they have; refilled within a day
    uint16 dayCapBps;
    /// reserves that are kept, of all debt; what is above goes to the tranches
    uint16 reserveTargetBps;
    /// the junior tranche's part of it; the rest is the senior's
    uint16 juniorShareBps;
    /// most that closed-out accounts may tie up, of the reserves and the junior tranche
    uint16 carryCapBps;
}

/// @notice On what terms accounts are closed out, and what they held is sold. One slot: 3 * 4 + 2 bytes.
struct CloseOutTerms {
    /// live seconds for which a liquidatable account is left to liquidators, unless it is too small for them
    uint32 patience;
    /// live seconds until the discount is at its most
    uint32 discountRamp;
    /// most to whoever closes an account out, hundredths of a quote unit
    uint32 tipCents;
    /// most that is taken off the oracle's price
    uint16 maxDiscountBps;
}
