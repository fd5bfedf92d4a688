// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {BPS} from "../math/Units.sol";
import {TradeCapGrowth, TradeCaps, TradeTerms} from "../types/InstrumentParams.sol";
import {CapGrowth} from "../types/PolicyParams.sol";
import {GrowingCap} from "./GrowingCap.sol";

/// @notice Caps of one underlying: what terms of trade are at once, but for a cap that is raised, which grows.
library TradeCapRules {
    /// @dev Of a cap as it was: whoever may raise caps takes days to make them matter.
    uint256 private constant GROWTH_BPS_PER_DAY = 5_000;

    function capsOf(TradeTerms memory terms) internal pure returns (TradeCaps memory) {
        uint256 depth = terms.depth;
        return TradeCaps(depth * terms.perpetualCapBps / BPS, depth * terms.optionCapBps / BPS, terms.unsettledCap);
    }

    /// @return the caps at the moment, at most `targets`
    function capsNow(TradeCapGrowth memory growth, TradeCaps memory targets) internal view returns (TradeCaps memory) {
        return TradeCaps(
            GrowingCap.capNow(growth.perpetuals, targets.perpetuals),
            GrowingCap.capNow(growth.options, targets.options),
            GrowingCap.capNow(growth.unsettled, targets.unsettled)
        );
    }

    function isBelow(TradeCaps memory a, TradeCaps memory b) internal pure returns (bool) {
        return a.perpetuals < b.perpetuals || a.options < b.options || a.unsettled < b.unsettled;
    }

    /// @notice What a cap of units was is what it grows by half of, and from zero half of where it is to go: nobody
    /// knows what a unit is worth but whoever lists it. What is paid is in quote, of which nobody declares anything.
    function growthTo(TradeCaps memory targets, TradeCaps memory was) internal view returns (TradeCapGrowth memory) {
        return TradeCapGrowth(
            _growth(was.perpetuals, targets.perpetuals, was.perpetuals == 0 ? targets.perpetuals : was.perpetuals),
            _growth(was.options, targets.options, was.options == 0 ? targets.options : was.options),
            _growth(was.unsettled, targets.unsettled, Math.max(was.unsettled, GrowingCap.LEAST_BASIS))
        );
    }

    /// @dev From zero after the wait; what does not rise is there.
    function _growth(uint256 was, uint256 target, uint256 basis) private view returns (CapGrowth memory) {
        // fits: the policy bounds a depth so that its caps do
        if (target <= was) return CapGrowth(uint96(target), 0, uint40(block.timestamp));
        uint256 startsAt = was == 0 ? block.timestamp + GrowingCap.WAIT : block.timestamp;
        return GrowingCap.growthFrom(was, basis, GROWTH_BPS_PER_DAY, startsAt);
    }
}
