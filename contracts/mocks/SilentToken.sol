// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {MockERC20} from "./MockERC20.sol";

/// @notice A token of which transfers that fail return false, and whose issuer changes balances without a call.
contract SilentToken is MockERC20 {
    bool public failing;

    constructor(uint8 decimals_) MockERC20("Silent token", "SILENT", decimals_) {}

    /// @notice From now on nothing moves, and nobody is told.
    function setFailing(bool isFailing) external {
        failing = isFailing;
    }

    /// @notice Takes `amount` from `holder`, as a token does whose supply shrinks.
    function shrink(address holder, uint256 amount) external {
        _burn(holder, amount);
    }

    function transfer(address to, uint256 amount) public override returns (bool) {
        return failing ? false : super.transfer(to, amount);
    }

    function transferFrom(address from, address to, uint256 amount) public override returns (bool) {
        return failing ? false : super.transferFrom(from, to, amount);
    }
}
