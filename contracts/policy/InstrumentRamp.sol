// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {LinearRamp, Span} from "../math/LinearRamp.sol";
import {InstrumentRisk} from "../types/InstrumentParams.sol";
import {InstrumentWord, toInstrumentWord} from "../types/InstrumentWord.sol";

/// @dev Requirements on their way from `from` to `target`. Where `target` is not flagged no other slot is read.
struct RampedInstrument {
    InstrumentWord target;
    InstrumentWord from;
    Span span;
}

/// @notice What positions require for maintenance ramps where it rises; everything else holds at once.
library InstrumentRamp {
    function riskNow(RampedInstrument storage r) internal view returns (InstrumentRisk memory risk) {
        InstrumentWord target = r.target;
        risk = target.risk();
        if (!target.isRamping()) return risk;
        Span memory span = r.span;
        if (block.timestamp < span.endsAt) _takeBack(risk, r.from.risk(), span, block.timestamp);
    }

    /// @notice Never flagged as ramping: where something ramps, this is what holds at the moment.
    function wordNow(RampedInstrument storage r) internal view returns (InstrumentWord) {
        InstrumentWord target = r.target;
        return target.isRamping() ? toInstrumentWord(riskNow(r), false) : target;
    }

    function targetOf(RampedInstrument storage r)
        internal
        view
        returns (InstrumentRisk memory target, InstrumentRisk memory from, Span memory span)
    {
        target = r.target.risk();
        if (r.target.isRamping()) (from, span) = (r.from.risk(), r.span);
    }

    function setAtOnce(RampedInstrument storage r, InstrumentRisk memory risk) internal {
        r.target = toInstrumentWord(risk, false);
    }

    /// @return ramping whether anything in `risk` asks existing positions for more
    function setRamped(RampedInstrument storage r, InstrumentRisk memory risk, Span memory span)
        internal
        returns (bool ramping)
    {
        InstrumentRisk memory was = riskNow(r);
        InstrumentWord target = toInstrumentWord(risk, false);
        InstrumentRisk memory first = target.risk();
        _takeBack(first, was, span, span.startedAt);
        ramping = InstrumentWord.unwrap(toInstrumentWord(first, false)) != InstrumentWord.unwrap(target);
        r.target = toInstrumentWord(risk, ramping);
        if (ramping) (r.from, r.span) = (toInstrumentWord(was, false), span);
    }

    function settle(RampedInstrument storage r) internal returns (bool settled) {
        InstrumentWord target = r.target;
        settled = target.isRamping() && block.timestamp >= r.span.endsAt;
        if (settled) r.target = toInstrumentWord(target.risk(), false);
    }

    /// @dev The slope is in both requirements, so it ramps in both. All casts fit: each is between two that do.
    function _takeBack(InstrumentRisk memory r, InstrumentRisk memory from, Span memory span, uint256 at) private pure {
        r.perpetualMaintenancePpm =
            uint24(LinearRamp.rising(from.perpetualMaintenancePpm, r.perpetualMaintenancePpm, span, at));
        r.perpetualSlope = uint64(LinearRamp.rising(from.perpetualSlope, r.perpetualSlope, span, at));
        r.optionMaintenancePpm = uint24(LinearRamp.rising(from.optionMaintenancePpm, r.optionMaintenancePpm, span, at));
        r.profitMaintenanceBps = uint16(LinearRamp.rising(from.profitMaintenanceBps, r.profitMaintenanceBps, span, at));
        r.longMaintenanceBps = uint16(LinearRamp.rising(from.longMaintenanceBps, r.longMaintenanceBps, span, at));
    }
}
