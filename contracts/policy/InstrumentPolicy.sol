// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {IInstrumentPolicy} from "../interfaces/IInstrumentPolicy.sol";
import {Span} from "../math/LinearRamp.sol";
import {DeltaWord, toDeltaWord} from "../types/DeltaWord.sol";
import {InstrumentId, InstrumentKind} from "../types/InstrumentId.sol";
import {
    DeltaTerms,
    InstrumentRisk,
    ScenarioTerms,
    TradeCapGrowth,
    TradeCaps,
    TradeTerms
} from "../types/InstrumentParams.sol";
import {InstrumentWord, toInstrumentWord} from "../types/InstrumentWord.sol";
import {ScenarioWord, toScenarioWord} from "../types/ScenarioWord.sol";
import {DeltaRamp} from "./DeltaRamp.sol";
import {InstrumentLimits} from "./InstrumentLimits.sol";
import {InstrumentRamp} from "./InstrumentRamp.sol";
import {ScenarioRamp} from "./ScenarioRamp.sol";
import {TradeCapRules} from "./TradeCapRules.sol";
import {RampedWord, WordRamp} from "./WordRamp.sol";

/// @title The policy of instruments
contract InstrumentPolicy is IInstrumentPolicy, AccessManaged {
    using TradeCapRules for TradeCapGrowth;
    using TradeCapRules for TradeCaps;
    using TradeCapRules for TradeTerms;
    using WordRamp for RampedWord;

    struct Underlying {
        address index;
        address perpetual;
        /// whether `growth` is to be looked up; in the slot that every trade reads
        bool isGrowing;
        RampedWord risk;
        TradeTerms trade;
        TradeCapGrowth growth;
        RampedWord scenarios;
        RampedWord delta;
    }

    uint256 private constant MINUTES_A_DAY = 1 days / 1 minutes;
    uint256 private constant MIN_RAMP = 1 days;
    uint256 private constant MAX_RAMP = 30 days;

    /// @inheritdoc IInstrumentPolicy
    uint64 public version;
    /// @inheritdoc IInstrumentPolicy
    bool public isSealed;
    /// @inheritdoc IInstrumentPolicy
    uint32 public rampDuration = uint32(MIN_RAMP);
    /// @inheritdoc IInstrumentPolicy
    uint8 public underlyingCount;

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
        InstrumentLimits.checkRisk(risk);
        InstrumentLimits.checkTrade(terms);
        number = ++underlyingCount;
        Underlying storage u = _underlyings[number];
        (u.index, u.perpetual) = (index, perpetual);
        u.risk.setAtOnce(InstrumentWord.unwrap(toInstrumentWord(risk)));
        uint64 newVersion = ++version;
        emit UnderlyingListed(newVersion, number, index, perpetual);
        emit InstrumentRiskChanged(newVersion, number, risk);
        _setTrade(number, u, terms);
    }

    /// @inheritdoc IInstrumentPolicy
    function setRisk(uint8 number, InstrumentRisk calldata risk) external restricted {
        Underlying storage u = _known(number);
        InstrumentLimits.checkRisk(risk);
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
        InstrumentLimits.checkScenarios(terms);
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
        InstrumentLimits.checkDelta(terms);
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
        InstrumentLimits.checkTrade(terms);
        ++version;
        _setTrade(number, _known(number), terms);
    }

    /// @inheritdoc IInstrumentPolicy
    function setRampDuration(uint32 duration) external restricted {
        InstrumentLimits.within("rampDuration", duration, MIN_RAMP, MAX_RAMP);
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
            if (!u.isGrowing || _capsNow(u, u.trade).isBelow(u.trade.capsOf())) continue;
            u.isGrowing = false;
            emit TradeCapsSettled(numbers[i]);
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
    function capsOf(uint8 number) external view returns (TradeCaps memory) {
        return _capsNow(_underlyings[number], _underlyings[number].trade);
    }

    /// @inheritdoc IInstrumentPolicy
    function capGrowthOf(uint8 number) external view returns (TradeCapGrowth memory growth) {
        Underlying storage u = _underlyings[number];
        if (u.isGrowing) growth = u.growth;
    }

    /// @inheritdoc IInstrumentPolicy
    function tradeOf(InstrumentId instrument)
        external
        view
        returns (TradeTerms memory terms, uint256 cap, bool opens, address index, address perpetual)
    {
        Underlying storage u = _underlyings[instrument.underlying()];
        terms = u.trade;
        TradeCaps memory caps = _capsNow(u, terms);
        terms.unsettledCap = uint48(caps.unsettled); // fits: at most the target
        cap = instrument.isOption() ? caps.options : caps.perpetuals;
        opens = isListed(instrument) && closedAt[instrument.underlying()] == 0;
        (index, perpetual) = (u.index, u.perpetual);
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

    /// @dev At once, but for caps that are raised. A new underlying had none.
    function _setTrade(uint8 number, Underlying storage u, TradeTerms calldata terms) private {
        TradeCaps memory was = _capsNow(u, u.trade);
        TradeCaps memory targets = terms.capsOf();
        u.trade = terms;
        emit TradeTermsChanged(version, number, terms);
        bool grows = isSealed && was.isBelow(targets);
        u.isGrowing = grows;
        if (!grows) return;
        u.growth = targets.growthTo(was);
        emit TradeCapGrowthStarted(number, u.growth);
    }

    /// @param terms of `u`, read once
    function _capsNow(Underlying storage u, TradeTerms memory terms) private view returns (TradeCaps memory caps) {
        caps = terms.capsOf();
        if (u.isGrowing) caps = u.growth.capsNow(caps);
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
}
