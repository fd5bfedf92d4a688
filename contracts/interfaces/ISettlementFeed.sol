// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {PriceStatus} from "../types/Price.sol";
import {SettlementRecord, SettlementStatus} from "../types/Settlement.sol";

/// @title Settlement prices of options
/// @notice The average of the guarded index over the 30 minutes before an expiry, by time. Nobody sets it and nobody
/// fetches it: it is what was recorded when the window ended, whoever asks and whenever.
/// @dev Any whole minute is an expiry, and any key of the oracle an underlying; which of them have options is policy's.
/// Each sample counts until the next one, and for three minutes at most; what is longer is left out of the average. So
/// further samples only make it truer: a price that somebody records because it suits him counts until the next sample,
/// which anyone may take in the next block, and a tenth of the window at most if nobody does.
interface ISettlementFeed {
    /// @param price quote WAD
    /// @param weightedSum of what came before this sample, quote WAD seconds
    /// @param covered seconds in it
    event SampleRecorded(
        address indexed underlying, uint256 indexed expiry, uint256 price, uint256 weightedSum, uint256 covered
    );
    /// @param average quote WAD, what would have been the price
    event SettlementDisputed(address indexed underlying, uint256 indexed expiry, uint256 average);
    /// @param price quote WAD
    event SettlementResolved(address indexed underlying, uint256 indexed expiry, uint256 price);

    error ExpiryNotWholeMinute(uint256 expiry);
    /// @notice Samples are taken from `from` on and before `until`.
    error OutsideWindow(uint256 from, uint256 until);
    /// @notice The index is in doubt, so it cannot be recorded.
    error IndexNotLive(address underlying, PriceStatus status);
    error WrongSettlementStatus(address underlying, uint256 expiry, SettlementStatus status, SettlementStatus needed);
    /// @notice The price is further from the oracle's than it may be.
    error ResolutionTooFar(address underlying, uint256 price, uint256 spot, uint256 limitBps);

    /// @notice Takes a sample of the index, in the window before `expiry` and not at its end. Anyone may call it, as
    /// often as he likes; within a second of an earlier sample it does nothing.
    /// @dev Of Live prices only. Degraded is a doubt, and this cannot tell which: an old feed, a source that is lost or
    /// contradicts, a chain that stood still. Three minutes of doubt are bridged by the last good sample, up to six
    /// more in all are left out, and what is longer is not averaged over but decided by people (`resolve`). A sample
    /// that is refused changes nothing, so nobody gains by trying in a bad moment.
    function record(address underlying, uint256 expiry) external;

    /// @notice How much of the settlement price no longer moves: the part of the final average that what was seen makes
    /// up if the rest of the window is seen, WAD and rounded down, and the average of that part, quote WAD and rounded
    /// down. Both zero until something was seen.
    /// @dev `covered / (covered + left)`, with the last sample counted up to now: time that nobody saw is in neither.
    function averageSoFar(address underlying, uint256 expiry)
        external
        view
        returns (uint256 fixedWeight, uint256 fixedAverage);

    /// @notice The settlement price, quote WAD and rounded down, and how far it can be relied on: not at all unless
    /// Pending or Final. It is Pending from the expiry on where at least 24 minutes of the window were seen, and Final
    /// two hours after the expiry, or as soon as it is resolved. Otherwise it is the average so far, for display.
    function settlementOf(address underlying, uint256 expiry)
        external
        view
        returns (uint256 price, SettlementStatus status);

    /// @notice Makes a Pending settlement Unresolved. Only the role that may stop things at once.
    function dispute(address underlying, uint256 expiry) external;

    /// @notice Sets the price of an Unresolved settlement, for good. Only the role that governs the feed, which waits.
    /// @dev No further from the oracle's price than a fifth of the lower one for each day begun between that price and
    /// the expiry: what a feed's replacement may jump. Whoever resolves knows prices of the past better than any
    /// contract; what he must not get wrong, or make wrong, is the unit. The price that the oracle knows of a dead feed
    /// is its last recorded one, so the end of a feed does not hold up a settlement; an index that was never recorded
    /// has none.
    function resolve(address underlying, uint256 expiry, uint256 price) external;

    /// @notice What is stored; all zero where nothing was seen.
    function recordOf(address underlying, uint256 expiry) external view returns (SettlementRecord memory);
}
