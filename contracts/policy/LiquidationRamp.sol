// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {LinearRamp, Span} from "../math/LinearRamp.sol";
import {LiquidationWord, toLiquidationWord} from "../types/LiquidationWord.sol";
import {LiquidationTerms} from "../types/PolicyParams.sol";

/// @dev Terms on their way from `from` to `target`. Where `target` is not flagged there is no other slot to read.
struct RampedTerms {
    LiquidationWord target;
    LiquidationWord from;
    Span span;
}

/// @notice Terms of calls and liquidations: a field that turns against the accounts ramps, one that turns in their
/// favour holds at once.
library LiquidationRamp {
    /// @param terms written to: see `LiquidationWord.writeTo`
    function writeTermsNow(RampedTerms storage r, LiquidationTerms memory terms) internal view {
        LiquidationWord target = r.target;
        target.writeTo(terms);
        if (!target.isRamping()) return;
        Span memory span = r.span;
        if (block.timestamp < span.endsAt) _takeBack(terms, r.from.terms(), span, block.timestamp);
    }

    /// @notice Never flagged as ramping: where something ramps, these are the terms at the moment.
    function wordNow(RampedTerms storage r) internal view returns (LiquidationWord) {
        LiquidationWord target = r.target;
        if (!target.isRamping()) return target;
        LiquidationTerms memory terms;
        writeTermsNow(r, terms);
        return toLiquidationWord(terms, false);
    }

    function targetOf(RampedTerms storage r)
        internal
        view
        returns (LiquidationTerms memory target, LiquidationTerms memory from, Span memory span)
    {
        target = r.target.terms();
        if (r.target.isRamping()) (from, span) = (r.from.terms(), r.span);
    }

    function setAtOnce(RampedTerms storage r, LiquidationTerms memory terms) internal {
        r.target = toLiquidationWord(terms, false);
    }

    /// @return span zero where nothing in `terms` turns against the accounts: then all of it holds at once
    function setRamped(RampedTerms storage r, LiquidationTerms memory terms, Span memory span_)
        internal
        returns (Span memory span)
    {
        LiquidationTerms memory was;
        writeTermsNow(r, was);
        LiquidationWord target = toLiquidationWord(terms, false);
        LiquidationTerms memory first = target.terms();
        _takeBack(first, was, span_, span_.startedAt);
        bool ramping = LiquidationWord.unwrap(toLiquidationWord(first, false)) != LiquidationWord.unwrap(target);
        r.target = toLiquidationWord(terms, ramping);
        if (!ramping) return span;
        (r.from, r.span) = (toLiquidationWord(was, false), span_);
        return span_;
    }

    function settle(RampedTerms storage r) internal returns (bool settled) {
        LiquidationWord target = r.target;
        settled = target.isRamping() && block.timestamp >= r.span.endsAt;
        if (settled) r.target = toLiquidationWord(target.terms(), false);
    }

    /// @dev Takes `t` back to where it is on its way at `timestamp`: the table of docs/risk.md, "Changes of policy".
    /// Terms between two that are within their bounds are within them too: a bound between two fields is one between
    /// two that ramp together, or holds at both ends of the one that does. All fit: each is between two that do.
    function _takeBack(LiquidationTerms memory t, LiquidationTerms memory from, Span memory span, uint256 timestamp)
        private
        pure
    {
        t.bonusMinBps = uint16(LinearRamp.rising(from.bonusMinBps, t.bonusMinBps, span, timestamp));
        t.bonusMaxBps = uint16(LinearRamp.rising(from.bonusMaxBps, t.bonusMaxBps, span, timestamp));
        t.feeBps = uint16(LinearRamp.rising(from.feeBps, t.feeBps, span, timestamp));
        t.kappaBps = uint16(LinearRamp.rising(from.kappaBps, t.kappaBps, span, timestamp));
        t.targetHealthBps = uint16(LinearRamp.rising(from.targetHealthBps, t.targetHealthBps, span, timestamp));
        t.criticalHealthBps = uint16(LinearRamp.rising(from.criticalHealthBps, t.criticalHealthBps, span, timestamp));
        t.cureBufferBps = uint16(LinearRamp.rising(from.cureBufferBps, t.cureBufferBps, span, timestamp));
        t.bonusRamp = uint32(LinearRamp.falling(from.bonusRamp, t.bonusRamp, span, timestamp));
        t.maxGrace = uint32(LinearRamp.falling(from.maxGrace, t.maxGrace, span, timestamp));
        t.callFeeCents = uint32(LinearRamp.rising(from.callFeeCents, t.callFeeCents, span, timestamp));
        t.floorBonusCents = uint32(LinearRamp.rising(from.floorBonusCents, t.floorBonusCents, span, timestamp));
        t.socialisationCapBps =
            uint16(LinearRamp.rising(from.socialisationCapBps, t.socialisationCapBps, span, timestamp));
    }
}
