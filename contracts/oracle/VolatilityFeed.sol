// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {IAccessManager} from "@openzeppelin/contracts/access/manager/IAccessManager.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {SignatureChecker} from "@openzeppelin/contracts/utils/cryptography/SignatureChecker.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {IVolatilityFeed, Volatility, VolatilityConfig} from "../interfaces/IVolatilityFeed.sol";
import {Svi} from "../math/Svi.sol";
import {BPS} from "../math/Units.sol";
import {PriceStatus} from "../types/Price.sol";
import {SVI_ONE, SviWord} from "../types/SviWord.sol";
import {VolatilityUpdate, hashVolatilityUpdate} from "../types/VolatilityUpdate.sol";

/// @title Volatility surfaces from signed messages
/// @dev The rules are on `IVolatilityFeed`. A read is two slots.
contract VolatilityFeed is AccessManaged, EIP712, IVolatilityFeed {
    using Svi for SviWord;

    /// @dev One underlying: a slot, and one more for each expiry.
    struct Surface {
        VolatilityConfig config;
        mapping(uint256 expiry => SviWord) slices;
    }

    /// @dev Nobody is to be margined on yesterday's volatility.
    uint256 private constant MAX_LIQUIDATION_AGE = 1 days;
    /// @dev Above a month, the near ages would be those of most options.
    uint256 private constant MAX_NEAR_EXPIRY = 30 days;
    /// @dev Blocks are full for minutes, not for hours; and what waits longer is a choice in the relayer's hands.
    uint256 private constant MAX_RELAY_DELAY = 10 minutes;
    /// @dev A volatility that is known to a half only is not known.
    uint256 private constant MAX_CONFIDENCE_BPS = 5_000;
    /// @dev Variance doubles in seven minutes: faster than in March 2020.
    uint256 private constant MAX_JUMP_BPS_PER_HOUR = 60_000;

    // Bounds of parameters, in units of SVI_ONE. Wider than any market's: together with the least variance they keep
    // the maths exact, and a slice that no market has is not a slice.
    int256 private constant LEAST_A = -50 * SVI_ONE;
    int256 private constant MOST_A = 25 * SVI_ONE;
    int256 private constant MOST_B = 100 * SVI_ONE;
    int256 private constant MOST_RHO = SVI_ONE - 1;
    /// @dev Strikes are within a tenth and ten times the price, that is within ±2.3.
    int256 private constant MOST_M = 4 * SVI_ONE;
    /// @dev A thousandth: below it the smile is a kink.
    int256 private constant LEAST_SIGMA = SVI_ONE / 1_000;
    int256 private constant MOST_SIGMA = 8 * SVI_ONE;
    int256 private constant UNIT = 1e18 / SVI_ONE;

    /// @dev Where variance may not jump besides at the money: inside are the strikes of a day, and those of a season.
    int256 private constant NARROW = 0.1e18;
    int256 private constant WIDE = 0.5e18;

    mapping(address underlying => Surface) private _surfaces;

    constructor(address authority) AccessManaged(authority) EIP712("Plimsoll", "1") {}

    /* READING */

    /// @inheritdoc IVolatilityFeed
    function read(address underlying, uint256 expiry) external view returns (Volatility memory volatility) {
        Surface storage surface = _surfaces[underlying];
        SviWord slice = surface.slices[expiry];
        if (!slice.isKnown()) return volatility;
        volatility.svi = slice;
        volatility.confidenceBps = slice.confidenceBps();
        volatility.publishedAt = slice.publishedAt();

        VolatilityConfig memory config = surface.config;
        // fits: nothing of the future was taken, and ages are below 2**24
        unchecked {
            uint256 age = block.timestamp - volatility.publishedAt;
            bool isNear = expiry <= block.timestamp + config.nearExpiry;
            if (age > (isNear ? config.nearLiquidationAge : config.liquidationAge)) return volatility;
            bool isFresh = age <= (isNear ? config.nearOpenAge : config.openAge);
            volatility.status =
                isFresh && volatility.confidenceBps <= config.confidenceBps ? PriceStatus.Live : PriceStatus.Degraded;
        }
    }

    /// @inheritdoc IVolatilityFeed
    function configOf(address underlying) external view returns (VolatilityConfig memory) {
        return _surfaces[underlying].config;
    }

    /* PUBLISHING */

    /// @inheritdoc IVolatilityFeed
    /// @dev Whether the publisher may is asked of the AccessManager as for any restricted function: so roles are given
    /// and taken where all others are, no number of a role is in the code, and closing this contract there stops
    /// publication at once. Who has to wait for a delay may not: a signature cannot wait.
    function publish(VolatilityUpdate calldata update, address publisher, bytes calldata signature) external {
        Surface storage surface = _surfaces[update.underlying];
        VolatilityConfig memory config = surface.config;
        if (config.openAge == 0) revert VolatilityUnknown(update.underlying);
        SviWord known = surface.slices[update.expiry];
        _checkTime(update, known.publishedAt(), config);
        SviWord slice = update.toSlice();
        _checkSlice(slice, update.expiry - update.timestamp);
        if (known.isKnown()) _checkJump(known, slice, config);

        (bool isAllowed,) = IAccessManager(authority()).canCall(publisher, address(this), this.publish.selector);
        if (!isAllowed) revert PublisherNotAuthorised(publisher);
        bytes32 digest = _hashTypedDataV4(hashVolatilityUpdate(update));
        if (!SignatureChecker.isValidSignatureNowCalldata(publisher, digest, signature)) {
            revert PublicationRefused(publisher);
        }
        surface.slices[update.expiry] = slice;
        emit VolatilityPublished(update.underlying, update.expiry, publisher, slice);
    }

    function _checkTime(VolatilityUpdate calldata update, uint256 known, VolatilityConfig memory config) private view {
        uint256 timestamp = update.timestamp;
        if (timestamp > block.timestamp) revert PublicationFromFuture(timestamp);
        if (block.timestamp - timestamp > config.relayDelay) {
            revert PublicationTooOld(timestamp, block.timestamp - config.relayDelay);
        }
        if (timestamp <= known) revert PublicationNotNewer(timestamp, known);
        if (update.expiry <= block.timestamp) revert PublicationAfterExpiry(update.expiry);
    }

    function _checkSlice(SviWord slice, uint256 time) private pure {
        // fits: fields are below 2**40
        _requireWithin("a", slice.a(), LEAST_A, MOST_A);
        _requireWithin("b", int256(slice.b()), 0, MOST_B);
        _requireWithin("rho", slice.rho(), -MOST_RHO, MOST_RHO);
        _requireWithin("m", slice.m(), -MOST_M, MOST_M);
        _requireWithin("sigma", int256(slice.sigma()), LEAST_SIGMA, MOST_SIGMA);
        _requireWithin("confidenceBps", int256(uint256(slice.confidenceBps())), 0, int256(BPS));
        // fit: the two bounds are small
        int256 least = int256(Svi.LEAST_VARIANCE) / UNIT;
        int256 most = int256(Svi.MOST_VARIANCE) / UNIT;
        _requireWithin("leastVariance", slice.leastVariance(), least, most);
        _requireWithin("variance", slice.unboundedVarianceAt(0) / UNIT, least, most);
        if (!slice.areWingsSound(time)) revert WingsTooSteep(slice.b(), slice.rho(), time);
    }

    function _checkJump(SviWord known, SviWord slice, VolatilityConfig memory config) private pure {
        // fits: the new one is the later one, and the time between is below 2**40
        uint256 elapsed = slice.publishedAt() - known.publishedAt();
        int256[5] memory points = [-WIDE, -NARROW, int256(0), NARROW, WIDE];
        for (uint256 i; i < points.length; ++i) {
            uint256 before = known.varianceAt(points[i]);
            uint256 afterwards = slice.varianceAt(points[i]);
            uint256 lower = Math.min(before, afterwards);
            // fits: variances are at most 25e18, the rate is below 2**16 and time below 2**40
            if ((Math.max(before, afterwards) - lower) * BPS * 1 hours > lower * config.jumpBpsPerHour * elapsed) {
                revert VolatilityJump(points[i], before, afterwards, elapsed);
            }
        }
    }

    function _requireWithin(bytes32 parameter, int256 value, int256 least, int256 most) private pure {
        if (value < least || value > most) revert SviOutOfBounds(parameter, value, least, most);
    }

    /* CONFIGURING */

    /// @inheritdoc IVolatilityFeed
    function configure(address underlying, VolatilityConfig calldata config) external restricted {
        _within(underlying, "liquidationAge", config.liquidationAge, 2, MAX_LIQUIDATION_AGE);
        _within(underlying, "openAge", config.openAge, 1, config.liquidationAge - 1);
        _within(underlying, "nearExpiry", config.nearExpiry, 0, MAX_NEAR_EXPIRY);
        _within(underlying, "nearLiquidationAge", config.nearLiquidationAge, 2, config.liquidationAge);
        uint256 most = Math.min(config.openAge, config.nearLiquidationAge - 1);
        _within(underlying, "nearOpenAge", config.nearOpenAge, 1, most);
        // what is taken over would be Live by its age
        _within(underlying, "relayDelay", config.relayDelay, 1, Math.min(config.nearOpenAge, MAX_RELAY_DELAY));
        _within(underlying, "confidenceBps", config.confidenceBps, 1, MAX_CONFIDENCE_BPS);
        // a bound that does not grow would hold a slice fast for good
        _within(underlying, "jumpBpsPerHour", config.jumpBpsPerHour, 1, MAX_JUMP_BPS_PER_HOUR);
        _surfaces[underlying].config = config;
        emit SurfaceConfigured(underlying, config);
    }

    /// @inheritdoc IVolatilityFeed
    function forget(address underlying, uint256 expiry) external restricted {
        Surface storage surface = _surfaces[underlying];
        surface.slices[expiry] = surface.slices[expiry].withoutParameters();
        emit VolatilityForgotten(underlying, expiry);
    }

    function _within(address underlying, bytes32 parameter, uint256 value, uint256 least, uint256 most) private pure {
        if (value < least || value > most) {
            revert VolatilityConfigOutOfBounds(underlying, parameter, value, least, most);
        }
    }
}
