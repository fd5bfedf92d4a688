// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

/// @notice One expiry of a volatility surface in one word, raw SVI of annualised variance:
/// `v(k) = a + b * (rho * (k - m) + sqrt((k - m) ** 2 + sigma ** 2))` with `k = ln(strike / forward)`.
/// @dev From the lowest bit: a 40, b 40, rho 40, m 40, sigma 40, all in units of `SVI_ONE` and a, rho and m signed;
/// published at 40, confidence 16. Within the bounds of `IVolatilityFeed.publish` rounding real parameters to the unit
/// moves a volatility of 1 % by less than a part in 4,000, and a higher one by less.
type SviWord is uint256;

using {a, b, rho, m, sigma, publishedAt, confidenceBps, isKnown, withoutParameters} for SviWord global;

/// @dev One, for the parameters of a slice.
int256 constant SVI_ONE = 1e10;

/// @notice The parameters of a slice as publishers give them, in units of `SVI_ONE`.
struct SviParameters {
    int40 a;
    uint40 b;
    int40 rho;
    int40 m;
    uint40 sigma;
}

function toSviWord(SviParameters memory p, uint40 publishedAt_, uint16 confidenceBps_) pure returns (SviWord) {
    // each field's own bits, without those of its sign
    uint256 level = uint256(uint40(p.a)) | uint256(p.b) << 40;
    uint256 shape = uint256(uint40(p.rho)) << 80 | uint256(uint40(p.m)) << 120 | uint256(p.sigma) << 160;
    return SviWord.wrap(level | shape | uint256(publishedAt_) << 200 | uint256(confidenceBps_) << 240);
}

// The casts below keep a field's own bits.

function a(SviWord word) pure returns (int256) {
    return int40(uint40(SviWord.unwrap(word)));
}

function b(SviWord word) pure returns (uint256) {
    return uint40(SviWord.unwrap(word) >> 40);
}

function rho(SviWord word) pure returns (int256) {
    return int40(uint40(SviWord.unwrap(word) >> 80));
}

function m(SviWord word) pure returns (int256) {
    return int40(uint40(SviWord.unwrap(word) >> 120));
}

function sigma(SviWord word) pure returns (uint256) {
    return uint40(SviWord.unwrap(word) >> 160);
}

/// @notice The time that the publisher signed, seconds.
function publishedAt(SviWord word) pure returns (uint40) {
    return uint40(SviWord.unwrap(word) >> 200);
}

/// @notice Half of the width in which the publisher sees the volatility at the money, of that volatility.
function confidenceBps(SviWord word) pure returns (uint16) {
    return uint16(SviWord.unwrap(word) >> 240);
}

/// @notice Whether it has parameters: no slice that was published has a sigma of zero.
function isKnown(SviWord word) pure returns (bool) {
    return word.sigma() != 0;
}

/// @notice What is left of a slice that is forgotten: the time, so that nothing older is ever taken for news.
function withoutParameters(SviWord word) pure returns (SviWord) {
    return SviWord.wrap(uint256(word.publishedAt()) << 200);
}
