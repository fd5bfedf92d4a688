// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {Black76} from "../math/Black76.sol";
import {NaturalLog} from "../math/NaturalLog.sol";
import {BPS, WAD} from "../math/Units.sol";
import {TAILS} from "../types/InstrumentParams.sol";
import {ScenarioWord} from "../types/ScenarioWord.sol";

/// @dev Moves of the index either way, at most and at least.
uint256 constant MOST_NODES = 8;
uint256 constant LEAST_NODES = 4;

// Numbers, since sums of constants are computed wherever they are used.

// Columns are prices of the index: four tails, 17 moves at most from the lowest to the highest, of which the middle
// one is none, the two ends of the index' band, and the pin.
uint256 constant FIRST_MOVE = 4;
uint256 constant LOW_END = 21;
uint256 constant HIGH_END = 22;
uint256 constant PIN = 23;
uint256 constant COLUMNS = 24;

// Scenarios are columns at a volatility: the moves with it lower; tails and moves with it higher; and as it is no
// move, the two ends and the pin.
uint256 constant LOWER_ROW = 0;
uint256 constant HIGHER_ROW = 17;
uint256 constant NOW = 38;
uint256 constant AT_LOW_END = 39;
uint256 constant AT_HIGH_END = 40;
uint256 constant AT_PIN = 41;
uint256 constant SCENARIOS = 42;

/// @notice What a book of one underlying is tried in, and what its options are worth there.
struct ScenarioGrid {
    ScenarioWord terms;
    /// of dynamic margin, WAD
    uint256 initialScale;
    uint256 maintenanceScale;
    /// how far the index is taken to move, of it, WAD
    uint256 initialRange;
    uint256 maintenanceRange;
    /// moves tried either way, and how far they are, of the index, WAD
    uint256 nodes;
    uint256[9] distances;
    /// by column: WAD, what the index is multiplied by; and its logarithm
    uint256[COLUMNS] factors;
    int256[COLUMNS] logs;
    /// by column: what the options of the open expiry are on, quote WAD
    uint256 forward;
    uint256[COLUMNS] forwards;
    /// sums of sizes times prices, quote WAD times WAD
    int256[SCENARIOS] outcomes;
}

/// @notice An option that is tried in each scenario.
struct ScenarioOption {
    bool isCall;
    /// WAD, long > 0
    int256 size;
    /// quote WAD
    uint256 strike;
    /// `ln(forward / strike)`, WAD, of the forward without a move
    int256 logMoneyness;
    /// with volatility as it is, lower and higher, WAD
    uint256 deviation;
    uint256 lower;
    uint256 higher;
}

/// @notice The largest losses within the two ranges, quote WAD times WAD, and the scenario that the one for
/// maintenance is in, `SCENARIOS` where nothing is lost.
struct WorstLoss {
    int256 initial;
    int256 maintenance;
    uint256 scenario;
}

