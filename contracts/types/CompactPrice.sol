// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

/// @notice A price of at least three significant digits in two bytes: `mantissa * 10 ** exponent`, quote WAD; mantissa
/// in the low 11 bits, exponent in the high 5.
/// @dev Every price has one form only, with a mantissa of 200 to 1,999 (below 200 where the exponent is zero), so that
/// the numbers are in the order of their prices and the step between two neighbours is at most a 200th of the lower
/// one. A price of three significant digits, or of four that begin with a 1, is exact.
type CompactPrice is uint16;

using {toWad} for CompactPrice global;

uint256 constant MANTISSA_BITS = 11;
/// @dev One below ten times the least mantissa of the next exponent: there is no gap and no second form.
uint256 constant MAX_MANTISSA = 1_999;

/// @notice The highest compact price that is not above `price`; short of it by less than a 200th of `price`.
/// @param price quote WAD, < 2**112
function toCompactPriceDown(uint256 price) pure returns (CompactPrice) {
    uint256 exponent;
    while (price > MAX_MANTISSA) {
        price /= 10;
        ++exponent;
    }
    return _pack(price, exponent);
}

/// @notice The lowest compact price that is not below `price`; above it by less than a 200th of `price`.
/// @param price quote WAD, < 2**112
function toCompactPriceUp(uint256 price) pure returns (CompactPrice) {
    uint256 exponent;
    while (price > MAX_MANTISSA) {
        // rounding up ten times over is rounding up once
        price = (price + 9) / 10;
        ++exponent;
    }
    return _pack(price, exponent);
}

/// @notice Quote WAD, exactly.
function toWad(CompactPrice price) pure returns (uint256) {
    uint256 word = CompactPrice.unwrap(price);
    // fits: 2**11 * 10**31 < 2**114
    unchecked {
        return (word & (1 << MANTISSA_BITS) - 1) * 10 ** (word >> MANTISSA_BITS);
    }
}

function _pack(uint256 mantissa, uint256 exponent) pure returns (CompactPrice) {
    // fits: a price below 2**112 has an exponent of at most 31, and a mantissa is below 2**11
    return CompactPrice.wrap(uint16(exponent << MANTISSA_BITS | mantissa));
}
