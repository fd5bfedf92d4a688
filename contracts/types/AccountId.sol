// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

/// @notice An account: owner address (high 20 bytes) followed by an index of the owner's choice (low 12 bytes).
/// @dev Needs no creation step. Accounts of one owner never share a loss.
type AccountId is bytes32;

using {owner, index, sameOwner, equal as ==} for AccountId global;

/// @notice The account `index_` of `owner_`.
function toAccountId(address owner_, uint96 index_) pure returns (AccountId) {
    return AccountId.wrap(bytes32((uint256(uint160(owner_)) << 96) | index_));
}

/// @notice Whoever may do anything with `account`.
function owner(AccountId account) pure returns (address) {
    // fits: 256 - 96 bits are left
    return address(uint160(uint256(AccountId.unwrap(account)) >> 96));
}

/// @notice The number that tells the owner's accounts apart.
function index(AccountId account) pure returns (uint96) {
    // truncation wanted: the low 12 bytes are the index
    return uint96(uint256(AccountId.unwrap(account)));
}

function sameOwner(AccountId a, AccountId b) pure returns (bool) {
    return owner(a) == owner(b);
}

function equal(AccountId a, AccountId b) pure returns (bool) {
    return AccountId.unwrap(a) == AccountId.unwrap(b);
}
