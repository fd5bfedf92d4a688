// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Rounding} from "../math/Rounding.sol";
import {BPS, PPM} from "../math/Units.sol";
import {DeltaWord} from "../types/DeltaWord.sol";
import {Greeks} from "../types/Greeks.sol";
import {Margin} from "../types/Margin.sol";
import {StandardRates} from "./StandardRates.sol";

/// @notice What a net exposure loses when index and volatility move against it: docs/risk.md, "Delta margin".
/// @dev No product passes 2**240: exposures are those of 32 positions, so a delta is below 2**101, a vega below 2**138,
/// and a gamma times the index below 2**125 of a WAD; an index is below 2**97, and what terms and scales move by is
/// below 2**66.
library DeltaMargin {
    /// @notice Quote WAD, rounded up.
    /// @param index quote WAD
    /// @param movePpm how far the index moves, of it, and
    /// @param volatilityBps how far volatility does, of 1.00, both before
    /// @param scale of dynamic margin, WAD
    function requirementOf(Greeks memory g, uint256 index, uint256 movePpm, uint256 volatilityBps, uint256 scale)
        internal
        pure
        returns (uint256 required)
    {
        uint256 move = Rounding.mulWadUp(index, movePpm * scale / PPM);
        required = Rounding.mulWadUp(Rounding.magnitude(g.delta), move)
            + Rounding.mulWadUp(Rounding.magnitude(g.vega), volatilityBps * scale / BPS);
        // whoever is long gamma gains by a move of either sign: that covers nothing
        if (g.gamma >= 0) return required;
        required += Rounding.divUp(Rounding.mulWadUp(Rounding.mulWadUp(Rounding.magnitude(g.gamma), move), move), 2);
    }

    /// @notice Both requirements by `terms`, no equity.
    function requirementsOf(Greeks memory g, uint256 index, DeltaWord terms, StandardRates memory rates)
        internal
        pure
        returns (Margin memory m)
    {
        m.initial = requirementOf(g, index, terms.moveInitialPpm(), terms.volatilityInitialBps(), rates.initialScale);
        m.maintenance = requirementOf(
            g, index, terms.moveMaintenancePpm(), terms.volatilityMaintenanceBps(), rates.maintenanceScale
        );
    }
}
