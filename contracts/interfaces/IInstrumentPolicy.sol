// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Span} from "../math/LinearRamp.sol";
import {DeltaWord} from "../types/DeltaWord.sol";
import {InstrumentId} from "../types/InstrumentId.sol";
import {
    DeltaTerms,
    InstrumentRisk,
    ScenarioTerms,
    TradeCapGrowth,
    TradeCaps,
    TradeTerms
} from "../types/InstrumentParams.sol";
import {InstrumentWord} from "../types/InstrumentWord.sol";
import {ScenarioWord} from "../types/ScenarioWord.sol";

/// @title The policy of instruments
/// @notice Underlyings, and what positions in them require and how they are traded: data, within bounds that code
/// sets. Each change raises the version and is an event.
/// @dev From `seal` on, a maintenance requirement that rises comes over a ramp, and a cap that is raised grows;
/// everything else holds at once.
interface IInstrumentPolicy {
    event UnderlyingListed(uint64 indexed version, uint8 indexed underlying, address index, address perpetual);
    event InstrumentRiskChanged(uint64 indexed version, uint8 indexed underlying, InstrumentRisk risk);
    event InstrumentRampStarted(uint8 indexed underlying, uint40 startedAt, uint40 endsAt);
    event ScenariosChanged(uint64 indexed version, uint8 indexed underlying, ScenarioTerms terms);
    event ScenarioRampStarted(uint8 indexed underlying, uint40 startedAt, uint40 endsAt);
    event DeltaTermsChanged(uint64 indexed version, uint8 indexed underlying, DeltaTerms terms);
    event DeltaRampStarted(uint8 indexed underlying, uint40 startedAt, uint40 endsAt);
    event TradeTermsChanged(uint64 indexed version, uint8 indexed underlying, TradeTerms terms);
    event TradeCapGrowthStarted(uint8 indexed underlying, TradeCapGrowth growth);
    /// @notice Open interest of `underlying` can only fall, until `opened`.
    event UnderlyingClosed(uint64 indexed version, uint8 indexed underlying);
    event UnderlyingOpened(uint64 indexed version, uint8 indexed underlying);
    event RampDurationChanged(uint64 indexed version, uint32 duration);
    event InstrumentsSealed(uint64 indexed version);
    /// @notice What ramped has arrived and is no longer looked up.
    event InstrumentRiskSettled(uint8 indexed underlying);
    event ScenariosSettled(uint8 indexed underlying);
    event DeltaTermsSettled(uint8 indexed underlying);
    event TradeCapsSettled(uint8 indexed underlying);

    /// @notice `parameter` was given as `value` and must be within `[least, most]`.
    error InstrumentParameterOutOfBounds(bytes32 parameter, uint256 value, uint256 least, uint256 most);
    error TailShockOutOfBounds(int256 shockBps, int256 leastBps, int256 mostBps);
    error UnknownUnderlying(uint8 underlying);
    error TooManyUnderlyings(uint256 most);
    error InstrumentsAlreadySealed();
    /// @notice The guardian has closed `underlying` at `closure`, which is another one; zero is none.
    error OtherClosure(uint8 underlying, uint64 closure, uint64 known);

    /* SETTING: the policy role, which waits */

    /// @notice Lists an underlying under the next number. Its caps are zero for three days and grow then, as those of
    /// `setTradeTerms`. Its feeds cannot be replaced here: a feed is replaced in the
    /// price oracle.
    /// @param index the price oracle's key of the underlying's price: of the token, where there is one, so that it
    /// counts as collateral of the same underlying
    /// @param perpetual the price oracle's key of the perpetual's own price
    function listUnderlying(address index, address perpetual, InstrumentRisk calldata risk, TradeTerms calldata terms)
        external
        returns (uint8 underlying);

    /// @notice Replaces what positions require. Maintenance rates, the slope and maintenance haircuts that rise ramp
    /// from where they are now; everything else is at once.
    function setRisk(uint8 underlying, InstrumentRisk calldata risk) external;

    /// @notice Replaces the markets that portfolio margin tries books in, and what it adds. What asks for more ramps
    /// from where it is, and so does, either way, what moves the scenarios themselves; what eases, and what initial
    /// margin is of maintenance margin, holds at once. The first grid of an underlying holds at once.
    function setScenarios(uint8 underlying, ScenarioTerms calldata terms) external;

    /// @notice Replaces what net exposure is taken to require, and whether standard margin requires no less.
    /// Maintenance terms of a floor that rise ramp from where they are, and those of a new floor from zero; everything
    /// else is at once.
    function setDeltaTerms(uint8 underlying, DeltaTerms calldata terms) external;

