// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Haircut} from "../math/Haircut.sol";
import {BPS} from "../math/Units.sol";
import {Assessment, Margin} from "../types/Margin.sol";
import {PositionAssessment} from "../types/PositionAssessment.sol";
import {Price, PriceStatus} from "../types/Price.sol";

/// @notice How one collateral leg is valued and cut.
struct CollateralLeg {
    /// token units
    uint256 amount;
    uint8 decimals;
    /// all of it (`BPS`) where the model has no haircut for the leg: it is worth its price and counts nothing
    uint16 maintenanceHaircutBps;
    uint16 initialHaircutBps;
    /// token units
    uint256 depth;
}

/// @notice Adds collateral legs and cash to an assessment; shared by all margin models.
/// @dev Haircuts go into the requirement, not into equity: a leg of value v of which c counts adds v to `E` and v - c
/// to
/// `R`. Value rounds down and requirement up (docs/risk.md, "Collateral").
library CollateralMargin {
    /// @dev The haircut of what counts nothing.
    uint16 internal constant ALL = uint16(BPS);

    /// @notice An assessment of `cash`, which is worth itself on every side and requires nothing, with room for `legs`.
    function start(int256 cash, uint256 legs) internal pure returns (Assessment memory assessment) {
        assessment.worse.equity = cash;
        assessment.mark.equity = cash;
        assessment.better.equity = cash;
        assessment.legValues = new uint256[](legs);
    }

    /// @param index of the leg in the portfolio, for `downLegs`
    function addLeg(Assessment memory assessment, uint256 index, CollateralLeg memory leg, Price memory price)
        internal
        pure
    {
        if (price.status == PriceStatus.Down) {
            // whatever the dead feed hides, it does not make the account callable: last good side, nothing required
            assessment.downLegs |= 1 << index;
            // fits: prices are below 2**104 and amounts below 2**96
            assessment.better.equity += int256(Haircut.valueDown(leg.amount, price.high, leg.decimals));
            return;
        }
        Margin memory atSpot = _measure(leg, price.spot);
        uint256 value = uint256(atSpot.equity); // fits: a value
        assessment.legValues[index] = value;
        assessment.markCollateral += value;
        _add(assessment.mark, atSpot);
        if (price.status == PriceStatus.Live) {
            _add(assessment.better, atSpot);
            _add(assessment.worse, price.low == price.spot ? atSpot : _measure(leg, price.low));
        } else {
            _add(assessment.better, _measure(leg, price.high));
        }
    }

    /// @notice Adds what positions are worth and require.
    /// @param first index of the first of them among the legs
    function addPositions(Assessment memory assessment, uint256 first, PositionAssessment memory positions)
        internal
        pure
    {
        _add(assessment.worse, positions.worse);
        _add(assessment.mark, positions.mark);
        _add(assessment.better, positions.better);
        for (uint256 i; i < positions.notionals.length; ++i) {
            assessment.legValues[first + i] = positions.notionals[i];
            assessment.markNotional += positions.notionals[i];
        }
        assessment.downLegs |= positions.down << first;
    }

    /// @notice What the leg adds to the excess at the worse prices, quote WAD: never against the account.
    function counted(CollateralLeg memory leg, Price memory price) internal pure returns (int256) {
        if (price.status != PriceStatus.Live || leg.initialHaircutBps == BPS) return 0;
        uint256 value = Haircut.valueDown(leg.amount, price.low, leg.decimals);
        // fits: a value
        return int256(Haircut.countedDown(value, leg.initialHaircutBps, leg.amount, leg.depth));
    }

    function _measure(CollateralLeg memory leg, uint256 price) private pure returns (Margin memory margin) {
        uint256 value = Haircut.valueDown(leg.amount, price, leg.decimals);
        margin.equity = int256(value); // fits: prices are below 2**104 and amounts below 2**96
        margin.initial = _required(leg, value, leg.initialHaircutBps);
        margin.maintenance = _required(leg, value, leg.maintenanceHaircutBps);
    }

    function _required(CollateralLeg memory leg, uint256 value, uint256 haircutBps) private pure returns (uint256) {
        // an asset that is not listed has no depth to divide by
        if (haircutBps == BPS) return value;
        return value - Haircut.countedDown(value, haircutBps, leg.amount, leg.depth);
    }

    function _add(Margin memory sum, Margin memory part) private pure {
        // fit: sums of at most forty values below 2**200, and cash
        unchecked {
            sum.equity += part.equity;
            sum.initial += part.initial;
            sum.maintenance += part.maintenance;
        }
    }
}
