// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {PriceStatus} from "../types/Price.sol";
import {SviWord} from "../types/SviWord.sol";
import {VolatilityUpdate} from "../types/VolatilityUpdate.sol";

/// @notice How far the publishers of one underlying are believed, and for how long. One slot: 21 bytes.
struct VolatilityConfig {
    /// seconds after which a slice opens no new risk
    uint24 openAge;
    /// seconds after which a slice is dead; > openAge
    uint24 liquidationAge;
    /// seconds before its expiry from which on the next two take the place of those above
    uint24 nearExpiry;
    uint24 nearOpenAge;
    uint24 nearLiquidationAge;
    /// seconds that a message may take from its timestamp to the chain; <= nearOpenAge
    uint16 relayDelay;
    /// widest confidence that may open new risk
    uint16 confidenceBps;
    /// how far an update may move variance for each hour since the last, of the lower one; in proportion for less
    uint16 jumpBpsPerHour;
}

/// @notice What is known of the volatility of an expiry; all zero, and so Down, where nothing is.
struct Volatility {
    /// take variance from it by `Svi.varianceAt`
    SviWord svi;
    uint16 confidenceBps;
    uint40 publishedAt;
    PriceStatus status;
}

/// @title Guarded volatility
/// @notice Volatility surfaces, slice by slice: for each underlying and expiry the parameters of SVI. Publishers sign
/// them off chain, anyone brings them here.
/// @dev Parameters are of annualised variance: total variance is that times the time that is left, so a slice does not
/// go wrong by time passing, only old.
interface IVolatilityFeed {
    event SurfaceConfigured(address indexed underlying, VolatilityConfig config);
    event VolatilityPublished(
        address indexed underlying, uint256 indexed expiry, address indexed publisher, SviWord svi
    );
    event VolatilityForgotten(address indexed underlying, uint256 indexed expiry);

    /// @notice `parameter` was given as `value` and must be within `[least, most]`.
    error VolatilityConfigOutOfBounds(
        address underlying, bytes32 parameter, uint256 value, uint256 least, uint256 most
    );
    /// @notice `parameter` is `value`, in units of 1e-10, and must be within `[least, most]`.
    error SviOutOfBounds(bytes32 parameter, int256 value, int256 least, int256 most);
    /// @notice Total variance would rise faster than Lee's bound, `time` seconds before expiry.
    error WingsTooSteep(uint256 b, int256 rho, uint256 time);
    /// @notice The underlying has no configuration.
    error VolatilityUnknown(address underlying);
    error PublisherNotAuthorised(address publisher);
    /// @notice The signature is not `publisher`'s, or not for this message, chain and feed.
    error PublicationRefused(address publisher);
    error PublicationFromFuture(uint256 timestamp);
    error PublicationTooOld(uint256 timestamp, uint256 oldest);
    error PublicationNotNewer(uint256 timestamp, uint256 known);
    error PublicationAfterExpiry(uint256 expiry);
    /// @notice Variance at log-moneyness `k` would move by more than the bound in `elapsed` seconds; WAD.
    error VolatilityJump(int256 k, uint256 varianceBefore, uint256 varianceAfter, uint256 elapsed);

    /// @notice What is known of the volatility of `underlying` until `expiry`. Never reverts.
    /// @dev Down where nothing was published or it is older than the second age. Live where it is no older than the
    /// first and its confidence within the limit. Degraded otherwise. Within `nearExpiry` of the expiry, and after it,
    /// the near ages hold: the last hours are where a wrong volatility is worth most. The parameters stay whatever the
    /// status: those of what is Down are for display and for the account's better side only, like a dead price.
    /// Sequencer outages count by their ages alone; what they mean for new risk is in the price of the underlying.
    function read(address underlying, uint256 expiry) external view returns (Volatility memory);

    /// @notice Takes over a slice that `publisher` has signed, a key or by ERC-1271 a contract. Anyone may call it.
    /// @dev A publisher is whoever the AccessManager would let call this function, without a delay. The message must
    /// be newer than what is known, not of the future and no older than `relayDelay`: of messages that wait, whoever
    /// brings them can choose within that only. Parameters, in units of 1e-10: `a` from -50 to 25, `b` up to 100, `rho`
    /// inside of ±1, `m` within ±4, `sigma` from 0.001 to 8; variance nowhere below that of 1 % and at the money not
    /// above that of 500 %; wings within Lee's bound. Against what is known, variance at the money and at log-moneyness
    /// ±0.1 and ±0.5 moves by no more than `jumpBpsPerHour` allows for the time between the two timestamps, so that
    /// many messages come hardly further than one; as variance is convex in `k`, that bounds it from above everywhere
    /// between. The first slice of an expiry has nothing to be held against.
    function publish(VolatilityUpdate calldata update, address publisher, bytes calldata signature) external;

    /// @notice Sets how far the publishers of `underlying` are believed. Only the role that governs the feed.
    function configure(address underlying, VolatilityConfig calldata config) external;

    /// @notice Makes a slice Down until the next one is published, which may be anywhere within bounds. Only the role
    /// that governs the feed.
    /// @dev The way out of a wrong slice that is further from the truth than updates may move. There is no way to force
    /// parameters in: those that wait for a delay are of another day when it is over. Messages as old as the forgotten
    /// slice stay void.
    function forget(address underlying, uint256 expiry) external;

    /// @notice All zero where `underlying` has none.
    function configOf(address underlying) external view returns (VolatilityConfig memory);
}
