// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {IInstrumentPolicy} from "../interfaces/IInstrumentPolicy.sol";
import {IMarginModel} from "../interfaces/IMarginModel.sol";
import {IMarginPolicy} from "../interfaces/IMarginPolicy.sol";
import {IPortfolioMargin, ScenarioVolatility, WorstScenario} from "../interfaces/IPortfolioMargin.sol";
import {IPositionModel} from "../interfaces/IPositionModel.sol";
import {IPriceOracle} from "../interfaces/IPriceOracle.sol";
import {IRealisedVolatility} from "../interfaces/IRealisedVolatility.sol";
import {ISettlementFeed} from "../interfaces/ISettlementFeed.sol";
import {IVolatilityFeed} from "../interfaces/IVolatilityFeed.sol";
import {Haircut} from "../math/Haircut.sol";
import {OptionValue} from "../math/OptionValue.sol";
import {Rounding} from "../math/Rounding.sol";
import {WAD} from "../math/Units.sol";
import {Assessment, Margin} from "../types/Margin.sol";
import {Portfolio, Position} from "../types/Portfolio.sol";
import {PositionAssessment} from "../types/PositionAssessment.sol";
import {Price, PriceStatus} from "../types/Price.sol";
import {SettlementStatus, SETTLEMENT_WINDOW} from "../types/Settlement.sol";
import {CollateralLeg, CollateralMargin} from "./CollateralMargin.sol";
import {CrossMargin} from "./CrossMargin.sol";
import {Book, UnderlyingBook} from "./UnderlyingBook.sol";
import {BookMargin, PayoffLeg, PayoffSet} from "./ScenarioBook.sol";
import {HIGHER_ROW, NOW, Scenarios, SCENARIOS} from "./Scenarios.sol";

