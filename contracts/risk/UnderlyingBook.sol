// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {Volatility} from "../interfaces/IVolatilityFeed.sol";
import {NaturalLog} from "../math/NaturalLog.sol";
import {OptionTiming, OptionValue} from "../math/OptionValue.sol";
import {Rounding} from "../math/Rounding.sol";
import {Svi} from "../math/Svi.sol";
import {BPS, PPM, WAD} from "../math/Units.sol";
import {InstrumentId, InstrumentKind} from "../types/InstrumentId.sol";
import {Margin} from "../types/Margin.sol";
import {Position} from "../types/Portfolio.sol";
import {Price, PriceStatus} from "../types/Price.sol";
import {ScenarioWord} from "../types/ScenarioWord.sol";
import {BookMargin, BookSums, PayoffLeg, PayoffSet, ScenarioBook} from "./ScenarioBook.sol";
import {HIGH_END, LOW_END, NOW, PIN, ScenarioGrid, ScenarioOption, Scenarios, SCENARIOS} from "./Scenarios.sol";
import {StandardRates} from "./StandardRates.sol";

/// @notice The positions of one underlying while they are looked at.
struct Book {
    address indexKey;
    address perpetualKey;
    Price index;
    StandardRates rates;
    ScenarioGrid grid;
    /// of what is measured at mark, and apart from it of what is Down
    BookSums sums;
    BookSums down;
    /// one of the two, that of the open expiry
    BookSums open;
    /// the worst of the prices that any position needs
    PriceStatus status;
    /// the set of the first expiry that has a price: what is linear is bounded with it
    PayoffSet joined;
    /// of the open expiry
    Volatility volatility;
    PriceStatus setStatus;
    PayoffSet set;
    /// what volatility is multiplied and divided by, WAD
    uint256 raise;
    uint256 fall;
    int256[3] before;
    /// what short options may cost at most and what settled ones pay, quote WAD times WAD
    uint256 mostPaid;
    int256 settled;
    /// intrinsic value at the good end of the band of what has no price, quote WAD times WAD
    int256 unknownGood;
    /// on a doubtful price what the perpetual is worth and requires for new risk
    Margin perpetualAtWorst;
}

