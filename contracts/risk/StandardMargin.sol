// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {IInstrumentPolicy} from "../interfaces/IInstrumentPolicy.sol";
import {IPositionModel} from "../interfaces/IPositionModel.sol";
import {IPriceOracle} from "../interfaces/IPriceOracle.sol";
import {IRealisedVolatility} from "../interfaces/IRealisedVolatility.sol";
import {ISettlementFeed} from "../interfaces/ISettlementFeed.sol";
import {IStandardMargin} from "../interfaces/IStandardMargin.sol";
import {IVolatilityFeed, Volatility} from "../interfaces/IVolatilityFeed.sol";
import {NaturalLog} from "../math/NaturalLog.sol";
import {OptionGreeks} from "../math/OptionGreeks.sol";
import {OptionTiming, OptionValue} from "../math/OptionValue.sol";
import {Rounding} from "../math/Rounding.sol";
import {Svi} from "../math/Svi.sol";
import {BPS, WAD} from "../math/Units.sol";
import {DeltaWord} from "../types/DeltaWord.sol";
import {DeltaRequirement} from "../types/DeltaRequirement.sol";
import {Greeks} from "../types/Greeks.sol";
import {InstrumentId, InstrumentKind} from "../types/InstrumentId.sol";
import {Margin, Sides} from "../types/Margin.sol";
import {Position} from "../types/Portfolio.sol";
import {PositionAssessment} from "../types/PositionAssessment.sol";
import {Price, PriceStatus} from "../types/Price.sol";
import {SettlementStatus, SETTLEMENT_WINDOW} from "../types/Settlement.sol";
import {DeltaFloor, DeltaFloors} from "./DeltaFloor.sol";
import {DeltaMargin} from "./DeltaMargin.sol";
import {OptionLeg, OptionSet} from "./OptionSet.sol";
import {StandardRates} from "./StandardRates.sol";

