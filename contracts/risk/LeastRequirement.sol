// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {LiquidationMath} from "../math/LiquidationMath.sol";
import {CENT} from "../math/Units.sol";
import {Assessment, Margin} from "../types/Margin.sol";
import {InstrumentId} from "../types/InstrumentId.sol";
import {LiquidationWord} from "../types/LiquidationWord.sol";
import {Portfolio} from "../types/Portfolio.sol";

/// @notice The least that an account with positions requires: enough to pay whoever has to close it. A small book, or
/// a spread that can lose nothing, requires less by itself than the least bonus of a liquidation; whoever trades many
/// of them with himself, and has each closed, would be paid the difference out of the reserves (V20).
/// @dev Loans have no need of it: the policy keeps the least debt far above the least bonus, and their haircuts are of
/// the debt.
library LeastRequirement {
    /// @dev Of the least bonus.
    uint256 private constant INITIAL_BONUSES = 4;

    /// @notice Raises what `p` requires to the least, if it can come to owe anything.
    /// @dev Where a leg is Down the account is not to be called for it, and its liquidation is not paid by others: only
    /// opening risk asks for the least then.
    function raise(Assessment memory assessment, Portfolio calldata p, LiquidationWord terms) internal view {
        if (!_mayOwe(p)) return;
        uint256 bonus = terms.floorBonusCents() * CENT;
        _raise(assessment.worse, bonus);
        if (assessment.downLegs != 0) return;
        _raise(assessment.mark, bonus);
        _raise(assessment.better, bonus);
    }

    function _raise(Margin memory side, uint256 bonus) private pure {
        uint256 maintenance = bonus * LiquidationMath.LEAST_MAINTENANCE_BONUSES;
        uint256 initial = bonus * INITIAL_BONUSES;
        if (side.maintenance < maintenance) side.maintenance = maintenance;
        if (side.initial < initial) side.initial = initial;
    }

    /// @dev Who is only long options, and owes nothing, cannot come to owe anything. Nor does what is only to be
    /// settled add to what is owed: an expired option, or the profit or loss of a perpetual that is closed.
    function _mayOwe(Portfolio calldata p) private view returns (bool) {
        if (p.cash < 0) return true;
        for (uint256 i; i < p.positions.length; ++i) {
            (InstrumentId id, int256 size) = (p.positions[i].instrument, p.positions[i].size);
            if (size == 0) continue;
            if (!id.isOption() || (size < 0 && id.expiry() > block.timestamp)) return true;
        }
        return false;
    }
}
