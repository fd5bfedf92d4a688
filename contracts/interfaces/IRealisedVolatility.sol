// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {VolatilityTerms} from "../types/VolatilityTerms.sol";
import {IPriceOracle} from "./IPriceOracle.sol";

/// @notice What is known of one asset's volatility and what follows from it.
struct VolatilityState {
    /// seen last, quote WAD; zero before the first sample
    uint96 price;
    /// variance a year by the short half-life, WAD
    uint80 recent;
    /// the estimate of variance a year, WAD
    uint80 variance;
    /// the scale of initial margin, WAD
    uint64 initial;
    /// the scale of maintenance margin at `since`, WAD
    uint64 from;
    /// block timestamp from which it ramps
    uint32 since;
    /// block timestamp of the last sample; zero before the first
    uint32 sampledAt;
}

/// @title Realised volatility and the scales of dynamic margin
/// @notice Measures from guarded prices how much each asset has moved of late, and says by how much margin is to be
/// multiplied for it: at once for new risk, by a ramp for risk that is there.
interface IRealisedVolatility {
    /// @param state as stored: the events of an asset rebuild its storage
    event VolatilityConfigured(address indexed asset, VolatilityTerms terms, VolatilityState state);
    event VolatilitySampled(address indexed asset, VolatilityState state);

    /// @notice `parameter` was given as `value` and must be within `[least, most]`.
    error VolatilityTermsOutOfBounds(address asset, bytes32 parameter, uint256 value, uint256 least, uint256 most);

    /// @notice What margin of `asset` is multiplied by, WAD: at least one, at most four, and the second never above the
    /// first. Both are one where it has no terms.
    /// @dev Reads one slot and no price. The initial scale is volatility over the reference as last sampled. The
    /// maintenance scale rises towards it by no more than the ramp, from where it was, so that within a block it never
    /// rises, whatever is sampled or configured; where the initial scale falls below it, it falls with it, since new
    /// risk is never asked for less than risk that is there.
    function scales(address asset) external view returns (uint256 initialWad, uint256 maintenanceWad);

    /// @notice Takes the prices of `assets` into their estimates. Anyone may call it. Passes over an asset without
    /// terms, one sampled less than its `minInterval` ago, and one whose price is not Live.
    /// @dev Never reverts for what a feed does (only out of gas, or `FeedGasMissing`). Time alone changes no estimate.
    /// A sample weighs as the time since the one before does, up to a 16th of the short half-life, and counts a move
    /// of no more than four standard deviations.
    function sample(address[] calldata assets) external;

    /// @notice Sets the terms of `asset`. Only the role that governs risk.
    /// @dev The estimate begins at the reference, that is at a scale of one, and at new terms is what it was, within
    /// their bounds. A lower reference raises the initial scale at once and the maintenance scale by the ramp.
    function configure(address asset, VolatilityTerms calldata terms) external;

    /// @notice The estimate as a volatility a year, WAD, rounded down; zero without terms.
    function volatility(address asset) external view returns (uint256);

    /// @notice All zero without terms.
    function stateOf(address asset) external view returns (VolatilityState memory);

    /// @notice All zero without terms.
    function termsOf(address asset) external view returns (VolatilityTerms memory);

    /// @notice Where prices come from.
    function oracle() external view returns (IPriceOracle);
}
