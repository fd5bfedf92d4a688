// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {Rounding} from "../math/Rounding.sol";
import {WAD} from "../math/Units.sol";
import {Margin} from "../types/Margin.sol";

/// @notice One option of a set, with what it adds on its own at the three sets of prices.
struct OptionLeg {
    /// WAD, long > 0
    int256 size;
    /// quote WAD
    uint256 strike;
    bool isCall;
    Margin worse;
    Margin mark;
    Margin better;
}

/// @notice Options of one underlying and expiry: together they require no more than they can lose.
/// @dev What they pay at expiry is a line with bends at the strikes, so its least is found by walking along them once.
/// It has one unless more calls are short than long; those on top, at the highest strikes, require what they do alone.
library OptionSet {
    /// @notice What the bound of a set is made of, whatever the prices.
    struct Bound {
        /// least that the covered legs pay at expiry, quote WAD, rounded down
        int256 leastPayoff;
        /// of each leg the part that nothing covers, WAD units
        uint256[] naked;
    }

    /// @notice The bound of the first `count` legs, which are in the order of their strikes.
    function boundOf(OptionLeg[] memory legs, uint256 count) internal pure returns (Bound memory bound) {
        bound.naked = new uint256[](count);
        int256 netCalls;
        for (uint256 i; i < count; ++i) {
            if (legs[i].isCall) netCalls += legs[i].size;
        }
        for (uint256 i = count; i != 0 && netCalls < 0; --i) {
            OptionLeg memory leg = legs[i - 1];
            if (!leg.isCall || leg.size >= 0) continue;
            // fit: both are negative
            uint256 taken = Math.min(uint256(-netCalls), uint256(-leg.size));
            bound.naked[i - 1] = taken;
            netCalls += int256(taken);
        }
        bound.leastPayoff = _leastPayoff(legs, count, bound.naked);
    }

    /// @notice What the set adds: equity in full, and of the requirements no more than it can lose from there.
    /// @param sideOf which of the three margins of a leg
    function total(
        OptionLeg[] memory legs,
        uint256 count,
        Bound memory bound,
        function(OptionLeg memory) pure returns (Margin memory) sideOf
    ) internal pure returns (Margin memory sum) {
        Margin memory naked;
        for (uint256 i; i < count; ++i) {
            Margin memory one = sideOf(legs[i]);
            sum.equity += one.equity;
            sum.initial += one.initial;
            sum.maintenance += one.maintenance;
            uint256 part = bound.naked[i];
            if (part == 0) continue;
            uint256 size = Rounding.magnitude(legs[i].size);
            // towards a larger loss of what is covered
            // fit: what one leg adds is below 2**140, and a part of its size below 2**96
            naked.equity += Rounding.divFloor(one.equity * int256(part), size);
            naked.initial += Rounding.divUp(one.initial * part, size);
            naked.maintenance += Rounding.divUp(one.maintenance * part, size);
        }
        int256 loss = sum.equity - naked.equity - bound.leastPayoff;
        // fits: above zero
        uint256 most = loss > 0 ? uint256(loss) : 0;
        sum.initial = Math.min(sum.initial, naked.initial + most);
        sum.maintenance = Math.min(sum.maintenance, naked.maintenance + most);
    }

    /// @notice What the covered part of the set can lose from the prices of a side, quote WAD.
    /// @param sideOf which of the three margins of a leg
    function lossOf(
        OptionLeg[] memory legs,
        uint256 count,
        Bound memory bound,
        function(OptionLeg memory) pure returns (Margin memory) sideOf
    ) internal pure returns (uint256) {
        int256 loss = -bound.leastPayoff;
        for (uint256 i; i < count; ++i) {
            int256 equity = sideOf(legs[i]).equity;
            loss += equity;
            uint256 part = bound.naked[i];
            // fit: as in `total`
            if (part != 0) loss -= Rounding.divFloor(equity * int256(part), Rounding.magnitude(legs[i].size));
        }
        // fits: above zero
        return loss > 0 ? uint256(loss) : 0;
    }

    /* SIDES */

    function worseOf(OptionLeg memory leg) internal pure returns (Margin memory) {
        return leg.worse;
    }

    function markOf(OptionLeg memory leg) internal pure returns (Margin memory) {
        return leg.mark;
    }

    function betterOf(OptionLeg memory leg) internal pure returns (Margin memory) {
        return leg.better;
    }

    /// @dev At zero puts pay their strikes; from there on the slope changes at each strike, by the puts that end there
    /// and the calls that begin. Past the last strike it is not negative.
    function _leastPayoff(OptionLeg[] memory legs, uint256 count, uint256[] memory naked)
        private
        pure
        returns (int256 least)
    {
        int256 payoff;
        int256 slope;
        for (uint256 i; i < count; ++i) {
            if (legs[i].isCall) continue;
            // fits: sizes and strikes are below 2**96
            payoff += legs[i].size * int256(legs[i].strike);
            slope -= legs[i].size;
        }
        least = payoff;
        uint256 at;
        for (uint256 i; i < count; ++i) {
            OptionLeg memory leg = legs[i];
            payoff += slope * int256(leg.strike - at);
            if (payoff < least) least = payoff;
            at = leg.strike;
            slope += leg.size + int256(naked[i]);
        }
        least = Rounding.divFloor(least, WAD);
    }
}