    /// @notice Replaces how the instruments are traded, at once: what is open stays open. Only a cap that is raised
    /// grows, from where it is: on what is open by half of what it was a day, on what is unsettled by half of it, and
    /// of 100,000 where it is less. One that is zero stays so for three days; then what is open may grow by half of
    /// its target a day.
    function setTradeTerms(uint8 underlying, TradeTerms calldata terms) external;

    /// @notice Seconds that later ramps take. Ramps that run keep their pace.
    function setRampDuration(uint32 duration) external;

    /// @notice Ends the time before anybody trades, in which nothing ramps. Cannot be undone.
    function seal() external;

    /// @notice Lets open interest rise again.
    /// @param closure `closedAt`, so that no opening can be scheduled before the closure it is to lift
    function open(uint8 underlying, uint64 closure) external;

    /* LOWERING RISK: the guardian, at once */

    /// @notice No trade may raise the open interest of `underlying` any more.
    function close(uint8 underlying) external;

    /* READING */

    /// @notice Stops looking up ramps, and caps that grew, that have arrived. Anyone may call it.
    function settle(uint8[] calldata underlyings) external;

    /// @notice How many underlyings there are; their numbers begin at one.
    function underlyingCount() external view returns (uint8);

    /// @notice Keys of the two prices in the price oracle; zero where `underlying` is unknown.
    function feedsOf(uint8 underlying) external view returns (address index, address perpetual);

    /// @notice What positions require now; all zero where `underlying` is unknown.
    function riskOf(uint8 underlying) external view returns (InstrumentRisk memory);

    /// @notice The same in one word, never flagged as ramping, with the keys of the two prices. It is flagged where
    /// `deltaWord` is a floor.
    function riskWord(uint8 underlying) external view returns (address index, address perpetual, InstrumentWord);

    /// @notice What is ramped to, from where and when; no ramp is all zero.
    function riskTarget(uint8 underlying)
        external
        view
        returns (InstrumentRisk memory target, InstrumentRisk memory from, Span memory span);

    /// @notice The scenario grid that holds now; all zero where none was ever set.
    function scenariosOf(uint8 underlying) external view returns (ScenarioTerms memory);

    /// @notice The same in one word, never flagged as ramping.
    function scenarioWord(uint8 underlying) external view returns (ScenarioWord);

    /// @notice What the grid is ramped to, from where and when; no ramp is all zero.
    function scenarioTarget(uint8 underlying)
        external
        view
        returns (ScenarioTerms memory target, ScenarioTerms memory from, Span memory span);

    /// @notice What net exposure requires now; all zero where nothing was ever set.
    function deltaTermsOf(uint8 underlying) external view returns (DeltaTerms memory);

    /// @notice The same in one word, never flagged as ramping.
    function deltaWord(uint8 underlying) external view returns (DeltaWord);

    /// @notice What these terms are ramped to, from where and when; no ramp is all zero.
    function deltaTarget(uint8 underlying)
        external
        view
        returns (DeltaTerms memory target, DeltaTerms memory from, Span memory span);

    /// @notice The terms as they are set: caps that grow are those to be grown to.
    function tradeTerms(uint8 underlying) external view returns (TradeTerms memory);

    /// @notice The caps of the moment.
    function capsOf(uint8 underlying) external view returns (TradeCaps memory);

    /// @notice How the caps grow; all zero where none does. One that does not grow while another does gains nothing a
    /// day.
    function capGrowthOf(uint8 underlying) external view returns (TradeCapGrowth memory);

    /// @notice All that a trade in `instrument` needs to know, caps as they are now: `cap` is the one on what is open
    /// of its kind, whole units as WAD. It `opens` where it is on the grid and its underlying is not closed: else
    /// positions in it can only be reduced. With the keys of `feedsOf`.
    function tradeOf(InstrumentId instrument)
        external
        view
        returns (TradeTerms memory terms, uint256 cap, bool opens, address index, address perpetual);

    /// @notice The version at which the guardian closed `underlying`; zero while it is open.
    function closedAt(uint8 underlying) external view returns (uint64);

    /// @notice Whether `instrument` is on the grid: a perpetual, or an option whose strike has no more digits and
    /// whose expiry is at the minute and within the tenor that the terms allow, and not over.
    function isListed(InstrumentId instrument) external view returns (bool);

    function rampDuration() external view returns (uint32);

    function version() external view returns (uint64);

    function isSealed() external view returns (bool);
}
