// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

/// @notice What `Rounding` uses of OpenZeppelin's library of this name: the other sixty functions cost a solver time.
library SafeCast {
    function toInt256(uint256 value) internal pure returns (int256) {
        require(value <= uint256(type(int256).max));
        return int256(value);
    }
}
