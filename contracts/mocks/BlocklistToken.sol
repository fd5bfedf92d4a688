// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {MockERC20} from "./MockERC20.sol";

/// @notice A token whose issuer can stop an address from sending and receiving.
contract BlocklistToken is MockERC20 {
    mapping(address account => bool) public blocked;

    error Blocked(address account);

    constructor(uint8 decimals_) MockERC20("Blocklist token", "BLOCK", decimals_) {}

    function setBlocked(address account, bool isBlocked) external {
        blocked[account] = isBlocked;
    }

    function _update(address from, address to, uint256 amount) internal override {
        if (blocked[from]) revert Blocked(from);
        if (blocked[to]) revert Blocked(to);
        super._update(from, to, amount);
    }
}
