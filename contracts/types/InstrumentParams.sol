// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {CapGrowth} from "./PolicyParams.sol";

/// @notice What positions in one underlying require: docs/risk.md, "Positions".
struct InstrumentRisk {
    /// of the notional of a perpetual, millionths
    uint24 perpetualInitialPpm;
    uint24 perpetualMaintenancePpm;
    /// added to both rates for each whole unit held, WAD: large positions are hard to close
    uint64 perpetualSlope;
    /// of the index, for each unit of a short option at or in the money, millionths; less what it is out of the money
    uint24 optionInitialPpm;
    /// of the index, and no less than this
    uint24 optionFloorPpm;
    /// of the index, and for a put of its price where that is more
    uint24 optionMaintenancePpm;
    /// part of the unrealised profit of a perpetual that counts nothing
    uint16 profitInitialBps;
    uint16 profitMaintenanceBps;
    /// part of the price of a long option that counts nothing
    uint16 longInitialBps;
    uint16 longMaintenanceBps;
}

/// @notice How the instruments of one underlying may be traded, and how much of them there may be. Two slots.
struct TradeTerms {
    /// declared market depth, whole units as WAD; open interest is bounded by parts of it
    uint96 depth;
    /// long perpetuals of all accounts together, of the depth; a raised cap is grown into (`CapGrowth`)
    uint24 perpetualCapBps;
    /// short options of all accounts together, of the depth; grown into as well
    uint24 optionCapBps;
    /// how far from the mark a price may be that is traded at, of the index
    uint16 bandBps;
    /// of the notional, millionths; of an option the notional is its underlying's
    uint24 takerFeePpm;
    uint24 makerFeePpm;
    /// most that funding may move in a day, of the index, millionths
    uint24 fundingPpmPerDay;
    /// minute of the day (UTC) at which options expire
    uint16 expiryMinute;
    /// days ahead for which options are traded
    uint16 maxTenorDays;
    /// significant digits of a strike
    uint8 strikeDigits;
    /// most that winners are paid before losers have paid it, whole quote units; grown into as well
    uint48 unsettledCap;
}

/// @notice What the terms of trade bound.
struct TradeCaps {
    /// long perpetuals of all accounts together, whole units as WAD
    uint256 perpetuals;
    /// short options of all accounts together, whole units as WAD
    uint256 options;
    /// what winners are paid before losers have paid it, whole quote units
    uint256 unsettled;
}

/// @notice How these grow, in their units. Three slots.
struct TradeCapGrowth {
    CapGrowth perpetuals;
    CapGrowth options;
    CapGrowth unsettled;
}

/// @notice What the net exposure of positions in one underlying requires: docs/risk.md, "Delta margin".
struct DeltaTerms {
    /// how far the index is taken to move, either way, of it, millionths, before dynamic margin scales it
    uint24 moveInitialPpm;
    uint24 moveMaintenancePpm;
    /// how far volatility is taken to move, either way, of 1.00, before dynamic margin scales it
    uint16 volatilityInitialBps;
    uint16 volatilityMaintenanceBps;
    /// whether standard margin requires no less than this; else it is reported and nothing more
    bool isFloor;
}

/// @dev Far moves of a scenario grid.
uint256 constant TAILS = 4;

/// @notice The markets that portfolio margin tries a book in, and what it adds: docs/risk.md, "Portfolio margin".
struct ScenarioTerms {
    /// how far the index is taken to move, either way, before dynamic margin scales it
    uint16 rangeBps;
    /// distance of the moves that are tried, up to four; beyond, they are further apart
    uint16 stepBps;
    /// of what is required for maintenance
    uint16 initialBps;
    /// what volatility is raised by, of it, a month before expiry: more before that, less after
    uint16 volatilityUpBps;
    /// what it is lowered by: divided by one and this
    uint16 volatilityDownBps;
    /// of the index, for each unit of options that are short and not covered by long ones of their kind and expiry,
    /// millionths
    uint24 nakedPpm;
    /// of the notional of the perpetual, whose price may leave the index, millionths
    uint24 basisPpm;
    /// far moves of the index, with volatility raised; zero for none
    int24[TAILS] tailShocksBps;
    /// part of their loss that counts
    uint16[TAILS] tailWeightsBps;
}
