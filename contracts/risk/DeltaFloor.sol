// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {Rounding} from "../math/Rounding.sol";
import {DeltaWord} from "../types/DeltaWord.sol";
import {Greeks} from "../types/Greeks.sol";
import {Margin, Sides} from "../types/Margin.sol";
import {PositionAssessment} from "../types/PositionAssessment.sol";
import {Price, PriceStatus} from "../types/Price.sol";
import {DeltaMargin} from "./DeltaMargin.sol";
import {OptionLeg, OptionSet} from "./OptionSet.sol";
import {StandardRates} from "./StandardRates.sol";

/// @notice The positions of one underlying whose net exposure is a floor, while they are looked at. What is Down is
/// not among them.
struct DeltaFloor {
    DeltaWord terms;
    /// at spot
    Greeks greeks;
    /// notional of perpetuals and of calls that nothing covers, quote WAD
    uint256 notional;
    /// what all sets of options can lose from the prices of each side, quote WAD; no side means anything that is not
    /// asked for
    uint256 worse;
    uint256 mark;
    uint256 better;
    /// what the underlyings before this one require
    Margin worseBefore;
    Margin markBefore;
    Margin betterBefore;
}

using DeltaFloors for DeltaFloor global;

/// @title Delta margin as the floor of standard margin
/// @notice An underlying requires no less than its net exposure does, but for that no more than its positions can lose:
/// what their sets can, with the notional of perpetuals and of calls that nothing covers.
library DeltaFloors {
    /// @notice A list of one, so that there is room for it only where there is a floor.
    /// @param sum of the underlyings before
    function begin(DeltaWord terms, PositionAssessment memory sum) internal pure returns (DeltaFloor[] memory floors) {
        floors = new DeltaFloor[](1);
        DeltaFloor memory f = floors[0];
        f.terms = terms;
        (f.worseBefore, f.markBefore, f.betterBefore) = (_copy(sum.worse), _copy(sum.mark), _copy(sum.better));
    }

    function addPerpetual(DeltaFloor memory f, int256 size, uint256 price) internal pure {
        f.greeks.delta += size;
        _addNotional(f, Rounding.magnitude(size), price);
    }

    /// @notice Adds what the first `count` legs, which are a set, can lose; the exposures are the caller's to add.
    /// @param index spot, quote WAD
    function addSet(
        DeltaFloor memory f,
        OptionLeg[] memory legs,
        uint256 count,
        OptionSet.Bound memory bound,
        uint256 index
    ) internal pure {
        f.worse += OptionSet.lossOf(legs, count, bound, OptionSet.worseOf);
        f.mark += OptionSet.lossOf(legs, count, bound, OptionSet.markOf);
        f.better += OptionSet.lossOf(legs, count, bound, OptionSet.betterOf);
        uint256 naked;
        for (uint256 i; i < count; ++i) {
            naked += bound.naked[i];
        }
        _addNotional(f, naked, index);
    }

    /// @notice Ends the underlying: raises what its positions added to `sum` at `sides`.
    /// @dev What is required for new risk on an index that is in doubt is all that can be lost, as a perpetual's own
    /// price in doubt asks for its notional. Where the index is Down no exposure is known, and the rest asks for
    /// nothing.
    function raise(
        DeltaFloor memory f,
        PositionAssessment memory sum,
        Sides sides,
        Price memory index,
        StandardRates memory rates
    ) internal pure {
        Margin memory floor;
        if (index.status != PriceStatus.Down) {
            floor = DeltaMargin.requirementsOf(f.greeks, index.spot, f.terms, rates);
        }
        if (sides != Sides.Worse) {
            _raise(sum.mark, f.markBefore, floor, f.mark + f.notional);
            _raise(sum.better, f.betterBefore, floor, f.better + f.notional);
        }
        if (sides == Sides.Held) return;
        if (index.status != PriceStatus.Live) floor.initial = type(uint256).max;
        _raise(sum.worse, f.worseBefore, floor, f.worse + f.notional);
    }

    function _raise(Margin memory side, Margin memory before, Margin memory floor, uint256 most) private pure {
        side.initial = Math.max(side.initial, before.initial + Math.min(floor.initial, most));
        side.maintenance = Math.max(side.maintenance, before.maintenance + Math.min(floor.maintenance, most));
    }

    /// @dev Rounded up: it is what is required for.
    function _addNotional(DeltaFloor memory f, uint256 units, uint256 price) private pure {
        f.notional += Rounding.mulWadUp(units, price);
    }

    /// @dev What is summed into moves on.
    function _copy(Margin memory m) private pure returns (Margin memory) {
        return Margin(m.equity, m.initial, m.maintenance);
    }
}
