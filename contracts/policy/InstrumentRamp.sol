// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {LinearRamp, Span} from "../math/LinearRamp.sol";
import {InstrumentRisk} from "../types/InstrumentParams.sol";
import {InstrumentWord, toInstrumentWord} from "../types/InstrumentWord.sol";

/// @notice How requirements ramp: what is asked for maintenance where it rises; everything else holds at once.
library InstrumentRamp {
    /// @notice For `WordRamp`.
    /// @dev The slope is in both requirements, so it ramps in both. All casts fit: each is between two that do. Whether
    /// there is a delta floor is what the target says: its terms ramp by themselves (`DeltaRamp`).
    function mix(uint256 target, uint256 from, Span memory span, uint256 at) internal pure returns (uint256) {
        InstrumentRisk memory r = InstrumentWord.wrap(target).risk();
        InstrumentRisk memory f = InstrumentWord.wrap(from).risk();
        r.perpetualMaintenancePpm =
            uint24(LinearRamp.rising(f.perpetualMaintenancePpm, r.perpetualMaintenancePpm, span, at));
        r.perpetualSlope = uint64(LinearRamp.rising(f.perpetualSlope, r.perpetualSlope, span, at));
        r.optionMaintenancePpm = uint24(LinearRamp.rising(f.optionMaintenancePpm, r.optionMaintenancePpm, span, at));
        r.profitMaintenanceBps = uint16(LinearRamp.rising(f.profitMaintenanceBps, r.profitMaintenanceBps, span, at));
        r.longMaintenanceBps = uint16(LinearRamp.rising(f.longMaintenanceBps, r.longMaintenanceBps, span, at));
        bool hasFloor = InstrumentWord.wrap(target).hasDeltaFloor();
        return InstrumentWord.unwrap(toInstrumentWord(r).withDeltaFloor(hasFloor));
    }
}
