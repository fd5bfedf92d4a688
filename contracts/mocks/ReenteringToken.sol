// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {MockERC20} from "./MockERC20.sol";

/// @notice A token that makes a call of the attacker's choice in the middle of each transfer and notes how it went.
contract ReenteringToken is MockERC20 {
    address public hookTarget;
    bytes public data;

    uint256 public hookCalls;
    bool public hookSucceeded;
    /// what the last call returned, or reverted with
    bytes public hookResult;

    bool private _inHook;

    constructor(uint8 decimals_) MockERC20("Re-entering token", "REENTER", decimals_) {}

    /// @notice Calls `newTarget` with `newData` at each transfer from now on; the zero address for no call.
    function setHook(address newTarget, bytes calldata newData) external {
        hookTarget = newTarget;
        data = newData;
    }

    function _update(address from, address to, uint256 amount) internal override {
        super._update(from, to, amount);
        if (hookTarget == address(0) || _inHook || from == address(0)) return;
        _inHook = true;
        ++hookCalls;
        // solhint-disable-next-line avoid-low-level-calls
        (hookSucceeded, hookResult) = hookTarget.call(data);
        _inHook = false;
    }
}
