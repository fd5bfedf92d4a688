// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

/// @dev One, for values, prices, fractions and health.
uint256 constant WAD = 1e18;
/// @dev One, for factors of decay: nine more digits than a WAD, so that a second of a long half-life shows.
uint256 constant RAY = 1e27;
/// @dev One, for interest indices: six more digits than a WAD, so that a second's interest on one quote unit shows.
uint256 constant INDEX_ONE = 1e24;
/// @dev One, for parameters.
uint256 constant BPS = 10_000;
/// @dev One, for stored interest rates.
uint256 constant PPM = 1_000_000;
/// @dev A billionth of a quote unit, as quote WAD: the grain of the reserves.
uint256 constant NANO = 1e9;
/// @dev A year of 365 days, the unit of rates.
uint256 constant YEAR = 365 days;
/// @dev Parameters given in hundredths of a quote unit, as quote WAD.
uint256 constant CENT = 1e16;
