// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {IInstrumentPolicy} from "../interfaces/IInstrumentPolicy.sol";
import {Span} from "../math/LinearRamp.sol";
import {BPS, PPM} from "../math/Units.sol";
import {DeltaWord, toDeltaWord} from "../types/DeltaWord.sol";
import {InstrumentId, InstrumentKind} from "../types/InstrumentId.sol";
import {DeltaTerms, InstrumentRisk, ScenarioTerms, TAILS, TradeTerms} from "../types/InstrumentParams.sol";
import {InstrumentWord, toInstrumentWord} from "../types/InstrumentWord.sol";
import {ScenarioWord, toScenarioWord} from "../types/ScenarioWord.sol";
import {DeltaRamp} from "./DeltaRamp.sol";
import {InstrumentRamp} from "./InstrumentRamp.sol";
import {ScenarioRamp} from "./ScenarioRamp.sol";
import {RampedWord, WordRamp} from "./WordRamp.sol";

/// @title The policy of instruments
contract InstrumentPolicy is IInstrumentPolicy, AccessManaged {
    using WordRamp for RampedWord;

    struct Underlying {
        address index;
        address perpetual;
        RampedWord risk;
        TradeTerms trade;
        RampedWord scenarios;
        RampedWord delta;
    }

    /// @dev A tenth of a percent is a thousandfold leverage: the next print would end it.
    uint256 private constant MIN_RATE_PPM = 1_000;
    /// @dev More than what it is worth is not asked for a unit.
    uint256 private constant MAX_RATE_PPM = PPM;
    /// @dev Ten times what the market is said to take; more would make the declared depth meaningless.
    uint256 private constant MAX_CAP_BPS = 10 * BPS;
    /// @dev Further off, trades with oneself move money from account to account.
    uint256 private constant MAX_BAND_BPS = 2_000;
    /// @dev A trade must not cost what the first move of the market does.
    uint256 private constant MAX_FEE_PPM = 10_000;
    /// @dev A book that nothing may happen to would owe nothing.
    uint256 private constant MIN_RANGE_BPS = 100;
    /// @dev Past nine tenths down nothing is tried.
    uint256 private constant MAX_RANGE_BPS = 9_000;
    /// @dev So that four steps reach the range, and sixteen what dynamic margin scales it to at most.
    uint256 private constant LEAST_STEPS = 4;
    uint256 private constant MAX_INITIAL_BPS = 2 * BPS;
    /// @dev Doubt in a volatility is measured by what a shock moves.
    uint256 private constant MIN_VOLATILITY_BPS = 500;
    uint256 private constant MAX_VOLATILITY_BPS = 2 * BPS;
    uint256 private constant MAX_CONTINGENCY_PPM = 100_000;
    /// @dev Nearer than that to nothing, or further than tenfold, the maths is not made for.
    int256 private constant LEAST_SHOCK_BPS = -9_000;
    int256 private constant MOST_SHOCK_BPS = 90_000;
    /// @dev Ten percent a day takes the margin of a tenfold leverage in one.
    uint256 private constant MAX_FUNDING_PPM = 100_000;
    uint256 private constant MINUTES_A_DAY = 1 days / 1 minutes;
    /// @dev Two years: what is priced has a bound, and so has what a volatility can be wrong for.
    uint256 private constant MAX_TENOR_DAYS = 730;
    /// @dev What an id can hold.
    uint256 private constant MAX_STRIKE_DIGITS = 6;
    uint256 private constant MIN_RAMP = 1 days;
    uint256 private constant MAX_RAMP = 30 days;

    /// @inheritdoc IInstrumentPolicy
    uint64 public version;
    /// @inheritdoc IInstrumentPolicy
    uint32 public rampDuration = uint32(MIN_RAMP);
    /// @inheritdoc IInstrumentPolicy
    uint8 public underlyingCount;
    /// @inheritdoc IInstrumentPolicy
    bool public isSealed;

    mapping(uint8 number => Underlying) private _underlyings;
    /// @inheritdoc IInstrumentPolicy
    mapping(uint8 number => uint64 version) public closedAt;

    constructor(address authority) AccessManaged(authority) {}

    /* SETTING */

    /// @inheritdoc IInstrumentPolicy
    function listUnderlying(address index, address perpetual, InstrumentRisk calldata risk, TradeTerms calldata terms)
        external
        restricted
        returns (uint8 number)
    {
        if (underlyingCount == type(uint8).max) revert TooManyUnderlyings(type(uint8).max);
        _checkRisk(risk);
        _checkTrade(terms);
        number = ++underlyingCount;
        Underlying storage u = _underlyings[number];
        (u.index, u.perpetual, u.trade) = (index, perpetual, terms);
        u.risk.setAtOnce(InstrumentWord.unwrap(toInstrumentWord(risk)));
        uint64 newVersion = ++version;
        emit UnderlyingListed(newVersion, number, index, perpetual);
        emit InstrumentRiskChanged(newVersion, number, risk);
        emit TradeTermsChanged(newVersion, number, terms);
    }

    /// @inheritdoc IInstrumentPolicy
    function setRisk(uint8 number, InstrumentRisk calldata risk) external restricted {
        Underlying storage u = _known(number);
        _checkRisk(risk);
        emit InstrumentRiskChanged(++version, number, risk);
        bool hasFloor = InstrumentWord.wrap(u.risk.target).hasDeltaFloor();
        uint256 word = InstrumentWord.unwrap(toInstrumentWord(risk).withDeltaFloor(hasFloor));
        if (!isSealed) return u.risk.setAtOnce(word);
        Span memory span = _nextRamp();
        if (u.risk.setRamped(word, span, InstrumentRamp.mix)) {
            emit InstrumentRampStarted(number, span.startedAt, span.endsAt);
        }
    }

    /// @inheritdoc IInstrumentPolicy
    function setScenarios(uint8 number, ScenarioTerms calldata terms) external restricted {
        RampedWord storage scenarios = _known(number).scenarios;
        _checkScenarios(terms);
        emit ScenariosChanged(++version, number, terms);
        uint256 word = ScenarioWord.unwrap(toScenarioWord(terms));
        // until there is a grid, books are measured by the harshest
        if (!isSealed || scenarios.target == 0) return scenarios.setAtOnce(word);
        Span memory span = _nextRamp();
        if (scenarios.setRamped(word, span, ScenarioRamp.mix)) {
            emit ScenarioRampStarted(number, span.startedAt, span.endsAt);
        }
    }

    /// @inheritdoc IInstrumentPolicy
    function setDeltaTerms(uint8 number, DeltaTerms calldata terms) external restricted {
        Underlying storage u = _known(number);
        _checkDelta(terms);
        emit DeltaTermsChanged(++version, number, terms);
        // in step with the terms, whatever of the risk ramps
        u.risk.target = InstrumentWord.unwrap(InstrumentWord.wrap(u.risk.target).withDeltaFloor(terms.isFloor));
        uint256 word = DeltaWord.unwrap(toDeltaWord(terms));
        if (!isSealed) return u.delta.setAtOnce(word);
        Span memory span = _nextRamp();
        if (u.delta.setRamped(word, span, DeltaRamp.mix)) {
            emit DeltaRampStarted(number, span.startedAt, span.endsAt);
        }
    }

    /// @inheritdoc IInstrumentPolicy
    function setTradeTerms(uint8 number, TradeTerms calldata terms) external restricted {
        _checkTrade(terms);
        _known(number).trade = terms;
        emit TradeTermsChanged(++version, number, terms);
    }

    /// @inheritdoc IInstrumentPolicy
    function setRampDuration(uint32 duration) external restricted {
        _within("rampDuration", duration, MIN_RAMP, MAX_RAMP);
        rampDuration = duration;
        emit RampDurationChanged(++version, duration);
    }

    /// @inheritdoc IInstrumentPolicy
    function seal() external restricted {
        if (isSealed) revert InstrumentsAlreadySealed();
        isSealed = true;
        emit InstrumentsSealed(++version);
    }

    /// @inheritdoc IInstrumentPolicy
    function open(uint8 number, uint64 closure) external restricted {
        uint64 known = closedAt[number];
        if (known == 0 || closure != known) revert OtherClosure(number, closure, known);
        delete closedAt[number];
        emit UnderlyingOpened(++version, number);
    }

    /* LOWERING RISK */

    /// @inheritdoc IInstrumentPolicy
    function close(uint8 number) external restricted {
        _known(number);
        closedAt[number] = ++version;
        emit UnderlyingClosed(version, number);
    }

    /* READING */

    /// @inheritdoc IInstrumentPolicy
    function settle(uint8[] calldata numbers) external {
        for (uint256 i; i < numbers.length; ++i) {
            Underlying storage u = _underlyings[numbers[i]];
            if (u.risk.settle()) emit InstrumentRiskSettled(numbers[i]);
            if (u.scenarios.settle()) emit ScenariosSettled(numbers[i]);
            if (u.delta.settle()) emit DeltaTermsSettled(numbers[i]);
        }
    }

    /// @inheritdoc IInstrumentPolicy
    function feedsOf(uint8 number) external view returns (address index, address perpetual) {
        Underlying storage u = _underlyings[number];
        return (u.index, u.perpetual);
    }

    /// @inheritdoc IInstrumentPolicy
    function riskOf(uint8 number) external view returns (InstrumentRisk memory) {
        return _riskNow(_underlyings[number]).risk();
    }

    /// @inheritdoc IInstrumentPolicy
    function riskWord(uint8 number) external view returns (address index, address perpetual, InstrumentWord word) {
        Underlying storage u = _underlyings[number];
        return (u.index, u.perpetual, _riskNow(u));
    }

    /// @inheritdoc IInstrumentPolicy
    function riskTarget(uint8 number)
        external
        view
        returns (InstrumentRisk memory target, InstrumentRisk memory from, Span memory span)
    {
        (uint256 to, uint256 before, Span memory times) = _underlyings[number].risk.targetOf();
        return (InstrumentWord.wrap(to).risk(), InstrumentWord.wrap(before).risk(), times);
    }

    /// @inheritdoc IInstrumentPolicy
    function scenariosOf(uint8 number) external view returns (ScenarioTerms memory) {
        return scenarioWord(number).terms();
    }

    /// @inheritdoc IInstrumentPolicy
    function scenarioWord(uint8 number) public view returns (ScenarioWord) {
        return ScenarioWord.wrap(_underlyings[number].scenarios.wordNow(ScenarioRamp.mix));
    }

    /// @inheritdoc IInstrumentPolicy
    function scenarioTarget(uint8 number)
        external
        view
        returns (ScenarioTerms memory target, ScenarioTerms memory from, Span memory span)
    {
        (uint256 to, uint256 before, Span memory times) = _underlyings[number].scenarios.targetOf();
        return (ScenarioWord.wrap(to).terms(), ScenarioWord.wrap(before).terms(), times);
    }

    /// @inheritdoc IInstrumentPolicy
    function deltaTermsOf(uint8 number) external view returns (DeltaTerms memory) {
        return deltaWord(number).terms();
    }

    /// @inheritdoc IInstrumentPolicy
    function deltaWord(uint8 number) public view returns (DeltaWord) {
        return DeltaWord.wrap(_underlyings[number].delta.wordNow(DeltaRamp.mix));
    }

    /// @inheritdoc IInstrumentPolicy
    function deltaTarget(uint8 number)
        external
        view
        returns (DeltaTerms memory target, DeltaTerms memory from, Span memory span)
    {
        (uint256 to, uint256 before, Span memory times) = _underlyings[number].delta.targetOf();
        return (DeltaWord.wrap(to).terms(), DeltaWord.wrap(before).terms(), times);
    }

    /// @inheritdoc IInstrumentPolicy
    function tradeTerms(uint8 number) external view returns (TradeTerms memory) {
        return _underlyings[number].trade;
    }

    /// @inheritdoc IInstrumentPolicy
    function tradeOf(InstrumentId instrument)
        external
        view
        returns (TradeTerms memory terms, bool opens, address index, address perpetual)
    {
        Underlying storage u = _underlyings[instrument.underlying()];
        opens = isListed(instrument) && closedAt[instrument.underlying()] == 0;
        return (u.trade, opens, u.index, u.perpetual);
    }

    /// @inheritdoc IInstrumentPolicy
    function isListed(InstrumentId instrument) public view returns (bool) {
        if (!instrument.isCanonical() || instrument.underlying() > underlyingCount) return false;
        if (instrument.kind() == InstrumentKind.Perpetual) return true;
        TradeTerms storage terms = _underlyings[instrument.underlying()].trade;
        uint256 expiry = instrument.expiry();
        if (expiry <= block.timestamp || expiry > block.timestamp + uint256(terms.maxTenorDays) * 1 days) return false;
        if (expiry / 1 minutes % MINUTES_A_DAY != terms.expiryMinute) return false;
        return _digitsOf(instrument.strike()) <= terms.strikeDigits;
    }

    /* INTERNAL */

    function _known(uint8 number) private view returns (Underlying storage u) {
        if (number == 0 || number > underlyingCount) revert UnknownUnderlying(number);
        u = _underlyings[number];
    }

    function _riskNow(Underlying storage u) private view returns (InstrumentWord) {
        return InstrumentWord.wrap(u.risk.wordNow(InstrumentRamp.mix));
    }

    function _nextRamp() private view returns (Span memory) {
        // fit: for 34,000 years
        return Span(uint40(block.timestamp), uint40(block.timestamp + rampDuration));
    }

    /// @dev Significant digits, of at most six.
    function _digitsOf(uint256 strike) private pure returns (uint256 digits) {
        while (strike % 10 == 0) strike /= 10; // ends: no strike is zero
        for (; strike != 0; ++digits) {
            strike /= 10;
        }
    }

    function _checkRisk(InstrumentRisk calldata r) private pure {
        _within("perpetualMaintenancePpm", r.perpetualMaintenancePpm, MIN_RATE_PPM, MAX_RATE_PPM);
        _within("perpetualInitialPpm", r.perpetualInitialPpm, r.perpetualMaintenancePpm, MAX_RATE_PPM);
        _within("optionMaintenancePpm", r.optionMaintenancePpm, MIN_RATE_PPM, MAX_RATE_PPM);
        // or a short far out of the money would be asked for more to stay than to come
        _within("optionFloorPpm", r.optionFloorPpm, r.optionMaintenancePpm, MAX_RATE_PPM);
        _within("optionInitialPpm", r.optionInitialPpm, r.optionFloorPpm, MAX_RATE_PPM);
        _within("profitMaintenanceBps", r.profitMaintenanceBps, 0, BPS);
        _within("profitInitialBps", r.profitInitialBps, r.profitMaintenanceBps, BPS);
        _within("longMaintenanceBps", r.longMaintenanceBps, 0, BPS);
        _within("longInitialBps", r.longInitialBps, r.longMaintenanceBps, BPS);
    }

    function _checkScenarios(ScenarioTerms calldata t) private pure {
        _within("rangeBps", t.rangeBps, MIN_RANGE_BPS, MAX_RANGE_BPS);
        _within("stepBps", t.stepBps, (t.rangeBps + LEAST_STEPS - 1) / LEAST_STEPS, t.rangeBps);
        _within("initialBps", t.initialBps, BPS, MAX_INITIAL_BPS);
        _within("volatilityUpBps", t.volatilityUpBps, MIN_VOLATILITY_BPS, MAX_VOLATILITY_BPS);
        _within("volatilityDownBps", t.volatilityDownBps, MIN_VOLATILITY_BPS, MAX_VOLATILITY_BPS);
        _within("nakedPpm", t.nakedPpm, 0, MAX_CONTINGENCY_PPM);
        _within("basisPpm", t.basisPpm, 0, MAX_CONTINGENCY_PPM);
        for (uint256 i; i < TAILS; ++i) {
            int256 shock = t.tailShocksBps[i];
            if (shock < LEAST_SHOCK_BPS || shock > MOST_SHOCK_BPS) {
                revert TailShockOutOfBounds(shock, LEAST_SHOCK_BPS, MOST_SHOCK_BPS);
            }
            _within("tailWeightBps", t.tailWeightsBps[i], 0, BPS);
        }
    }

    function _checkDelta(DeltaTerms calldata t) private pure {
        // a floor of nothing is none
        _within("moveMaintenancePpm", t.moveMaintenancePpm, t.isFloor ? MIN_RATE_PPM : 0, MAX_RATE_PPM);
        _within("moveInitialPpm", t.moveInitialPpm, t.moveMaintenancePpm, MAX_RATE_PPM);
        _within("volatilityMaintenanceBps", t.volatilityMaintenanceBps, 0, MAX_VOLATILITY_BPS);
        _within("volatilityInitialBps", t.volatilityInitialBps, t.volatilityMaintenanceBps, MAX_VOLATILITY_BPS);
    }

    function _checkTrade(TradeTerms calldata t) private pure {
        _within("perpetualCapBps", t.perpetualCapBps, 0, MAX_CAP_BPS);
        _within("optionCapBps", t.optionCapBps, 0, MAX_CAP_BPS);
        _within("bandBps", t.bandBps, 1, MAX_BAND_BPS);
        _within("takerFeePpm", t.takerFeePpm, 0, MAX_FEE_PPM);
        _within("makerFeePpm", t.makerFeePpm, 0, t.takerFeePpm);
        _within("fundingPpmPerDay", t.fundingPpmPerDay, 0, MAX_FUNDING_PPM);
        _within("expiryMinute", t.expiryMinute, 0, MINUTES_A_DAY - 1);
        _within("maxTenorDays", t.maxTenorDays, 0, MAX_TENOR_DAYS);
        _within("strikeDigits", t.strikeDigits, 1, MAX_STRIKE_DIGITS);
    }

    function _within(bytes32 parameter, uint256 value, uint256 least, uint256 most) private pure {
        if (value < least || value > most) revert InstrumentParameterOutOfBounds(parameter, value, least, most);
    }
}
