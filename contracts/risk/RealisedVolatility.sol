// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {IPriceOracle} from "../interfaces/IPriceOracle.sol";
import {IRealisedVolatility, VolatilityState} from "../interfaces/IRealisedVolatility.sol";
import {RealisedVariance, Variance} from "../math/RealisedVariance.sol";
import {WAD} from "../math/Units.sol";
import {Price, PriceStatus} from "../types/Price.sol";
import {ScaleWord, toScaleWord} from "../types/ScaleWord.sol";
import {VolatilityTerms} from "../types/VolatilityTerms.sol";

/// @notice One asset: three slots, of which a margin check reads the first.
struct Watched {
    ScaleWord scale;
    Variance variance;
    VolatilityTerms terms;
}

/// @title Realised volatility and the scales of dynamic margin
/// @dev The rules are on `IRealisedVolatility`, the estimate is in `RealisedVariance`.
contract RealisedVolatility is AccessManaged, IRealisedVolatility {
    /// @dev Five per cent a year is a currency that is pegged.
    uint256 private constant MIN_REFERENCE_BPS = 500;
    uint256 private constant MAX_REFERENCE_BPS = 50_000;
    /// @dev From a floor far below the reference the estimate, which multiplies, would take long to come up.
    uint256 private constant MAX_FLOOR_PART = 8;
    /// @dev Margin of more than four times what the policy asks would be another policy.
    uint256 private constant MAX_SCALE = 4;
    /// @dev A tenth of what the policy asks in an hour: whoever has a tenth more than he needs has an hour.
    uint256 private constant MAX_RAMP_BPS_PER_HOUR = 1_000;
    /// @dev Feeds move in steps, of which shorter samples would cut most (risk.md tells how long they should be).
    uint256 private constant MIN_INTERVAL = 1 minutes;
    uint256 private constant MIN_FAST_HALF_LIFE = 1 hours;
    uint256 private constant MAX_FAST_HALF_LIFE = 1 days;
    uint256 private constant MAX_SLOW_HALF_LIFE = 14 days;

    /// @inheritdoc IRealisedVolatility
    IPriceOracle public immutable oracle;

    mapping(address asset => Watched) private _watched;

    constructor(address authority, IPriceOracle oracle_) AccessManaged(authority) {
        oracle = oracle_;
    }

    /* READING */

    /// @inheritdoc IRealisedVolatility
    function scales(address asset) external view returns (uint256 initialWad, uint256 maintenanceWad) {
        ScaleWord scale = _watched[asset].scale;
        if (!scale.isSet()) return (WAD, WAD);
        return (scale.initial(), scale.maintenanceAt(block.timestamp));
    }

    /// @inheritdoc IRealisedVolatility
    function volatility(address asset) external view returns (uint256) {
        return _watched[asset].variance.volatility();
    }

    /// @inheritdoc IRealisedVolatility
    function stateOf(address asset) external view returns (VolatilityState memory) {
        return _state(_watched[asset].scale, _watched[asset].variance);
    }

    /// @inheritdoc IRealisedVolatility
    function termsOf(address asset) external view returns (VolatilityTerms memory) {
        return _watched[asset].terms;
    }

    /* SAMPLING */

    /// @inheritdoc IRealisedVolatility
    function sample(address[] calldata assets) external {
        for (uint256 i; i < assets.length; ++i) {
            _sample(assets[i]);
        }
    }

    function _sample(address asset) private {
        Watched storage watched = _watched[asset];
        ScaleWord known = watched.scale;
        if (!known.isSet()) return;
        VolatilityTerms memory terms = watched.terms;
        uint256 elapsed = block.timestamp - known.sampledAt();
        if (elapsed < terms.minInterval) return;
        Price memory price = oracle.read(asset);
        if (price.status != PriceStatus.Live) return;

        Variance memory variance = watched.variance;
        // fits: a price is below 2**96
        if (variance.price == 0) variance.price = uint96(price.spot);
        else variance.sample(price.spot, elapsed, terms);
        watched.variance = variance;
        ScaleWord scale = toScaleWord(
            variance.scale(terms),
            known.maintenanceAt(block.timestamp),
            block.timestamp,
            block.timestamp,
            terms.rampBpsPerHour
        );
        watched.scale = scale;
        emit VolatilitySampled(asset, _state(scale, variance));
    }

    /* CONFIGURING */

    /// @inheritdoc IRealisedVolatility
    function configure(address asset, VolatilityTerms calldata terms) external restricted {
        _checkBounds(asset, terms);
        Watched storage watched = _watched[asset];
        ScaleWord known = watched.scale;
        Variance memory variance = watched.variance;
        if (known.isSet()) variance.bounded(terms);
        else variance = RealisedVariance.fresh(terms);
        ScaleWord scale = toScaleWord(
            variance.scale(terms),
            known.isSet() ? known.maintenanceAt(block.timestamp) : WAD,
            block.timestamp,
            known.sampledAt(),
            terms.rampBpsPerHour
        );
        watched.scale = scale;
        watched.variance = variance;
        watched.terms = terms;
        emit VolatilityConfigured(asset, terms, _state(scale, variance));
    }

    /* INTERNAL */

    function _checkBounds(address asset, VolatilityTerms calldata terms) private pure {
        uint256 standard = terms.referenceBps;
        _within(asset, "referenceBps", standard, MIN_REFERENCE_BPS, MAX_REFERENCE_BPS);
        _within(asset, "floorBps", terms.floorBps, standard / MAX_FLOOR_PART, standard);
        _within(asset, "capBps", terms.capBps, standard, MAX_SCALE * standard);
        _within(asset, "rampBpsPerHour", terms.rampBpsPerHour, 1, MAX_RAMP_BPS_PER_HOUR);
        _within(asset, "fastHalfLife", terms.fastHalfLife, MIN_FAST_HALF_LIFE, MAX_FAST_HALF_LIFE);
        _within(asset, "slowHalfLife", terms.slowHalfLife, terms.fastHalfLife, MAX_SLOW_HALF_LIFE);
        uint256 longest = terms.fastHalfLife / RealisedVariance.WEIGHT_PART;
        _within(asset, "minInterval", terms.minInterval, MIN_INTERVAL, longest);
    }

    function _within(address asset, bytes32 parameter, uint256 value, uint256 least, uint256 most) private pure {
        if (value < least || value > most) revert VolatilityTermsOutOfBounds(asset, parameter, value, least, most);
    }

    function _state(ScaleWord scale, Variance memory variance) private pure returns (VolatilityState memory) {
        return VolatilityState({
            price: variance.price,
            recent: variance.recent,
            variance: variance.estimate,
            // fit: fields of a word
            initial: uint64(scale.initial()),
            from: uint64(scale.from()),
            since: uint32(scale.since()),
            sampledAt: uint32(scale.sampledAt())
        });
    }
}
