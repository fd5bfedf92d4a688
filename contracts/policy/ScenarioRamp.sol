// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {LinearRamp, Span} from "../math/LinearRamp.sol";
import {ScenarioTerms, TAILS} from "../types/InstrumentParams.sol";
import {ScenarioWord, toScenarioWord} from "../types/ScenarioWord.sol";

/// @notice How a scenario grid ramps. What can only ask for more as it rises holds at once where it falls; where the
/// scenarios themselves are moved, some books are asked for more whichever way, so that ramps both ways. What initial
/// margin is of maintenance margin holds at once.
library ScenarioRamp {
    /// @dev More than any shock is below zero.
    int256 private constant LIFT = 1 << 23;

    /// @notice For `WordRamp`. All casts fit: each is between two that do.
    function mix(uint256 target, uint256 from, Span memory span, uint256 at) internal pure returns (uint256) {
        ScenarioTerms memory t = ScenarioWord.wrap(target).terms();
        ScenarioTerms memory f = ScenarioWord.wrap(from).terms();
        t.rangeBps = uint16(LinearRamp.rising(f.rangeBps, t.rangeBps, span, at));
        t.nakedPpm = uint24(LinearRamp.rising(f.nakedPpm, t.nakedPpm, span, at));
        t.basisPpm = uint24(LinearRamp.rising(f.basisPpm, t.basisPpm, span, at));
        t.stepBps = uint16(LinearRamp.at(f.stepBps, t.stepBps, span, at));
        t.volatilityUpBps = uint16(LinearRamp.at(f.volatilityUpBps, t.volatilityUpBps, span, at));
        t.volatilityDownBps = uint16(LinearRamp.at(f.volatilityDownBps, t.volatilityDownBps, span, at));
        for (uint256 i; i < TAILS; ++i) {
            t.tailShocksBps[i] = _between(f.tailShocksBps[i], t.tailShocksBps[i], span, at);
            t.tailWeightsBps[i] = uint16(LinearRamp.rising(f.tailWeightsBps[i], t.tailWeightsBps[i], span, at));
        }
        return ScenarioWord.unwrap(toScenarioWord(t));
    }

    function _between(int256 from, int256 to, Span memory span, uint256 at) private pure returns (int24) {
        return int24(int256(LinearRamp.at(uint256(from + LIFT), uint256(to + LIFT), span, at)) - LIFT);
    }
}
