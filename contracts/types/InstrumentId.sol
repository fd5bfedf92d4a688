// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

/// @notice A self-describing word that names a perpetual, a call or a put.
/// @dev Loans need none: a loan is negative cash. The layout of the word comes with the instruments.
type InstrumentId is bytes32;
