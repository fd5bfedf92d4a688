// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IInstrumentPolicy} from "../interfaces/IInstrumentPolicy.sol";
import {BPS, PPM} from "../math/Units.sol";
import {DeltaTerms, InstrumentRisk, ScenarioTerms, TAILS, TradeTerms} from "../types/InstrumentParams.sol";

/// @notice Bounds of the terms of instruments: what no role may pass, not what is wise.
library InstrumentLimits {
    /// @dev A tenth of a percent is a thousandfold leverage: the next print would end it.
    uint256 private constant MIN_RATE_PPM = 1_000;
    /// @dev More than what it is worth is not asked for a unit.
    uint256 private constant MAX_RATE_PPM = PPM;
    /// @dev Ten times what the market is said to take; more would make the declared depth meaningless.
    uint256 private constant MAX_CAP_BPS = 10 * BPS;
    /// @dev So that ten times of it, a cap, is a `uint96` as well.
    uint256 private constant MAX_DEPTH = type(uint96).max / 10;
    /// @dev Further off, trades with oneself move money from account to account.
    uint256 private constant MAX_BAND_BPS = 2_000;
    /// @dev A trade must not cost what the first move of the market does.
    uint256 private constant MAX_FEE_PPM = 10_000;
    /// @dev A book that nothing may happen to would owe nothing.
    uint256 private constant MIN_RANGE_BPS = 100;
    /// @dev Past nine tenths down nothing is tried.
    uint256 private constant MAX_RANGE_BPS = 9_000;
    /// @dev So that four steps reach the range, and sixteen what dynamic margin scales it to at most.
    uint256 private constant LEAST_STEPS = 4;
    uint256 private constant MAX_INITIAL_BPS = 2 * BPS;
    /// @dev Doubt in a volatility is measured by what a shock moves.
    uint256 private constant MIN_VOLATILITY_BPS = 500;
    uint256 private constant MAX_VOLATILITY_BPS = 2 * BPS;
    uint256 private constant MAX_CONTINGENCY_PPM = 100_000;
    /// @dev Nearer than that to nothing, or further than tenfold, the maths is not made for.
    int256 private constant LEAST_SHOCK_BPS = -9_000;
    int256 private constant MOST_SHOCK_BPS = 90_000;
    /// @dev Ten percent a day takes the margin of a tenfold leverage in one.
    uint256 private constant MAX_FUNDING_PPM = 100_000;
    uint256 private constant MINUTES_A_DAY = 1 days / 1 minutes;
    /// @dev Two years: what is priced has a bound, and so has what a volatility can be wrong for.
    uint256 private constant MAX_TENOR_DAYS = 730;
    /// @dev What an id can hold.
    uint256 private constant MAX_STRIKE_DIGITS = 6;

    function checkRisk(InstrumentRisk calldata r) internal pure {
        within("perpetualMaintenancePpm", r.perpetualMaintenancePpm, MIN_RATE_PPM, MAX_RATE_PPM);
        within("perpetualInitialPpm", r.perpetualInitialPpm, r.perpetualMaintenancePpm, MAX_RATE_PPM);
        within("optionMaintenancePpm", r.optionMaintenancePpm, MIN_RATE_PPM, MAX_RATE_PPM);
        // or a short far out of the money would be asked for more to stay than to come
        within("optionFloorPpm", r.optionFloorPpm, r.optionMaintenancePpm, MAX_RATE_PPM);
        within("optionInitialPpm", r.optionInitialPpm, r.optionFloorPpm, MAX_RATE_PPM);
        within("profitMaintenanceBps", r.profitMaintenanceBps, 0, BPS);
        within("profitInitialBps", r.profitInitialBps, r.profitMaintenanceBps, BPS);
        within("longMaintenanceBps", r.longMaintenanceBps, 0, BPS);
        within("longInitialBps", r.longInitialBps, r.longMaintenanceBps, BPS);
    }

    function checkScenarios(ScenarioTerms calldata t) internal pure {
        within("rangeBps", t.rangeBps, MIN_RANGE_BPS, MAX_RANGE_BPS);
        within("stepBps", t.stepBps, (t.rangeBps + LEAST_STEPS - 1) / LEAST_STEPS, t.rangeBps);
        within("initialBps", t.initialBps, BPS, MAX_INITIAL_BPS);
        within("volatilityUpBps", t.volatilityUpBps, MIN_VOLATILITY_BPS, MAX_VOLATILITY_BPS);
        within("volatilityDownBps", t.volatilityDownBps, MIN_VOLATILITY_BPS, MAX_VOLATILITY_BPS);
        within("nakedPpm", t.nakedPpm, 0, MAX_CONTINGENCY_PPM);
        within("basisPpm", t.basisPpm, 0, MAX_CONTINGENCY_PPM);
        for (uint256 i; i < TAILS; ++i) {
            int256 shock = t.tailShocksBps[i];
            if (shock < LEAST_SHOCK_BPS || shock > MOST_SHOCK_BPS) {
                revert IInstrumentPolicy.TailShockOutOfBounds(shock, LEAST_SHOCK_BPS, MOST_SHOCK_BPS);
            }
            within("tailWeightBps", t.tailWeightsBps[i], 0, BPS);
        }
    }

    function checkDelta(DeltaTerms calldata t) internal pure {
        // a floor of nothing is none
        within("moveMaintenancePpm", t.moveMaintenancePpm, t.isFloor ? MIN_RATE_PPM : 0, MAX_RATE_PPM);
        within("moveInitialPpm", t.moveInitialPpm, t.moveMaintenancePpm, MAX_RATE_PPM);
        within("volatilityMaintenanceBps", t.volatilityMaintenanceBps, 0, MAX_VOLATILITY_BPS);
        within("volatilityInitialBps", t.volatilityInitialBps, t.volatilityMaintenanceBps, MAX_VOLATILITY_BPS);
    }

    function checkTrade(TradeTerms calldata t) internal pure {
        within("depth", t.depth, 0, MAX_DEPTH);
        within("perpetualCapBps", t.perpetualCapBps, 0, MAX_CAP_BPS);
        within("optionCapBps", t.optionCapBps, 0, MAX_CAP_BPS);
        within("bandBps", t.bandBps, 1, MAX_BAND_BPS);
        within("takerFeePpm", t.takerFeePpm, 0, MAX_FEE_PPM);
        within("makerFeePpm", t.makerFeePpm, 0, t.takerFeePpm);
        within("fundingPpmPerDay", t.fundingPpmPerDay, 0, MAX_FUNDING_PPM);
        within("expiryMinute", t.expiryMinute, 0, MINUTES_A_DAY - 1);
        within("maxTenorDays", t.maxTenorDays, 0, MAX_TENOR_DAYS);
        within("strikeDigits", t.strikeDigits, 1, MAX_STRIKE_DIGITS);
    }

    function within(bytes32 parameter, uint256 value, uint256 least, uint256 most) internal pure {
        if (value < least || value > most) {
            revert IInstrumentPolicy.InstrumentParameterOutOfBounds(parameter, value, least, most);
        }
    }
}
