// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {LinearRamp, Span} from "../math/LinearRamp.sol";
import {DeltaTerms} from "../types/InstrumentParams.sol";
import {DeltaWord, toDeltaWord} from "../types/DeltaWord.sol";

/// @notice How what net exposure requires ramps: for maintenance where it rises, and from nothing where it becomes a
/// floor. What is only reported asks nobody for anything, and holds at once, as all else does.
library DeltaRamp {
    /// @notice For `WordRamp`. All casts fit: each is between two that do.
    function mix(uint256 target, uint256 from, Span memory span, uint256 at) internal pure returns (uint256) {
        DeltaTerms memory t = DeltaWord.wrap(target).terms();
        if (!t.isFloor) return target;
        DeltaTerms memory f = DeltaWord.wrap(from).terms();
        if (!f.isFloor) (f.moveMaintenancePpm, f.volatilityMaintenanceBps) = (0, 0);
        t.moveMaintenancePpm = uint24(LinearRamp.rising(f.moveMaintenancePpm, t.moveMaintenancePpm, span, at));
        t.volatilityMaintenanceBps =
            uint16(LinearRamp.rising(f.volatilityMaintenanceBps, t.volatilityMaintenanceBps, span, at));
        return DeltaWord.unwrap(toDeltaWord(t));
    }
}