/// @title Portfolio margin
/// @dev The rules are on `IPortfolioMargin`; docs/risk.md, "Portfolio margin", has formulas and signs. Positions of
/// one underlying are a book (`Book`), whose options are priced once in every scenario.
contract PortfolioMargin is IPortfolioMargin {
    using UnderlyingBook for Book;
    using CollateralMargin for Assessment;

    /// @dev Collateral worth more, quote WAD, is in no book: sums would not fit.
    uint256 private constant MOST_INSIDE = 1 << 120;

    /// @dev One walk over an account.
    struct Walk {
        PositionAssessment sum;
        /// collateral, and what is measured inside a book: bit i and its value
        address[] assets;
        CollateralLeg[] legs;
        uint256 inside;
        uint256[] values;
        /// for `worstOf`; the books so far
        WorstScenario[] worst;
        uint256 books;
    }

    /// @dev The collateral of a book's underlying, measured by itself.
    struct Underlay {
        bool isInside;
        Assessment apart;
        uint256 value;
        /// the part of its haircut that is for its amount
        uint256 concentration;
    }

    IPriceOracle public immutable oracle;
    IMarginPolicy public immutable collateralPolicy;
    IInstrumentPolicy public immutable policy;
    IVolatilityFeed public immutable volatilityFeed;
    ISettlementFeed public immutable settlementFeed;
    IRealisedVolatility public immutable realisedVolatility;

    constructor(
        IPriceOracle oracle_,
        IMarginPolicy collateralPolicy_,
        IInstrumentPolicy policy_,
        IVolatilityFeed volatilityFeed_,
        ISettlementFeed settlementFeed_,
        IRealisedVolatility realisedVolatility_
    ) {
        oracle = oracle_;
        collateralPolicy = collateralPolicy_;
        policy = policy_;
        volatilityFeed = volatilityFeed_;
        settlementFeed = settlementFeed_;
        realisedVolatility = realisedVolatility_;
    }

    /// @inheritdoc IMarginModel
    function maxPositions() external pure returns (uint8) {
        return 32;
    }

    /// @inheritdoc IMarginModel
    function maxCollaterals() external pure returns (uint8) {
        return CrossMargin.MAX_COLLATERALS;
    }

    /// @inheritdoc IMarginModel
    function assess(Portfolio calldata portfolio) external view returns (Assessment memory a) {
        Walk memory w;
        _takeCollateral(w, portfolio);
        _walk(w, portfolio.positions);
        uint256 legs = w.legs.length;
        a = CollateralMargin.start(portfolio.cash, legs + portfolio.positions.length);
        for (uint256 i; i < legs; ++i) {
            if (w.inside >> i & 1 == 0) {
                a.addLeg(i, w.legs[i], _read(w.assets[i]));
            } else {
                a.legValues[i] = w.values[i];
                a.markCollateral += w.values[i];
            }
        }
        UnderlyingBook.add(a.worse, w.sum.worse);
        UnderlyingBook.add(a.mark, w.sum.mark);
        UnderlyingBook.add(a.better, w.sum.better);
        uint256[] memory notionals = w.sum.notionals;
        for (uint256 i; i < notionals.length; ++i) {
            a.legValues[legs + i] = notionals[i];
            a.markNotional += notionals[i];
        }
        a.downLegs |= w.sum.down << legs;
    }

    /// @inheritdoc IPositionModel
    function assess(Position[] calldata positions) external view returns (PositionAssessment memory) {
        Walk memory w;
        _walk(w, positions);
        return w.sum;
    }

    /// @inheritdoc IPortfolioMargin
    function worstOf(Portfolio calldata portfolio) external view returns (WorstScenario[] memory named) {
        Walk memory w;
        _takeCollateral(w, portfolio);
        w.worst = new WorstScenario[](portfolio.positions.length);
        _walk(w, portfolio.positions);
        named = new WorstScenario[](w.books);
        for (uint256 i; i < w.books; ++i) {
            named[i] = w.worst[i];
        }
    }

    function _takeCollateral(Walk memory w, Portfolio calldata portfolio) private view {
        uint256 count = portfolio.collateral.length;
        (w.assets, w.legs, w.values) = (new address[](count), new CollateralLeg[](count), new uint256[](count));
        for (uint256 i; i < count; ++i) {
            w.assets[i] = portfolio.collateral[i].asset;
            w.legs[i] = CrossMargin.leg(portfolio.collateral[i], collateralPolicy);
        }
    }

    function _walk(Walk memory w, Position[] calldata positions) private view {
        w.sum.notionals = new uint256[](positions.length);
        for (uint256 i; i < positions.length;) {
            uint8 underlying = positions[i].instrument.underlying();
            uint256 end = i + 1;
            while (end < positions.length && positions[end].instrument.underlying() == underlying) ++end;
            _addBook(w, underlying, positions, i, end);
            i = end;
        }
    }

    /* ONE UNDERLYING */

    function _addBook(Walk memory w, uint8 underlying, Position[] calldata positions, uint256 start, uint256 end)
        private
        view
    {
        Book memory b = _open(underlying, end - start);
        for (uint256 i = start; i < end;) {
            if (positions[i].instrument.isOption()) i += _addExpiry(w, b, positions[i:end], i);
            else _addPerpetual(w, b, i, positions[i++]);
        }
        _addSides(w, b, _underlayOf(w, b), underlying);
    }

    function _open(uint8 underlying, uint256 most) private view returns (Book memory b) {
        (b.indexKey, b.perpetualKey, b.rates.terms) = policy.riskWord(underlying);
        (b.rates.initialScale, b.rates.maintenanceScale) = realisedVolatility.scales(b.indexKey);
        b.index = _read(b.indexKey);
        if (b.index.spot == 0) b.index.status = PriceStatus.Down;
        b.begin(policy.scenarioWord(underlying), most);
    }

    function _addPerpetual(Walk memory w, Book memory b, uint256 i, Position calldata position) private view {
        Price memory price = _read(b.perpetualKey);
        if (price.status == PriceStatus.Down) w.sum.down |= 1 << i;
        else w.sum.notionals[i] = UnderlyingBook.notionalOf(position.size, price.spot);
        b.addPerpetual(position.size, position.costBasis, price);
    }

    /// @param positions begin with the options of one expiry
    /// @param first number of the first of them
    /// @return count how many they are
    function _addExpiry(Walk memory w, Book memory b, Position[] calldata positions, uint256 first)
        private
        view
        returns (uint256 count)
    {
        uint256 expiry = positions[0].instrument.expiry();
        count = b.load(positions, expiry);
        if (block.timestamp >= expiry) {
            _addExpired(w, b, expiry, first);
            return count;
        }
        (uint256 fixedWeight, uint256 fixedAverage) =
            expiry - block.timestamp < SETTLEMENT_WINDOW ? settlementFeed.averageSoFar(b.indexKey, expiry) : (0, 0);
        b.openSet(volatilityFeed.read(b.indexKey, expiry), OptionValue.timing(expiry, fixedWeight, fixedAverage));
        (PayoffLeg[] memory legs, uint256 next, uint256 spot) = (b.set.legs, b.set.start, b.index.spot);
        bool isDown = b.setStatus == PriceStatus.Down;
        // fit: numbers of positions
        unchecked {
            for (uint256 i = first; i < first + count; ++i) {
                PayoffLeg memory leg = legs[next++];
                if (isDown) w.sum.down |= 1 << i;
                else w.sum.notionals[i] = UnderlyingBook.notionalOf(leg.size, spot);
                b.addOption(leg);
            }
        }
        b.closeSet();
    }

    /// @dev It pays what it pays, and requires nothing; until that is known it stays.
    function _addExpired(Walk memory w, Book memory b, uint256 expiry, uint256 first) private view {
        (uint256 price, SettlementStatus status) = settlementFeed.settlementOf(b.indexKey, expiry);
        bool isKnown = status == SettlementStatus.Pending || status == SettlementStatus.Final;
        PayoffSet memory set = b.set;
        for (uint256 i = set.start; i < set.end; ++i) {
            if (isKnown) {
                b.addSettled(set.legs[i], price);
            } else {
                w.sum.down |= 1 << first + i - set.start;
                b.addUnknown(set.legs[i]);
            }
        }
    }

    function _read(address key) private view returns (Price memory) {
        return oracle.read(key);
    }

    /* SIDES */

    /// @dev Collateral that is the book's underlying, if it is listed and has a price.
    function _underlayOf(Walk memory w, Book memory b) private pure returns (Underlay memory u) {
        if (b.index.status == PriceStatus.Down) return u;
        for (uint256 i; i < w.assets.length; ++i) {
            // two underlyings may have one index: what is inside one book is not inside another
            if (w.assets[i] != b.indexKey || w.inside >> i & 1 != 0) continue;
            CollateralLeg memory leg = w.legs[i];
            if (leg.maintenanceHaircutBps == CollateralMargin.ALL) return u;
            u.apart = CollateralMargin.start(0, 1);
            u.apart.addLeg(0, leg, b.index);
            u.value = u.apart.markCollateral;
            if (u.value > MOST_INSIDE) return u;
            u.concentration = u.value - Haircut.countedDown(u.value, 0, leg.amount, leg.depth);
            u.isInside = true;
            w.inside |= 1 << i;
            w.values[i] = u.value;
            if (b.index.status < b.status) b.status = b.index.status;
            return u;
        }
    }

    /// @dev With collateral of the underlying there are two true answers, with it inside the scenarios and apart from
    /// them with its haircut: the better one counts.
    function _addSides(Walk memory w, Book memory b, Underlay memory u, uint8 underlying) private pure {
        bool isLive = b.status == PriceStatus.Live;
        BookMargin memory chosen = b.measure(0);
        (Margin memory mark, Margin memory worse) = (chosen.mark, chosen.worse);
        bool hasCollateral;
        if (u.isInside) {
            BookMargin memory inside = _inside(b, u);
            UnderlyingBook.add(mark, u.apart.mark);
            UnderlyingBook.add(worse, u.apart.worse);
            hasCollateral = inside.mark.maintenance < mark.maintenance;
            if (hasCollateral) chosen = inside;
            _ease(mark, inside.mark);
            if (inside.worse.excess() > worse.excess()) worse = inside.worse;
        }
        if (w.worst.length != 0) {
            w.worst[w.books] = _name(b, chosen);
            (w.worst[w.books].underlying, w.worst[w.books].hasCollateral) = (underlying, hasCollateral);
        }
        ++w.books;
        UnderlyingBook.add(w.sum.mark, mark);
        if (isLive) {
            UnderlyingBook.add(w.sum.worse, worse);
            UnderlyingBook.add(w.sum.better, mark);
            return;
        }
        UnderlyingBook.add(w.sum.worse, b.atWorst());
        if (u.isInside) UnderlyingBook.add(w.sum.worse, u.apart.worse);
        UnderlyingBook.add(w.sum.better, _better(b, u, mark));
    }

    /// @dev All of it at the good end of what is known. What is Down requires nothing, and where it is a hedge is one
    /// still, as it was known last: of two answers the one that asks for less.
    function _better(Book memory b, Underlay memory u, Margin memory mark) private pure returns (Margin memory better) {
        b.admitDown();
        BookMargin memory all = b.measure(0);
        better = all.mark;
        better.equity += int256(all.gain) + Rounding.divFloor(b.unknownGood, WAD);
        if (u.isInside) {
            UnderlyingBook.add(better, u.apart.better);
            _ease(better, _inside(b, u).mark);
        }
        _ease(better, mark);
    }

    function _inside(Book memory b, Underlay memory u) private pure returns (BookMargin memory m) {
        m = b.measure(u.value);
        Margin memory collateral = Margin(int256(u.value), u.concentration, u.concentration);
        UnderlyingBook.add(m.mark, collateral);
        UnderlyingBook.add(m.worse, collateral);
    }

    function _ease(Margin memory m, Margin memory other) private pure {
        m.initial = Math.min(m.initial, other.initial);
        m.maintenance = Math.min(m.maintenance, other.maintenance);
    }

    function _name(Book memory b, BookMargin memory m) private pure returns (WorstScenario memory named) {
        named.factor = WAD;
        uint256 scenario = m.scenario;
        if (scenario == SCENARIOS) return named;
        named.loss = m.loss;
        named.factor = b.grid.factors[Scenarios.columnOf(scenario)];
        if (scenario < NOW) {
            named.volatility = scenario < HIGHER_ROW ? ScenarioVolatility.Lower : ScenarioVolatility.Higher;
        }
    }
}
