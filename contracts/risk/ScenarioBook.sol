// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {OptionTiming} from "../math/OptionValue.sol";
import {Rounding} from "../math/Rounding.sol";
import {BPS, PPM, WAD} from "../math/Units.sol";
import {Margin} from "../types/Margin.sol";
import {AT_HIGH_END, AT_LOW_END, NOW, ScenarioGrid, Scenarios, SCENARIOS, WorstLoss} from "./Scenarios.sol";

/// @notice One option of a set, as far as what it pays goes.
struct PayoffLeg {
    /// WAD, long > 0
    int256 size;
    /// quote WAD
    uint256 strike;
    bool isCall;
}

/// @notice Options of one expiry, in the order of their strikes: `legs` from the first to before the last.
struct PayoffSet {
    PayoffLeg[] legs;
    uint256 start;
    uint256 end;
    OptionTiming timing;
}

/// @notice Sums of what one underlying's positions are. Products of sizes and prices are quote WAD times WAD.
struct BookSums {
    /// sizes times prices, by scenario, of the options that are still open
    int256[SCENARIOS] outcomes;
    /// perpetuals: size times price
    int256 perpetual;
    /// options that are certain to pay, as far as the index moves them
    int256 certain;
    /// what no scenario moves
    int256 still;
    /// what the options in sets are worth now, and the least that they pay, but for the set that is joined
    int256 setValue;
    int256 leastPayoff;
    bool isUnbounded;
    /// units that are short and not covered, WAD
    uint256 naked;
    /// what the publishers' confidence in volatilities makes of it
    uint256 volatilityDoubt;
    /// what perpetuals gain at the ends of their own band
    int256 perpetualLow;
    int256 perpetualHigh;
    /// what perpetuals require besides scenarios, quote WAD
    uint256 initialBasis;
    uint256 maintenanceBasis;
}

/// @notice What a book adds.
struct BookMargin {
    Margin mark;
    /// at the bad end of the bands, which is what it is worth less at
    Margin worse;
    /// what it is worth more at the good end of the bands, quote WAD
    uint256 gain;
    /// see `WorstLoss`
    uint256 scenario;
    /// quote WAD
    uint256 loss;
}

