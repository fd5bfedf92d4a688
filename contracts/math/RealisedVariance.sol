// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {VolatilityTerms} from "../types/VolatilityTerms.sol";
import {Decay} from "./Decay.sol";
import {BPS, RAY, WAD, YEAR} from "./Units.sol";

/// @notice How much a price has moved of late, as its variance a year. One slot: 12 + 10 + 10 bytes.
struct Variance {
    /// seen last, quote WAD; zero before the first sample
    uint96 price;
    /// by the short half-life, WAD
    uint80 recent;
    /// the estimate: rises with `recent` and falls slowly towards it, WAD
    uint80 estimate;
}

using RealisedVariance for Variance global;

/// @notice Realised variance: squared returns, weighed by how long ago they were.
/// @dev A return is the part of the higher price that lies between two prices: a rise and the fall that takes it back
/// count the same, and none counts more than one. Of moves that are ordinary between two samples a logarithm would
/// differ by a few thousandths.
library RealisedVariance {
    /// @dev A sample counts no more variance than this times the estimate before it, that is a move of four standard
    /// deviations: of honest moves that cuts nothing that shows, and a price that was printed and taken back is two
    /// such samples, whatever it was. Moves that go on raise the bound as they go.
    uint256 private constant CLAMP = 16;
    /// @dev A sample weighs no more than one of this part of the short half-life, however long ago the last one was: it
    /// is one observation, and whoever takes it after a long silence should neither make the estimate nor wipe it out.
    uint256 internal constant WEIGHT_PART = 16;

    /// @notice What is known before any sample: the reference.
    function fresh(VolatilityTerms memory terms) internal pure returns (Variance memory) {
        uint80 standard = _square(terms.referenceBps);
        return Variance({price: 0, recent: standard, estimate: standard});
    }

    /// @notice Within the bounds of new terms.
    function bounded(Variance memory v, VolatilityTerms memory terms) internal pure {
        uint80 cap = _square(terms.capBps);
        if (v.recent > cap) v.recent = cap;
        v.estimate = _within(v.estimate, terms);
    }

    /// @notice With a price seen `elapsed` seconds after the one before.
    /// @dev A return of r in a time t is variance at a rate of r**2 / t, with a weight of 1 - 2**-(t / halfLife): for
    /// short times that is r**2 * ln 2 / halfLife, whatever t is, so that nobody gains by sampling often.
    /// @param spot quote WAD, > 0 and < 2**96
    /// @param elapsed > 0
    function sample(Variance memory v, uint256 spot, uint256 elapsed, VolatilityTerms memory terms) internal pure {
        uint256 rate = Math.min(_rate(v.price, spot, elapsed), CLAMP * v.estimate);
        uint256 weighed = Math.min(elapsed, terms.fastHalfLife / WEIGHT_PART);
        uint256 recent = _towards(v.recent, rate, Decay.factor(weighed, terms.fastHalfLife));
        recent = Math.min(recent, _square(terms.capBps));
        uint256 estimate = recent;
        if (recent < v.estimate) estimate = _towards(v.estimate, recent, Decay.factor(weighed, terms.slowHalfLife));
        // fit: a price is below 2**96; variances are no more than the square of the cap
        v.price = uint96(spot);
        v.recent = uint80(recent);
        v.estimate = _within(uint80(estimate), terms);
    }

    /// @notice The estimate as a volatility a year, WAD, rounded down.
    function volatility(Variance memory v) internal pure returns (uint256) {
        return Math.sqrt(uint256(v.estimate) * WAD);
    }

    /// @notice How much more volatile than the reference, WAD, rounded down; at least one.
    function scale(Variance memory v, VolatilityTerms memory terms) internal pure returns (uint256) {
        return Math.max(v.volatility() * BPS / terms.referenceBps, WAD);
    }

    /// @dev Variance a year of a return, WAD, rounded down.
    function _rate(uint256 before, uint256 spot, uint256 elapsed) private pure returns (uint256) {
        (uint256 low, uint256 high) = before < spot ? (before, spot) : (spot, before);
        uint256 move = (high - low) * WAD / high;
        return move * move * YEAR / (elapsed * WAD);
    }

    /// @dev The way from one value to another of which `rest` (RAY) is left, rounded towards the old one.
    function _towards(uint256 from, uint256 to, uint256 rest) private pure returns (uint256) {
        return to > from ? from + (to - from) * (RAY - rest) / RAY : from - (from - to) * (RAY - rest) / RAY;
    }

    function _within(uint80 estimate, VolatilityTerms memory terms) private pure returns (uint80) {
        uint80 floor = _square(terms.floorBps);
        uint80 cap = _square(terms.capBps);
        return estimate < floor ? floor : estimate > cap ? cap : estimate;
    }

    /// @dev Variance of a volatility in basis points, WAD.
    function _square(uint256 volatilityBps) private pure returns (uint80) {
        // fits: a volatility of two thousand per cent is 400e18 < 2**80
        return uint80(volatilityBps * volatilityBps * (WAD / (BPS * BPS)));
    }
}
