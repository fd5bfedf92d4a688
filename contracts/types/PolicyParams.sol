// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

/// @notice How much a collateral counts.
struct CollateralRisk {
    bool listed;
    uint8 decimals;
    /// `Hm`: part of the value not counted for maintenance
    uint16 maintenanceHaircutBps;
    /// `Hi >= Hm`: part of the value not counted for initial margin
    uint16 initialHaircutBps;
    /// declared market depth, token units: an account that holds x counts only depth / (depth + x) of it
    uint96 depth;
    /// most of the token the vault is to take in, token units; a new cap is grown into (`CapGrowth`)
    uint96 supplyCap;
}

/// @notice Where the maintenance side of a collateral comes from while it tightens. One slot: 2 + 12 + 5 + 5 bytes.
struct CollateralRamp {
    uint16 fromHaircutBps;
    /// token units
    uint96 fromDepth;
    /// block timestamps; no ramp is all zero
    uint40 startedAt;
    uint40 endsAt;
}

/// @notice How a cap grows: `from` until `startedAt`, and `perDay` more each day after. One slot: 12 + 12 + 5 bytes.
struct CapGrowth {
    /// token units, and whole quote units of the borrow cap
    uint96 from;
    /// the same
    uint96 perDay;
    /// block timestamp, which may be ahead
    uint40 startedAt;
}

/// @notice Haircuts of one collateral against one debt, for isolated accounts.
struct PairRisk {
    /// false: counts nothing for initial margin, and for maintenance by the haircut it had, if it ever had one
    bool listed;
    uint16 maintenanceHaircutBps;
    uint16 initialHaircutBps;
}

/// @notice Where the maintenance haircut of a pair comes from while it rises.
struct PairRamp {
    uint16 fromHaircutBps;
    /// block timestamps; no ramp is all zero
    uint40 startedAt;
    uint40 endsAt;
}

/// @notice How fast changes come that tighten, where they do not come at once.
struct RampSpeeds {
    /// most that a maintenance haircut rises in a day
    uint16 haircutBpsPerDay;
    /// most that a declared depth falls in a day, of the depth it falls to
    uint16 depthBpsPerDay;
    /// most that a cap grows in a day, of what it was when it was raised
    uint16 capGrowthBpsPerDay;
    /// seconds over which terms of calls and liquidations turn against the accounts
    uint32 termsDuration;
}

/// @notice How fast accounts above `hCritical` may be sold: a bucket of collateral value, quote WAD.
struct PaceLimit {
    uint128 capacity;
    uint128 refillPerSecond;
}

/// @notice Terms on which cash is lent. One slot: 3 * 4 + 2 + 2 + 6 + 6 bytes.
struct CashTerms {
    /// borrow rate at no utilisation, a year
    uint32 baseRateBps;
    /// added by the time utilisation reaches the kink
    uint32 slopeLowBps;
    /// added from the kink to full utilisation
    uint32 slopeHighBps;
    uint16 kinkBps;
    /// part of the interest kept as reserve
    uint16 reserveFactorBps;
    /// least debt an account may carry, whole quote units; also the dust floor of a liquidation
    uint48 minDebt;
    /// most that all accounts together may owe, whole quote units; a raised one is grown into (`CapGrowth`)
    uint48 borrowCap;
}

/// @notice Terms of calls and liquidations.
struct LiquidationTerms {
    /// `b` at the start, of the maintenance requirement; the waterfall pays it where the account cannot
    uint16 bonusMinBps;
    /// `b` at the end of its ramps
    uint16 bonusMaxBps;
    /// `phi`, of the maintenance requirement, to the reserve
    uint16 feeBps;
    /// `kappa`: bonus and fee together never pass this part of health
    uint16 kappaBps;
    /// `T`: health a partial liquidation restores
    uint16 targetHealthBps;
    /// below this health no call is needed and the pace limit does not bind
    uint16 criticalHealthBps;
    /// a call is cured at 1 plus this
    uint16 cureBufferBps;
    /// seconds from liquidatable to the full bonus
    uint32 bonusRamp;
    /// grace of an account called at health 1, seconds
    uint32 maxGrace;
    /// paid by the account to whoever called it, hundredths of a quote unit
    uint32 callFeeCents;
    /// least bonus that pays for the work, whatever the account's size, hundredths of a quote unit
    uint32 floorBonusCents;
    /// most of all lent cash that one shortfall may cost the lenders
    uint16 socialisationCapBps;
}