/// @title The requirement of a book
/// @notice `Rm = min(worst loss + naked, what it can lose) + basis`, and `Ri` the same with the wider range and the
/// policy's factor: docs/risk.md, "Portfolio margin".
library ScenarioBook {
    /// @dev Whole units of linear exposure that no market has: with more of them nothing is bounded.
    int256 private constant MOST_UNITS = 1 << 120;

    /// @param joined the set that is bounded together with what is linear; empty for none
    /// @param index quote WAD, > 0
    /// @param collateral what collateral of the underlying is worth, quote WAD times WAD; not in the equity
    function measure(
        ScenarioGrid memory g,
        BookSums memory s,
        PayoffSet memory joined,
        uint256 index,
        int256 collateral
    ) internal pure returns (BookMargin memory m) {
        // fits: sums of at most 32 values below 2**200
        unchecked {
            int256 linear = s.perpetual + collateral;
            WorstLoss memory w = Scenarios.worst(g, linear + s.certain);
            (m.scenario, m.loss) = (w.scenario, _up(w.maintenance));
            int256 options = g.outcomes[NOW] + s.certain;
            m.mark.equity = Rounding.divFloor(options + s.perpetual + s.still, WAD);
            m.mark.maintenance = m.loss + _naked(g, s.naked, index, g.maintenanceScale);
            m.mark.initial = Rounding.mulDivUp(
                _up(w.initial) + _naked(g, s.naked, index, g.initialScale), g.terms.initialBps(), BPS
            );
            (uint256 most, bool isBounded) = _most(s, joined, index, linear);
            uint256 doubt = _bands(g, s, m, linear + s.certain);
            // what is bounded cannot have lost more, unless perpetuals have left the index
            if (isBounded && s.perpetual == 0) doubt = Math.min(doubt, most);
            m.worse = Margin(m.mark.equity - int256(doubt), m.mark.initial, m.mark.maintenance);
            if (isBounded) {
                _cap(m.mark, most);
                _cap(m.worse, Math.saturatingSub(most, doubt));
            }
            _addBasis(m.mark, s);
            _addBasis(m.worse, s);
        }
    }

    /// @notice What is added of a set of which nothing is joined: `naked`, what it pays at least.
    function close(BookSums memory s, PayoffSet memory set, bool isJoined) internal pure {
        // fits: sums of 32 sizes below 2**96
        unchecked {
            int256 calls;
            int256 puts;
            for (uint256 i = set.start; i < set.end; ++i) {
                PayoffLeg memory leg = set.legs[i];
                if (leg.isCall) calls += leg.size;
                else puts += leg.size;
            }
            // fit: above zero
            if (calls < 0) s.naked += uint256(-calls);
            if (puts < 0) s.naked += uint256(-puts);
            if (isJoined) return;
            (int256 least, bool isBounded) = _leastEver(set, 0);
            s.leastPayoff += least;
            if (!isBounded) s.isUnbounded = true;
        }
    }

    /// @notice The least that a set pays together with `units` of the index, where what it is settled at ends within
    /// `[low, high]`; quote WAD times WAD, rounded down.
    /// @dev It pays by an average of which a part is over, so `low` is no less than that part. Past each strike the
    /// slope changes by the calls that begin and the puts that end there, so the least is at one of them, or at an
    /// end.
    /// @param high `type(uint256).max` for no end
    /// @return least without the end that there is none of
    /// @return found where it is
    /// @return slope at the end
    function leastPayoff(PayoffSet memory set, int256 units, uint256 low, uint256 high)
        internal
        pure
        returns (int256 least, uint256 found, int256 slope)
    {
        // fits: sizes and prices are below 2**97, and slopes below 2**182
        unchecked {
            // with nothing open it pays what it pays
            if (set.timing.open != 0) slope = Rounding.divFloor(units * int256(WAD), set.timing.open);
            least = slope * int256(low - set.timing.known);
            for (uint256 i = set.start; i < set.end; ++i) {
                PayoffLeg memory leg = set.legs[i];
                if (leg.isCall == leg.strike > low) continue;
                least += leg.size * (leg.isCall ? int256(low - leg.strike) : int256(leg.strike - low));
                slope += leg.isCall ? leg.size : -leg.size;
            }
            (uint256 start, int256 payoff) = (low, least);
            found = low;
            for (uint256 i = set.start; i < set.end; ++i) {
                PayoffLeg memory leg = set.legs[i];
                if (leg.strike <= start) continue;
                if (leg.strike >= high) break;
                payoff += slope * int256(leg.strike - low);
                low = leg.strike;
                if (payoff < least) (least, found) = (payoff, low);
                slope += leg.size;
            }
            if (high == type(uint256).max) return (least, found, slope);
            payoff += slope * int256(high - low);
            if (payoff < least) (least, found) = (payoff, high);
        }
    }

    /// @dev What the book can lose at most, perpetuals at the index.
    function _most(BookSums memory s, PayoffSet memory joined, uint256 index, int256 linear)
        private
        pure
        returns (uint256 most, bool isBounded)
    {
        // fits: values below 2**200, units below 2**120 and prices below 2**97
        unchecked {
            if (s.isUnbounded) return (0, false);
            int256 least = s.leastPayoff;
            // fits: an index is below 2**96
            int256 units = Rounding.divFloor(linear, index);
            if (units > MOST_UNITS || units < -MOST_UNITS) return (0, false);
            if (joined.end != joined.start) {
                (int256 together, bool isSetBounded) = _leastEver(joined, units);
                if (!isSetBounded) return (0, false);
                least += together;
            } else if (units < 0) {
                return (0, false);
            }
            return (_up(s.setValue + linear - least), true);
        }
    }

    function _leastEver(PayoffSet memory set, int256 units) private pure returns (int256 least, bool isBounded) {
        int256 slope;
        (least,, slope) = leastPayoff(set, units, set.timing.known, type(uint256).max);
        // with nothing open what is linear stands alone
        isBounded = set.timing.open == 0 ? units >= 0 : slope >= 0;
    }

    /// @return doubt what the book is worth less at the bad end of the bands, quote WAD
    function _bands(ScenarioGrid memory g, BookSums memory s, BookMargin memory m, int256 linear)
        private
        pure
        returns (uint256 doubt)
    {
        // fits: as above
        unchecked {
            // at the ends perpetuals are at their own
            linear -= s.perpetual;
            int256 low = Scenarios.lossIn(g, linear, AT_LOW_END) - s.perpetualLow;
            int256 high = Scenarios.lossIn(g, linear, AT_HIGH_END) - s.perpetualHigh;
            int256 uncertain = int256(s.volatilityDoubt);
            doubt = _up((low > high ? low : high) > 0 ? (low > high ? low : high) + uncertain : uncertain);
            int256 gain = low < high ? -low : -high;
            m.gain = _up(gain > 0 ? gain + uncertain : uncertain);
        }
    }

    /// @dev Dynamic margin scales it as it scales the range.
    function _naked(ScenarioGrid memory g, uint256 units, uint256 index, uint256 scale) private pure returns (uint256) {
        if (units == 0) return 0;
        return Rounding.mulWadUp(Rounding.mulWadUp(units, index), g.terms.nakedPpm() * scale / PPM);
    }

    function _cap(Margin memory margin, uint256 most) private pure {
        margin.initial = Math.min(margin.initial, most);
        margin.maintenance = Math.min(margin.maintenance, most);
    }

    function _addBasis(Margin memory margin, BookSums memory s) private pure {
        margin.initial += s.initialBasis;
        margin.maintenance += s.maintenanceBasis;
    }

    /// @dev To quote WAD; nothing of what is below zero.
    function _up(int256 product) private pure returns (uint256) {
        // fits: above zero
        return product > 0 ? Rounding.divUp(uint256(product), WAD) : 0;
    }
}