/// @title Filling a book
library UnderlyingBook {
    using Scenarios for ScenarioGrid;

    /// @dev A volatility a month before expiry moves as the policy says: far from it less, near it more, down to a
    /// day.
    uint256 private constant TENOR = 30 days;
    uint256 private constant LEAST_TENOR = 1 days;
    /// @dev One, for parts of a shock.
    uint256 private constant PART = 1e9;
    /// @dev The grid of an underlying that has none: moves of 90 % in steps of a quarter of that, volatility tripled
    /// and cut to a third, tails of -90 % and +500 % in full, contingencies of all there is, and initial margin twice
    /// that.
    ScenarioWord private constant HARSHEST =
        ScenarioWord.wrap(0x9c40c3509c404e209c43dcd89c43dcd8f4240f42404e204e204e2008ca232800);
    /// @dev Pins are looked for as far as the moves of an even step go.
    uint256 private constant PIN_NODES = 4;

    /// @notice Opens a book in the grid of `terms`.
    /// @param most positions of it
    function begin(Book memory b, ScenarioWord terms, uint256 most) internal pure {
        b.status = PriceStatus.Live;
        if (ScenarioWord.unwrap(terms) == 0) terms = HARSHEST;
        b.grid = Scenarios.build(terms, b.rates.initialScale, b.rates.maintenanceScale);
        b.set.legs = new PayoffLeg[](most);
        b.sums.outcomes = b.grid.outcomes;
        if (b.index.status == PriceStatus.Down) return;
        Price memory index = b.index;
        if (index.low != index.spot) b.grid.setPrice(LOW_END, index.low, index.spot);
        if (index.high != index.spot) b.grid.setPrice(HIGH_END, index.high, index.spot);
    }

    function addPerpetual(Book memory b, int256 size, int256 costBasis, Price memory price) internal pure {
        // fit: sizes and prices are below 2**97, a cost below 2**180
        unchecked {
            _lower(b, price.status);
            BookSums memory s = price.status == PriceStatus.Down ? b.down : b.sums;
            int256 value = size * int256(price.spot);
            s.perpetual += value;
            s.still -= costBasis * int256(WAD);
            s.perpetualLow += size * int256(price.low) - value;
            s.perpetualHigh += size * int256(price.high) - value;

            _addBasis(b, s, notionalOf(size, price.spot), Rounding.magnitude(size));
            int256 gained = Rounding.divFloor(value, WAD) - costBasis;
            // fits: above zero
            if (gained > 0) _addProfit(b, s, uint256(gained));
            Margin memory worst = b.rates.perpetual(size, costBasis, size > 0 ? price.low : price.high);
            if (price.status != PriceStatus.Live) {
                worst.initial = Math.max(worst.initial, notionalOf(size, price.high));
            }
            add(b.perpetualAtWorst, worst);
        }
    }

    /// @dev What is large is hard to close, as in standard margin.
    function _addBasis(Book memory b, BookSums memory s, uint256 notional, uint256 units) private pure {
        StandardRates memory rates = b.rates;
        uint256 basisPpm = b.grid.terms.basisPpm();
        uint256 slope = Rounding.mulWadUp(units, rates.terms.perpetualSlope());
        uint256 initial = Rounding.mulWadUp(notional, basisPpm * rates.initialScale / PPM + slope);
        s.initialBasis += Rounding.mulDivUp(initial, b.grid.terms.initialBps(), BPS);
        s.maintenanceBasis += Rounding.mulWadUp(notional, basisPpm * rates.maintenanceScale / PPM + slope);
    }

    /// @dev What counts nothing of a profit that nobody has paid yet.
    function _addProfit(Book memory b, BookSums memory s, uint256 profit) private pure {
        s.initialBasis += Rounding.mulDivUp(profit, b.rates.terms.profitInitialBps(), BPS);
        s.maintenanceBasis += Rounding.mulDivUp(profit, b.rates.terms.profitMaintenanceBps(), BPS);
    }

    /// @notice Takes the options of `expiry`, with which `positions` begin, as the open set.
    /// @return count how many they are; out of order they would be a set of their own: less is netted, never more
    function load(Book memory b, Position[] calldata positions, uint256 expiry) internal pure returns (uint256 count) {
        PayoffSet memory set = b.set;
        (PayoffLeg[] memory legs, uint256 end) = (set.legs, set.end);
        set.start = end;
        uint256 last;
        // fit: counts of positions
        unchecked {
            for (; count < positions.length; ++count) {
                Position calldata position = positions[count];
                InstrumentId id = position.instrument;
                uint256 within = id.withinUnderlying();
                if (within <= last || id.expiry() != expiry) break;
                last = within;
                legs[end++] = PayoffLeg(position.size, id.strike(), id.kind() == InstrumentKind.Call);
            }
        }
        set.end = end;
    }

    /// @notice Opens an expiry that is not over, of which the set was loaded.
    function openSet(Book memory b, Volatility memory volatility, OptionTiming memory timing) internal pure {
        // fit: shocks are at most two, a tenor below two and a half
        unchecked {
            PriceStatus index = b.index.status;
            (b.volatility, b.set.timing) = (volatility, timing);
            b.setStatus = index < volatility.status ? index : volatility.status;
            if (!volatility.svi.isKnown()) b.setStatus = PriceStatus.Down;
            b.open = b.setStatus == PriceStatus.Down ? b.down : b.sums;
            ScenarioGrid memory g = b.grid;
            g.outcomes = b.open.outcomes;
            (uint256 lower, uint256 higher) = g.volatilitiesOf();
            (b.before[0], b.before[1], b.before[2]) = (g.outcomes[NOW], g.outcomes[lower], g.outcomes[higher]);
            uint256 tenor = Math.sqrt(Math.sqrt(TENOR * WAD ** 2 / Math.max(timing.effective, LEAST_TENOR)) * WAD);
            b.raise = WAD + g.terms.volatilityUpBps() * tenor / BPS;
            b.fall = WAD + g.terms.volatilityDownBps() * tenor / BPS;
            g.setForward(_forward(b));
            if (b.setStatus != PriceStatus.Down && b.joined.end == 0) _pin(b);
        }
    }

    /// @notice Tries one price more, where the first set pays least of all prices within even steps, together with the
    /// perpetual: as time runs out, what a book is worth dips there, between two moves of the grid, where nobody would
    /// see it.
    function _pin(Book memory b) private pure {
        OptionTiming memory t = b.set.timing;
        uint256 spot = b.index.spot;
        if (t.open == 0) return;
        // fit: a price, and a distance below four
        uint256 distance = spot * b.grid.distances[PIN_NODES] / WAD;
        uint256 low = t.known + Math.saturatingSub(spot, distance) * t.open / WAD;
        uint256 high = t.known + (spot + distance) * t.open / WAD;
        (, uint256 found,) = ScenarioBook.leastPayoff(b.set, Rounding.divFloor(b.sums.perpetual, spot), low, high);
        // the moves see the ends
        if (found == low || found == high) return;
        b.grid.setPrice(PIN, (found - t.known) * WAD / t.open, spot);
        b.grid.forwards[PIN] = b.grid.forward * b.grid.factors[PIN] / WAD;
    }

    /// @notice Adds an option of the open expiry.
    function addOption(Book memory b, PayoffLeg memory leg) internal pure {
        // fit: sizes and prices are below 2**97
        unchecked {
            if (_isUnknown(b)) return addUnknown(b, leg);
            _lower(b, b.setStatus);
            _addMost(b, leg);
            BookSums memory s = b.open;
            OptionTiming memory t = b.set.timing;
            uint256 forward = b.grid.forward;
            int256 value;
            if (forward == 0 || leg.strike <= t.known) {
                // a call that is certain to pay is a forward, and all else pays what it pays
                uint256 pays = OptionValue.payoff(leg.isCall, forward + t.known, leg.strike);
                value = leg.size * int256(pays);
                int256 moving = leg.isCall && pays != 0 ? leg.size * int256(forward) : int256(0);
                s.certain += moving;
                s.still += value - moving;
            } else {
                value = b.grid.addOption(_optionOf(b, leg));
            }
            s.setValue += value;
        }
    }

    /// @notice Adds an expired option whose settlement price is known.
    function addSettled(Book memory b, PayoffLeg memory leg, uint256 price) internal pure {
        // fits: as above
        unchecked {
            int256 pays = leg.size * int256(OptionValue.payoff(leg.isCall, price, leg.strike));
            b.settled += pays;
            b.sums.still += pays;
        }
    }

    /// @notice Adds an option that nobody can price: left out at mark, at the better side it pays at once.
    function addUnknown(Book memory b, PayoffLeg memory leg) internal pure {
        _lower(b, PriceStatus.Down);
        _addMost(b, leg);
        // what gains with the index is worth most where that is high
        uint256 good = (leg.size > 0) == leg.isCall ? b.index.high : b.index.low;
        b.unknownGood += leg.size * int256(OptionValue.payoff(leg.isCall, good, leg.strike));
    }

    /// @notice Closes the open expiry.
    function closeSet(Book memory b) internal pure {
        if (_isUnknown(b)) return;
        PayoffSet memory set = b.set;
        BookSums memory s = b.open;
        bool isJoined = b.setStatus != PriceStatus.Down && b.joined.end == 0;
        if (isJoined) b.joined = PayoffSet(set.legs, set.start, set.end, set.timing);
        ScenarioBook.close(s, set, isJoined);
        uint256 confidence = b.volatility.confidenceBps;
        if (confidence != 0) s.volatilityDoubt += _doubtOf(b, confidence);
    }

    /// @param value of collateral of the underlying that is inside, quote WAD
    function measure(Book memory b, uint256 value) internal pure returns (BookMargin memory) {
        b.grid.outcomes = b.sums.outcomes;
        uint256 index = Math.max(b.index.spot, 1);
        // fits: below 2**120
        return ScenarioBook.measure(b.grid, b.sums, b.joined, index, int256(value * WAD));
    }

    /// @notice From now on what is Down is measured as it was known last, without its contingency: new risk it is
    /// none.
    function admitDown(Book memory b) internal pure {
        // fit: sums of two that do
        unchecked {
            (BookSums memory s, BookSums memory d) = (b.sums, b.down);
            for (uint256 i; i < SCENARIOS; ++i) {
                s.outcomes[i] += d.outcomes[i];
            }
            s.perpetual += d.perpetual;
            s.certain += d.certain;
            s.still += d.still;
            s.setValue += d.setValue;
            s.leastPayoff += d.leastPayoff;
            s.isUnbounded = s.isUnbounded || d.isUnbounded;
            s.volatilityDoubt += d.volatilityDoubt;
            s.perpetualLow += d.perpetualLow;
            s.perpetualHigh += d.perpetualHigh;
            s.initialBasis += d.initialBasis;
            s.maintenanceBasis += d.maintenanceBasis;
        }
    }

    /// @notice What the positions count for new risk on doubtful prices: long options nothing, short ones all that
    /// they may pay, and a perpetual that is in doubt its notional.
    function atWorst(Book memory b) internal pure returns (Margin memory m) {
        m.initial = Rounding.divUp(b.mostPaid, WAD);
        // fits: a sum of values
        m.equity = Rounding.divFloor(b.settled, WAD) - int256(m.initial);
        add(m, b.perpetualAtWorst);
    }

    /// @dev Rounded up: it is what is required for.
    function notionalOf(int256 size, uint256 price) internal pure returns (uint256) {
        return Rounding.mulWadUp(Rounding.magnitude(size), price);
    }

    function add(Margin memory sum, Margin memory part) internal pure {
        sum.equity += part.equity;
        sum.initial += part.initial;
        sum.maintenance += part.maintenance;
    }

    function _optionOf(Book memory b, PayoffLeg memory leg) private pure returns (ScenarioOption memory o) {
        // fit: logarithms and deviations are below 2**80, and a shock below six; strikes are above what is known
        unchecked {
            OptionTiming memory t = b.set.timing;
            int256 moneyness = NaturalLog.lnRatio(leg.strike, b.index.spot);
            uint256 variance = Svi.varianceAt(b.volatility.svi, moneyness);
            (o.isCall, o.size, o.strike) = (leg.isCall, leg.size, leg.strike - t.known);
            o.logMoneyness = t.open == WAD ? -moneyness : NaturalLog.lnRatio(b.grid.forward, o.strike);
            uint256 deviation = OptionValue.deviationOf(variance, t.effective);
            // a wei of it is none: what is divided by it is not zero
            (o.deviation, o.lower, o.higher) = (deviation, deviation * WAD / b.fall | 1, deviation * b.raise / WAD | 1);
        }
    }

    /// @dev What the set gains or loses by a shock, in the proportion of the confidence to the shock.
    function _doubtOf(Book memory b, uint256 confidence) private pure returns (uint256) {
        // fits: values below 2**200 times a factor below 2**40; no shock is zero
        unchecked {
            ScenarioGrid memory g = b.grid;
            (uint256 lower, uint256 higher) = g.volatilitiesOf();
            int256 still = g.outcomes[NOW] - b.before[0];
            uint256 up = Rounding.magnitude(g.outcomes[higher] - b.before[2] - still) * confidence / BPS;
            uint256 down = Rounding.magnitude(g.outcomes[lower] - b.before[1] - still) * confidence / BPS;
            // no shock is zero
            up = up * (WAD * PART / (b.raise - WAD)) / PART;
            down = down * (b.fall * PART / (b.fall - WAD)) / PART;
            return Math.max(up, down);
        }
    }

    function _addMost(Book memory b, PayoffLeg memory leg) private pure {
        // fits: sizes and prices are below 2**97
        unchecked {
            if (leg.size < 0) b.mostPaid += uint256(-leg.size) * (leg.isCall ? b.index.high : leg.strike);
        }
    }

    /// @dev Neither now nor lately: of an index that is Down nothing is tried.
    function _isUnknown(Book memory b) private pure returns (bool) {
        return b.index.status == PriceStatus.Down || !b.volatility.svi.isKnown();
    }

    function _forward(Book memory b) private pure returns (uint256) {
        uint256 open = b.set.timing.open;
        return open == WAD ? b.index.spot : b.index.spot * open / WAD;
    }

    function _lower(Book memory b, PriceStatus status) private pure {
        if (status < b.status) b.status = status;
    }
}
