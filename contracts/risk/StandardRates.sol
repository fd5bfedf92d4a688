// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {OptionValue} from "../math/OptionValue.sol";
import {Rounding} from "../math/Rounding.sol";
import {BPS, PPM} from "../math/Units.sol";
import {InstrumentWord} from "../types/InstrumentWord.sol";
import {Margin} from "../types/Margin.sol";

/// @notice What positions in one underlying require, with the scales of dynamic margin.
/// @dev No product passes 2**235: sizes are below 2**96, prices below 2**97, and rates with the slope of such a size
/// below 2**101.
struct StandardRates {
    InstrumentWord terms;
    /// WAD, both at least one
    uint256 initialScale;
    uint256 maintenanceScale;
}

using {perpetual, option} for StandardRates global;

/// @notice A perpetual at `price`: its profit, and of its notional the rates, which rise with its size. Profit counts
/// as far as the policy lets it.
/// @param size WAD, long > 0
/// @param costBasis quote WAD, funding up to now inside
/// @param price quote WAD
function perpetual(StandardRates memory r, int256 size, int256 costBasis, uint256 price)
    pure
    returns (Margin memory m)
{
    uint256 units = Rounding.magnitude(size);
    m.equity = Rounding.mulWadFloor(size, price) - costBasis;
    uint256 profit = m.equity > 0 ? uint256(m.equity) : 0;
    uint256 slope = Rounding.mulWadUp(units, r.terms.perpetualSlope());
    uint256 notional = Rounding.mulWadUp(units, price);
    uint256 initialRate = r.terms.perpetualInitialPpm() * r.initialScale / PPM + slope;
    uint256 maintenanceRate = r.terms.perpetualMaintenancePpm() * r.maintenanceScale / PPM + slope;
    m.initial = Rounding.mulWadUp(notional, initialRate) + Rounding.divUp(profit * r.terms.profitInitialBps(), BPS);
    m.maintenance =
        Rounding.mulWadUp(notional, maintenanceRate) + Rounding.divUp(profit * r.terms.profitMaintenanceBps(), BPS);
}

/// @notice An option alone. Its price is in equity, with its sign; a long one requires a part of that, a short one what
/// comes on top: `max(initial * index - out of the money, floor * index)`, and for maintenance a part of the index, or
/// for a put of its price where that is more.
/// @param size WAD, long > 0
/// @param strike quote WAD
/// @param index quote WAD
/// @param price of one unit, quote WAD
function option(StandardRates memory r, bool isCall, int256 size, uint256 strike, uint256 index, uint256 price)
    pure
    returns (Margin memory m)
{
    m.equity = Rounding.mulWadFloor(size, price);
    if (size > 0) {
        // fit: not below zero
        m.initial = Rounding.divUp(uint256(m.equity) * r.terms.longInitialBps(), BPS);
        m.maintenance = Rounding.divUp(uint256(m.equity) * r.terms.longMaintenanceBps(), BPS);
        return m;
    }
    uint256 rate = r.terms.optionMaintenancePpm() * r.maintenanceScale / PPM;
    uint256 maintenance = Rounding.mulWadUp(index, rate);
    if (!isCall) maintenance = Math.max(maintenance, Rounding.mulWadUp(price, rate));
    uint256 full = Rounding.mulWadUp(index, r.terms.optionInitialPpm() * r.initialScale / PPM);
    uint256 least = Rounding.mulWadUp(index, r.terms.optionFloorPpm() * r.initialScale / PPM);
    // what a put would pay is what a call is out of the money by
    uint256 initial = Math.max(Math.saturatingSub(full, OptionValue.payoff(!isCall, index, strike)), least);
    uint256 units = Rounding.magnitude(size);
    m.initial = Rounding.mulWadUp(units, Math.max(initial, maintenance));
    m.maintenance = Rounding.mulWadUp(units, maintenance);
}