/// @title Standard margin
/// @notice Each perpetual on its own, options by underlying and expiry with spreads bounded by what they can lose.
/// @dev docs/risk.md, "Positions", has formulas and signs. What an option is worth is in equity, with its sign: so the
/// requirement of a short one is only what comes on top of its price.
contract StandardMargin is IStandardMargin {
    /// @dev One walk over the positions: what is known of the underlying, and of the expiry within it.
    struct Walk {
        PositionAssessment sum;
        Sides sides;
        /// of the underlying
        uint8 underlying;
        address perpetual;
        StandardRates rates;
        address indexKey;
        Price index;
        /// one where its net exposure is a floor
        DeltaFloor[] floors;
        /// of the expiry; the legs before `count` are the open set
        uint256 expiry;
        Volatility volatility;
        OptionTiming timing;
        OptionLeg[] legs;
        uint256 count;
        uint256 last;
    }

    IPriceOracle public immutable oracle;
    IInstrumentPolicy public immutable policy;
    IVolatilityFeed public immutable volatilityFeed;
    ISettlementFeed public immutable settlementFeed;
    IRealisedVolatility public immutable realisedVolatility;

    constructor(
        IPriceOracle oracle_,
        IInstrumentPolicy policy_,
        IVolatilityFeed volatilityFeed_,
        ISettlementFeed settlementFeed_,
        IRealisedVolatility realisedVolatility_
    ) {
        oracle = oracle_;
        policy = policy_;
        volatilityFeed = volatilityFeed_;
        settlementFeed = settlementFeed_;
        realisedVolatility = realisedVolatility_;
    }

    /// @inheritdoc IPositionModel
    function assess(Position[] calldata positions) external view returns (PositionAssessment memory) {
        return assessSides(positions, Sides.All);
    }

    /// @inheritdoc IStandardMargin
    function assessSides(Position[] calldata positions, Sides sides) public view returns (PositionAssessment memory) {
        Walk memory w;
        w.sides = sides;
        w.sum.notionals = new uint256[](positions.length);
        w.legs = new OptionLeg[](positions.length);
        for (uint256 i; i < positions.length; ++i) {
            InstrumentId id = positions[i].instrument;
            if (id.underlying() != w.underlying || i == 0) {
                _leave(w);
                _enter(w, id.underlying());
            }
            if (!id.isOption()) _addPerpetual(w, i, positions[i]);
            else _addOption(w, i, id, positions[i].size);
        }
        _leave(w);
        return w.sum;
    }

    /// @inheritdoc IStandardMargin
    function markOf(InstrumentId id) external view returns (uint256 mark, uint256 index, PriceStatus status) {
        if (!id.isCanonical()) return (0, 0, PriceStatus.Down);
        Walk memory w;
        (w.indexKey, w.perpetual,) = policy.riskWord(id.underlying());
        if (!id.isOption()) {
            Price memory price = oracle.read(w.perpetual);
            return (price.spot, price.spot, price.status);
        }
        _enterExpiry(w, id.expiry());
        index = w.index.spot;
        if (block.timestamp >= w.expiry) return (0, index, PriceStatus.Down);
        status = _worse(w.index.status, w.volatility.status);
        if (status == PriceStatus.Down) return (0, index, status);
        OptionLeg memory leg;
        (leg.strike, leg.isCall) = (id.strike(), id.kind() == InstrumentKind.Call);
        mark = _valueOf(w, leg, index, 0);
    }

    /// @inheritdoc IStandardMargin
    function greeksOf(Position[] calldata positions) public view returns (Greeks[] memory greeks) {
        Greeks[] memory found = new Greeks[](positions.length);
        uint256 count;
        Walk memory w;
        for (uint256 i; i < positions.length; ++i) {
            uint8 underlying = positions[i].instrument.underlying();
            if (i == 0 || underlying != w.underlying) {
                _enter(w, underlying);
                found[count++] = Greeks(underlying, PriceStatus.Live, 0, 0, 0);
            }
            _addGreeks(w, found[count - 1], positions[i]);
        }
        greeks = new Greeks[](count);
        for (uint256 i; i < count; ++i) {
            greeks[i] = found[i];
        }
    }

    function _addGreeks(Walk memory w, Greeks memory sum, Position calldata position) private view {
        (InstrumentId id, int256 size) = (position.instrument, position.size);
        if (!id.isOption()) {
            PriceStatus status = oracle.read(w.perpetual).status;
            sum.status = _worse(sum.status, status);
            if (status != PriceStatus.Down) sum.delta += size;
            return;
        }
        if (id.expiry() != w.expiry) _enterExpiry(w, id.expiry());
        if (block.timestamp >= w.expiry) return;
        sum.status = _worse(sum.status, _worse(w.index.status, w.volatility.status));
        if (_worse(w.index.status, w.volatility.status) == PriceStatus.Down) return;
        _addOptionGreeks(w, sum, size, id.strike(), id.kind() == InstrumentKind.Call);
    }

    function _addOptionGreeks(Walk memory w, Greeks memory sum, int256 size, uint256 strike, bool isCall) private pure {
        if (w.index.spot == 0) return;
        uint256 variance = Svi.varianceAt(w.volatility.svi, NaturalLog.lnRatio(strike, w.index.spot));
        (int256 delta, uint256 vega, uint256 gamma) =
            OptionGreeks.greeksOf(isCall, w.index.spot, strike, variance, w.timing);
        sum.delta += Rounding.divFloor(size * delta, WAD);
        sum.vega += Rounding.mulWadFloor(size, vega);
        sum.gamma += Rounding.mulWadFloor(size, gamma);
    }

    /// @inheritdoc IStandardMargin
    function deltaMarginOf(Position[] calldata positions) external view returns (DeltaRequirement[] memory required) {
        Greeks[] memory greeks = greeksOf(positions);
        required = new DeltaRequirement[](greeks.length);
        for (uint256 i; i < greeks.length; ++i) {
            Greeks memory g = greeks[i];
            Walk memory w;
            _enter(w, g.underlying);
            DeltaWord terms = policy.deltaWord(g.underlying);
            w.index = oracle.read(w.indexKey);
            g.status = _worse(g.status, w.index.status);
            Margin memory m;
            if (w.index.status != PriceStatus.Down) {
                m = DeltaMargin.requirementsOf(g, w.index.spot, terms, w.rates);
            }
            required[i] = DeltaRequirement(g, m.initial, m.maintenance, terms.isFloor());
        }
    }

    function _enter(Walk memory w, uint8 underlying) private view {
        w.underlying = underlying;
        (w.indexKey, w.perpetual, w.rates.terms) = policy.riskWord(underlying);
        (w.rates.initialScale, w.rates.maintenanceScale) = realisedVolatility.scales(w.indexKey);
        w.index.updatedAt = 0;
        (w.expiry, w.last) = (0, 0);
        if (w.rates.terms.hasDeltaFloor()) w.floors = DeltaFloors.begin(policy.deltaWord(underlying), w.sum);
    }

    /// @dev Ends the underlying.
    function _leave(Walk memory w) private view {
        _closeSet(w);
        if (w.floors.length == 0) return;
        _readIndex(w);
        w.floors[0].raise(w.sum, w.sides, w.index, w.rates);
        w.floors = new DeltaFloor[](0);
    }

    function _readIndex(Walk memory w) private view {
        if (w.index.updatedAt == 0) w.index = oracle.read(w.indexKey);
    }

    /* PERPETUALS */

    function _addPerpetual(Walk memory w, uint256 i, Position calldata position) private view {
        Price memory price = oracle.read(w.perpetual);
        bool isLong = position.size > 0;
        (uint256 bad, uint256 good) = isLong ? (price.low, price.high) : (price.high, price.low);
        if (price.status == PriceStatus.Down) w.sum.down |= 1 << i;
        else if (w.floors.length != 0) w.floors[0].addPerpetual(position.size, price.spot);
        if (w.sides != Sides.Held) {
            Margin memory worse = _perpetual(w, position, bad);
            // nothing is opened on a doubtful price: it requires all that it is worth
            if (price.status != PriceStatus.Live) {
                worse.initial = Math.max(worse.initial, _notional(position.size, price.high));
            }
            _add(w.sum.worse, worse);
            if (w.sides == Sides.Worse) return;
        }
        if (price.status == PriceStatus.Down) {
            w.sum.better.equity += _perpetual(w, position, good).equity;
            return;
        }
        Margin memory mark = _perpetual(w, position, price.spot);
        w.sum.notionals[i] = _notional(position.size, price.spot);
        _add(w.sum.mark, mark);
        _add(w.sum.better, price.status == PriceStatus.Live ? mark : _perpetual(w, position, good));
    }

    function _perpetual(Walk memory w, Position calldata position, uint256 price) private pure returns (Margin memory) {
        return w.rates.perpetual(position.size, position.costBasis, price);
    }

    /* OPTIONS */

    function _addOption(Walk memory w, uint256 i, InstrumentId id, int256 size) private view {
        // out of order it would be a set of its own: less is netted, never more
        if (id.expiry() != w.expiry || id.withinUnderlying() <= w.last) _enterExpiry(w, id.expiry());
        w.last = id.withinUnderlying();
        bool isCall = id.kind() == InstrumentKind.Call;
        if (block.timestamp >= w.expiry) return _addExpired(w, i, id.strike(), isCall, size);

        OptionLeg memory leg = OptionLeg({
            size: size,
            strike: id.strike(),
            isCall: isCall,
            worse: Margin(0, 0, 0),
            mark: Margin(0, 0, 0),
            better: Margin(0, 0, 0)
        });
        PriceStatus status = _worse(w.index.status, w.volatility.status);
        // what gains with the index is worth least where that is low
        bool rises = (size > 0) == isCall;
        (uint256 bad, uint256 good) = rises ? (w.index.low, w.index.high) : (w.index.high, w.index.low);
        int256 doubt =
            size > 0 ? int256(uint256(w.volatility.confidenceBps)) : -int256(uint256(w.volatility.confidenceBps));
        if (status == PriceStatus.Down) {
            w.sum.down |= 1 << i;
            _addUnknown(w, leg, bad, good);
            return;
        }
        w.legs[w.count++] = leg;
        if (w.sides != Sides.Worse) {
            leg.mark = _option(w, leg, w.index.spot, 0);
            w.sum.notionals[i] = _notional(size, w.index.spot);
            leg.better = status == PriceStatus.Live ? leg.mark : _option(w, leg, good, doubt);
        }
        if (w.sides == Sides.Held) return;
        if (status != PriceStatus.Live) leg.worse = _atWorst(leg, bad);
        else if (w.sides == Sides.All && bad == w.index.spot && doubt == 0) leg.worse = leg.mark;
        else leg.worse = _option(w, leg, bad, -doubt);
    }

    /// @dev Nothing is known of it but what it can cost: a long one counts nothing, a short one all it may pay at the
    /// prices known last.
    function _addUnknown(Walk memory w, OptionLeg memory leg, uint256 bad, uint256 good) private pure {
        _add(w.sum.worse, _atWorst(leg, bad));
        uint256 pays = OptionValue.payoff(leg.isCall, good, leg.strike);
        w.sum.better.equity += Rounding.mulDivFloor(leg.size, pays, WAD);
    }

    function _atWorst(OptionLeg memory leg, uint256 bad) private pure returns (Margin memory m) {
        if (leg.size > 0) return m;
        uint256 most = leg.isCall ? bad : leg.strike;
        m.equity = Rounding.mulDivFloor(leg.size, most, WAD);
        m.initial = uint256(-m.equity);
    }

    /// @param doubt added to the volatility, of it
    function _option(Walk memory w, OptionLeg memory leg, uint256 index, int256 doubt)
        private
        pure
        returns (Margin memory)
    {
        return w.rates.option(leg.isCall, leg.size, leg.strike, index, _valueOf(w, leg, index, doubt));
    }

    /// @dev A band can reach zero, and past what a price can be, by the doubt of a second source.
    function _valueOf(Walk memory w, OptionLeg memory leg, uint256 index, int256 doubt) private pure returns (uint256) {
        if (index == 0) return OptionValue.payoff(leg.isCall, w.timing.known, leg.strike);
        index = Math.min(index, type(uint96).max);
        uint256 variance = Svi.varianceAt(w.volatility.svi, NaturalLog.lnRatio(leg.strike, index));
        if (doubt != 0) {
            // fits: a confidence is below one
            uint256 factor = uint256(int256(BPS) + doubt);
            variance = variance * factor * factor / (BPS * BPS);
        }
        return OptionValue.valueOf(leg.isCall, index, leg.strike, variance, w.timing);
    }

    /// @dev It pays what it pays, and requires nothing; until that is known it stays.
    function _addExpired(Walk memory w, uint256 i, uint256 strike, bool isCall, int256 size) private view {
        (uint256 price, SettlementStatus status) = settlementFeed.settlementOf(w.indexKey, w.expiry);
        if (status == SettlementStatus.Pending || status == SettlementStatus.Final) {
            int256 value = Rounding.mulDivFloor(size, OptionValue.payoff(isCall, price, strike), WAD);
            w.sum.worse.equity += value;
            w.sum.mark.equity += value;
            w.sum.better.equity += value;
            return;
        }
        w.sum.down |= 1 << i;
        OptionLeg memory leg;
        (leg.size, leg.strike, leg.isCall) = (size, strike, isCall);
        bool rises = (size > 0) == isCall;
        (uint256 bad, uint256 good) = rises ? (w.index.low, w.index.high) : (w.index.high, w.index.low);
        _addUnknown(w, leg, bad, good);
    }

    function _enterExpiry(Walk memory w, uint256 expiry) private view {
        _closeSet(w);
        w.expiry = expiry;
        _readIndex(w);
        if (block.timestamp >= expiry) return;
        w.volatility = volatilityFeed.read(w.indexKey, expiry);
        (uint256 fixedWeight, uint256 fixedAverage) =
            expiry - block.timestamp < SETTLEMENT_WINDOW ? settlementFeed.averageSoFar(w.indexKey, expiry) : (0, 0);
        w.timing = OptionValue.timing(expiry, fixedWeight, fixedAverage);
    }

    function _closeSet(Walk memory w) private pure {
        if (w.count == 0) return;
        bool isLive = _worse(w.index.status, w.volatility.status) == PriceStatus.Live;
        OptionSet.Bound memory bound = OptionSet.boundOf(w.legs, w.count);
        if (w.sides != Sides.Held) _add(w.sum.worse, OptionSet.total(w.legs, w.count, bound, OptionSet.worseOf));
        if (w.sides != Sides.Worse) {
            Margin memory mark = OptionSet.total(w.legs, w.count, bound, OptionSet.markOf);
            _add(w.sum.mark, mark);
            _add(w.sum.better, isLive ? mark : OptionSet.total(w.legs, w.count, bound, OptionSet.betterOf));
        }
        if (w.floors.length != 0) _addToFloor(w, w.floors[0], bound);
        w.count = 0;
    }

    function _addToFloor(Walk memory w, DeltaFloor memory floor, OptionSet.Bound memory bound) private pure {
        floor.addSet(w.legs, w.count, bound, w.index.spot);
        for (uint256 i; i < w.count; ++i) {
            OptionLeg memory leg = w.legs[i];
            _addOptionGreeks(w, floor.greeks, leg.size, leg.strike, leg.isCall);
        }
    }

    function _worse(PriceStatus a, PriceStatus b) private pure returns (PriceStatus) {
        return a < b ? a : b;
    }

    /// @dev Rounded up: it is what is required for.
    function _notional(int256 size, uint256 price) private pure returns (uint256) {
        return Rounding.mulWadUp(Rounding.magnitude(size), price);
    }

    function _add(Margin memory sum, Margin memory part) private pure {
        sum.equity += part.equity;
        sum.initial += part.initial;
        sum.maintenance += part.maintenance;
    }
}
