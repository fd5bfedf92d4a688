// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

/// @notice What kind of instrument it is; also the lowest bits of its id.
enum InstrumentKind {
    /// no instrument: an id of zero
    None,
    Perpetual,
    Call,
    Put
}

/// @notice A self-describing word that names a perpetual, or a European option that is settled in cash. From the
/// highest bit: underlying 8 (its number in the instrument policy, from 1), expiry 28 (minutes since 1970), strike 24,
/// kind 4.
/// @dev Eight bytes, so that a position with its size and its cost is one slot. Loans need none: a loan is negative
/// cash. In the order of ids an underlying's perpetual comes first, then its options by expiry and strike, which is
/// the order in which margin models look at them. The strike is a decimal, `mantissa * 10 ** exponent` millionths of a
/// quote unit with the exponent in the upper 4 and the mantissa in the lower 20 bits, and has one form only: no
/// mantissa above six digits, and none below unless the exponent is zero. So ids of equal meaning are equal, and in the
/// order of their strikes.
type InstrumentId is uint64;

using {
    kind,
    underlying,
    expiry,
    strike,
    isOption,
    isCanonical,
    withinUnderlying,
    sameInstrument as ==
} for InstrumentId global;

uint256 constant KIND_BITS = 4;
uint256 constant STRIKE_BITS = 24;
uint256 constant EXPIRY_BITS = 28;
uint256 constant STRIKE_MANTISSA_BITS = 20;
/// @dev A millionth of a quote unit, WAD.
uint256 constant STRIKE_UNIT = 1e12;
/// @dev Six digits.
uint256 constant LEAST_STRIKE_MANTISSA = 100_000;
uint256 constant MOST_STRIKE_MANTISSA = 999_999;

/// @dev So that a strike is below 2**96, as prices are.
uint256 constant MOST_STRIKE_EXPONENT = 10;

/// @notice The strike has more than six digits, or is below a millionth of a quote unit or above 9,999,990,000.
error StrikeNotExact(uint256 strike);
/// @notice The expiry is not a whole minute, or none until the year 2480.
error ExpiryNotExact(uint256 expiry);
/// @notice An option is a call or a put.
error NotAnOption(InstrumentKind kind);

function toPerpetual(uint8 underlying_) pure returns (InstrumentId) {
    return _pack(underlying_, 0, 0, InstrumentKind.Perpetual);
}

/// @param expiry_ seconds since 1970, a whole minute
/// @param strike_ quote WAD for one unit of the underlying, at most six digits
function toOption(InstrumentKind kind_, uint8 underlying_, uint256 expiry_, uint256 strike_)
    pure
    returns (InstrumentId)
{
    if (kind_ != InstrumentKind.Call && kind_ != InstrumentKind.Put) revert NotAnOption(kind_);
    if (expiry_ % 1 minutes != 0 || expiry_ == 0 || expiry_ / 1 minutes >> EXPIRY_BITS != 0) {
        revert ExpiryNotExact(expiry_);
    }
    uint256 mantissa = strike_ / STRIKE_UNIT;
    if (mantissa * STRIKE_UNIT != strike_ || mantissa == 0) revert StrikeNotExact(strike_);
    uint256 exponent;
    for (; mantissa > MOST_STRIKE_MANTISSA; ++exponent) {
        if (mantissa % 10 != 0) revert StrikeNotExact(strike_);
        mantissa /= 10;
    }
    if (exponent > MOST_STRIKE_EXPONENT) revert StrikeNotExact(strike_);
    return _pack(underlying_, expiry_ / 1 minutes, exponent << STRIKE_MANTISSA_BITS | mantissa, kind_);
}

function _pack(uint8 underlying_, uint256 minutes_, uint256 strike_, InstrumentKind kind_) pure returns (InstrumentId) {
    uint256 word = uint256(underlying_) << EXPIRY_BITS | minutes_;
    // fits: 8 + 28 + 24 + 4 bits, which the callers have checked
    return InstrumentId.wrap(uint64((word << STRIKE_BITS | strike_) << KIND_BITS | uint256(kind_)));
}

// The shifts and masks below keep a field's own bits.

/// @notice `None` for what is not canonical in its lowest bits.
function kind(InstrumentId id) pure returns (InstrumentKind) {
    uint256 k = InstrumentId.unwrap(id) & (1 << KIND_BITS) - 1;
    return k > uint256(InstrumentKind.Put) ? InstrumentKind.None : InstrumentKind(k);
}

function underlying(InstrumentId id) pure returns (uint8) {
    return uint8(InstrumentId.unwrap(id) >> KIND_BITS + STRIKE_BITS + EXPIRY_BITS);
}

/// @notice Seconds since 1970; zero for a perpetual.
function expiry(InstrumentId id) pure returns (uint256) {
    return (InstrumentId.unwrap(id) >> KIND_BITS + STRIKE_BITS & (1 << EXPIRY_BITS) - 1) * 1 minutes;
}

/// @notice Quote WAD for one unit of the underlying, exactly; zero for a perpetual.
function strike(InstrumentId id) pure returns (uint256) {
    uint256 s = InstrumentId.unwrap(id) >> KIND_BITS & (1 << STRIKE_BITS) - 1;
    // fits: 2**20 * 10**15 * 10**12 < 2**110, and what is canonical is below 2**96
    unchecked {
        return (s & (1 << STRIKE_MANTISSA_BITS) - 1) * 10 ** (s >> STRIKE_MANTISSA_BITS) * STRIKE_UNIT;
    }
}

function isOption(InstrumentId id) pure returns (bool) {
    return InstrumentId.unwrap(id) & (1 << KIND_BITS) - 1 > uint256(InstrumentKind.Perpetual);
}

function sameInstrument(InstrumentId a, InstrumentId b) pure returns (bool) {
    return InstrumentId.unwrap(a) == InstrumentId.unwrap(b);
}

/// @notice The id without its underlying: zero strike and expiry for a perpetual, ordered by expiry, strike and kind.
function withinUnderlying(InstrumentId id) pure returns (uint256) {
    return InstrumentId.unwrap(id) & (1 << KIND_BITS + STRIKE_BITS + EXPIRY_BITS) - 1;
}

/// @notice Whether it is what `toPerpetual` or `toOption` makes of what it says.
function isCanonical(InstrumentId id) pure returns (bool) {
    InstrumentKind k = id.kind();
    if (k == InstrumentKind.None || id.underlying() == 0) return false;
    if (k == InstrumentKind.Perpetual) return id.withinUnderlying() == uint256(InstrumentKind.Perpetual);
    uint256 s = InstrumentId.unwrap(id) >> KIND_BITS & (1 << STRIKE_BITS) - 1;
    uint256 mantissa = s & (1 << STRIKE_MANTISSA_BITS) - 1;
    uint256 exponent = s >> STRIKE_MANTISSA_BITS;
    if (mantissa == 0 || mantissa > MOST_STRIKE_MANTISSA || exponent > MOST_STRIKE_EXPONENT) return false;
    return (exponent == 0 || mantissa >= LEAST_STRIKE_MANTISSA) && id.expiry() != 0;
}