/// @title What a book is worth in other markets
/// @notice Moves stand at multiples of a step, 1, 2, 3, 4, 6, 8, 12, 16, whatever the range is. The range says how
/// many of them count: those inside in full; between the last of them and the first outside, the loss that a straight
/// line between the two has at the range, where that is more. So a wider range never asks for less, of no book and by
/// no wei; what it asks for is continuous in it; and both ranges are measured by the same prices.
/// @dev Moves that were spread evenly over the range would step over a dip of the book as the range grows.
library Scenarios {
    /// @dev What is between the moves stays, the lowest price that is tried is a tenth.
    uint256 private constant LEAST_FACTOR = 0.1e18;
    /// @dev A band further out says nothing, and the maths ends somewhere.
    uint256 private constant LEAST_END = 0.01e18;
    uint256 private constant MOST_END = 10e18;
    /// @dev One, for parts of the way between two moves.
    uint256 private constant PART = 1e9;

    /// @dev From one move to the next.
    struct Span {
        uint256 distance;
        uint256 further;
    }

    /// @param initialScale of dynamic margin, WAD, no less than the next
    /// @param maintenanceScale WAD
    function build(ScenarioWord terms, uint256 initialScale, uint256 maintenanceScale)
        internal
        pure
        returns (ScenarioGrid memory g)
    {
        (g.terms, g.initialScale, g.maintenanceScale) = (terms, initialScale, maintenanceScale);
        // fits: scales are below 2**64, distances at most sixteen, and shocks above minus one
        unchecked {
            g.initialRange = terms.rangeBps() * initialScale / BPS;
            g.maintenanceRange = terms.rangeBps() * maintenanceScale / BPS;
            uint256 step = terms.stepBps() * WAD / BPS;
            uint256 nodes;
            while (nodes < MOST_NODES && (nodes < LEAST_NODES || g.distances[nodes] < g.initialRange)) {
                ++nodes;
                g.distances[nodes] = _multipleAt(nodes) * step;
            }
            g.nodes = nodes;
            uint256 middle = FIRST_MOVE + nodes;
            g.factors[middle] = WAD;
            for (uint256 i = 1; i <= nodes; ++i) {
                uint256 distance = g.distances[i];
                _setColumn(g, middle - i, distance < WAD - LEAST_FACTOR ? WAD - distance : LEAST_FACTOR);
                _setColumn(g, middle + i, WAD + distance);
            }
            for (uint256 i; i < TAILS; ++i) {
                _setColumn(g, i, uint256(int256(WAD) + int256(terms.tailShockBps(i)) * int256(WAD / BPS)));
            }
        }
        (g.factors[LOW_END], g.factors[HIGH_END], g.factors[PIN]) = (WAD, WAD, WAD);
    }

    /// @notice Tries one more price: an end of the band, or the pin.
    /// @param index what it is now, quote WAD, > 0
    function setPrice(ScenarioGrid memory g, uint256 column, uint256 price, uint256 index) internal pure {
        // fits: a price is below 2**128
        _setColumn(g, column, Math.min(Math.max(price * WAD / index, LEAST_END), MOST_END));
    }

    /// @notice Opens an expiry whose options are on `forward`, quote WAD.
    function setForward(ScenarioGrid memory g, uint256 forward) internal pure {
        if (g.forward == forward) return;
        g.forward = forward;
        (uint256[COLUMNS] memory forwards, uint256[COLUMNS] memory factors) = (g.forwards, g.factors);
        // fits: a price below 2**96 times at most sixteen
        unchecked {
            for (uint256 i; i < COLUMNS; ++i) {
                forwards[i] = forward * factors[i] / WAD;
            }
        }
    }

    /// @notice Adds an option of the open expiry.
    /// @return value what it is worth now, quote WAD times WAD
    function addOption(ScenarioGrid memory g, ScenarioOption memory o) internal pure returns (int256 value) {
        // fit: indices, and sizes times prices below 2**96 * 2**101
        unchecked {
            int256[SCENARIOS] memory outcomes = g.outcomes;
            uint256 deviation = o.higher;
            for (uint256 i; i < FIRST_MOVE; ++i) {
                outcomes[HIGHER_ROW + i] += _valueAt(g, o, i, deviation);
            }
            _addMoves(g, o);
            deviation = o.deviation;
            value = _valueAt(g, o, FIRST_MOVE + g.nodes, deviation);
            outcomes[NOW] += value;
            outcomes[AT_LOW_END] += g.factors[LOW_END] == WAD ? value : _valueAt(g, o, LOW_END, deviation);
            outcomes[AT_HIGH_END] += g.factors[HIGH_END] == WAD ? value : _valueAt(g, o, HIGH_END, deviation);
            outcomes[AT_PIN] += g.factors[PIN] == WAD ? value : _valueAt(g, o, PIN, deviation);
        }
    }

    /// @notice The scenarios of no move with volatility lower and higher.
    function volatilitiesOf(ScenarioGrid memory g) internal pure returns (uint256 lower, uint256 higher) {
        // fit: indices
        unchecked {
            return (LOWER_ROW + g.nodes, HIGHER_ROW + FIRST_MOVE + g.nodes);
        }
    }

    /// @notice Which column `scenario` is of, which is not `NOW`.
    function columnOf(uint256 scenario) internal pure returns (uint256) {
        // fit: indices
        unchecked {
            if (scenario < HIGHER_ROW) return scenario + FIRST_MOVE;
            if (scenario < NOW) return scenario - HIGHER_ROW;
            return scenario - (AT_LOW_END - LOW_END);
        }
    }

    /// @notice What is lost in `scenario`, quote WAD times WAD.
    /// @param linear value of what moves with the index one to one, besides the options, quote WAD times WAD
    function lossIn(ScenarioGrid memory g, int256 linear, uint256 scenario) internal pure returns (int256) {
        // fits: a value below 2**191 times at most sixteen WAD
        unchecked {
            int256 kept = int256(WAD) - int256(g.factors[columnOf(scenario)]);
            return g.outcomes[NOW] - g.outcomes[scenario] + linear * kept / int256(WAD);
        }
    }

    /// @notice The largest losses against what the book is worth now.
    function worst(ScenarioGrid memory g, int256 linear) internal pure returns (WorstLoss memory w) {
        w.scenario = SCENARIOS;
        _trySide(g, w, linear, true);
        _trySide(g, w, linear, false);
        for (uint256 i; i < TAILS; ++i) {
            int256 lost = lossIn(g, linear, HIGHER_ROW + i);
            if (lost <= 0) continue;
            lost = lost * int256(uint256(g.terms.tailWeightBps(i))) / int256(BPS);
            _keep(w, lost, lost, HIGHER_ROW + i);
        }
        uint256 factor = g.factors[PIN];
        if (factor == WAD) return w;
        uint256 distance = factor > WAD ? factor - WAD : WAD - factor;
        int256 pinned = lossIn(g, linear, AT_PIN);
        if (distance <= g.initialRange) _keep(w, pinned, distance <= g.maintenanceRange ? pinned : int256(0), AT_PIN);
    }

    /// @dev From no move outwards.
    function _trySide(ScenarioGrid memory g, WorstLoss memory w, int256 linear, bool isUp) private pure {
        // fit: indices, and losses below 2**197
        unchecked {
            uint256 column = FIRST_MOVE + g.nodes;
            (int256 inLower, int256 inHigher, uint256 distance) = (0, 0, 0);
            for (uint256 i; i <= g.nodes; ++i) {
                int256 outLower = lossIn(g, linear, column - FIRST_MOVE);
                // of the same move: only the options differ
                int256 outHigher = outLower + g.outcomes[column - FIRST_MOVE] - g.outcomes[HIGHER_ROW + column];
                uint256 further = g.distances[i];
                if (further <= g.maintenanceRange) {
                    _keep(w, outLower, outLower, column - FIRST_MOVE);
                    _keep(w, outHigher, outHigher, HIGHER_ROW + column);
                } else {
                    Span memory span = Span(distance, further);
                    _tryPart(g, w, span, inLower, outLower, column - FIRST_MOVE);
                    _tryPart(g, w, span, inHigher, outHigher, HIGHER_ROW + column);
                }
                (inLower, inHigher, distance) = (outLower, outHigher, further);
                column = isUp ? column + 1 : column - 1;
            }
        }
    }

    function _tryPart(
        ScenarioGrid memory g,
        WorstLoss memory w,
        Span memory span,
        int256 inner,
        int256 outer,
        uint256 scenario
    ) private pure {
        _keep(
            w,
            _lossAt(g.initialRange, inner, outer, span.distance, span.further),
            _lossAt(g.maintenanceRange, inner, outer, span.distance, span.further),
            scenario
        );
    }

    /// @dev Of a loss at two distances what counts at `range`.
    function _lossAt(uint256 range, int256 inner, int256 outer, uint256 distance, uint256 further)
        private
        pure
        returns (int256)
    {
        if (further <= range) return outer;
        // the inner one has been counted, or is outside as well
        if (distance >= range || outer <= inner) return 0;
        // fits: a loss is below 2**197
        unchecked {
            return inner + (outer - inner) * int256((range - distance) * PART / (further - distance)) / int256(PART);
        }
    }

    function _keep(WorstLoss memory w, int256 atInitial, int256 atMaintenance, uint256 scenario) private pure {
        if (atInitial > w.initial) w.initial = atInitial;
        if (atMaintenance > w.maintenance) (w.maintenance, w.scenario) = (atMaintenance, scenario);
    }

    function _setColumn(ScenarioGrid memory g, uint256 column, uint256 factor) private pure {
        g.factors[column] = factor;
        if (factor != WAD) g.logs[column] = NaturalLog.ln(factor);
    }

    /// @dev 1, 2, 3, 4, 6, 8, 12, 16.
    function _multipleAt(uint256 node) private pure returns (uint256) {
        if (node <= LEAST_NODES) return node;
        return (node & 1 == 1 ? uint256(3) : 4) << (node - 3) / 2;
    }

    /// @dev With volatility lower and higher.
    function _addMoves(ScenarioGrid memory g, ScenarioOption memory o) private pure {
        // fits: as where it is called
        unchecked {
            (int256[SCENARIOS] memory outcomes, int256[COLUMNS] memory logs) = (g.outcomes, g.logs);
            uint256[COLUMNS] memory forwards = g.forwards;
            for (uint256 column = FIRST_MOVE + 2 * g.nodes; column >= FIRST_MOVE; --column) {
                (uint256 inLower, uint256 inHigher) = _pricesAt(o, forwards[column], logs[column]);
                outcomes[column - FIRST_MOVE] += o.size * int256(inLower);
                outcomes[HIGHER_ROW + column] += o.size * int256(inHigher);
            }
        }
    }

    /// @dev With volatility lower and higher, `move` the logarithm of what moves the forward there.
    function _pricesAt(ScenarioOption memory o, uint256 forward, int256 move)
        private
        pure
        returns (uint256 inLower, uint256 inHigher)
    {
        // fits: as where it is called
        unchecked {
            move += o.logMoneyness;
            uint256 distance = uint256(move < 0 ? -move : move) * WAD;
            uint256 strike = o.strike;
            if (strike < forward) {
                (inLower, inHigher) = Black76.timeValues(strike, forward, distance, o.lower, o.higher);
                if (o.isCall) return (inLower + forward - strike, inHigher + forward - strike);
            } else {
                (inLower, inHigher) = Black76.timeValues(forward, strike, distance, o.lower, o.higher);
                if (!o.isCall) return (inLower + strike - forward, inHigher + strike - forward);
            }
        }
    }

    function _valueAt(ScenarioGrid memory g, ScenarioOption memory o, uint256 column, uint256 deviation)
        private
        pure
        returns (int256)
    {
        // fits: as where it is called
        unchecked {
            int256 move = o.logMoneyness + g.logs[column];
            uint256 value = uint256(move < 0 ? -move : move) * WAD;
            (uint256 forward, uint256 strike) = (g.forwards[column], o.strike);
            if (strike < forward) {
                value = Black76.timeValue(strike, forward, value, deviation);
                if (o.isCall) value += forward - strike;
            } else {
                value = Black76.timeValue(forward, strike, value, deviation);
                if (!o.isCall) value += strike - forward;
            }
            return o.size * int256(value);
        }
    }
}
