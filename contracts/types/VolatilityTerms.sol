// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

/// @notice How one asset's volatility is measured and what it does to margin. Volatilities are of a year.
/// @dev One slot.
struct VolatilityTerms {
    /// the volatility that the policy's rates are made for: up to it the scale is one
    uint32 referenceBps;
    /// the estimate is never below
    uint32 floorBps;
    /// ... nor above; `capBps / referenceBps` is the highest scale
    uint32 capBps;
    /// most that the maintenance scale rises in an hour, of one
    uint16 rampBpsPerHour;
    /// least seconds between two samples
    uint24 minInterval;
    /// seconds in which the variance of what is new weighs a half
    uint24 fastHalfLife;
    /// seconds in which the estimate falls by half towards it
    uint24 slowHalfLife;
}
