// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {BPS} from "../math/Units.sol";
import {MockERC20} from "./MockERC20.sol";

/// @notice A token that burns a fee out of each transfer, so that less arrives than was sent.
contract FeeToken is MockERC20 {
    uint256 public feeBps;

    constructor(uint8 decimals_, uint256 feeBps_) MockERC20("Fee token", "FEE", decimals_) {
        feeBps = feeBps_;
    }

    /// @notice A fee of zero makes the token behave until it is raised again.
    function setFee(uint256 newFeeBps) external {
        feeBps = newFeeBps;
    }

    function _update(address from, address to, uint256 amount) internal override {
        bool minted = from == address(0);
        bool burnt = to == address(0);
        uint256 fee = minted || burnt ? 0 : amount * feeBps / BPS;
        if (fee != 0) super._update(from, address(0), fee);
        super._update(from, to, amount - fee);
    }
}
