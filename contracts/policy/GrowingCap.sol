// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {BPS} from "../math/Units.sol";
import {CapGrowth} from "../types/PolicyParams.sol";

/// @notice Caps that rise: a straight line from what a cap is now, at a pace that is reckoned from what it is now.
/// @dev Never from a depth, nor from where it is to go: whoever raises a cap declares these himself.
library GrowingCap {
    /// @dev Longer than a weekend: what is listed on a Friday night is seen on Monday, and closed before it counts.
    uint256 internal constant WAIT = 3 days;
    /// @dev Whole quote units. A smaller cap in them grows as fast as this one, so that one of zero grows at all: what
    /// a young vault lends, and an amount in the one unit that nobody declares.
    uint256 internal constant LEAST_BASIS = 100_000;

    /// @return the cap at the moment, at most `target`
    function capNow(CapGrowth memory growth, uint256 target) internal view returns (uint256) {
        uint256 elapsed = block.timestamp > growth.startedAt ? block.timestamp - growth.startedAt : 0;
        return Math.min(growth.from + uint256(growth.perDay) * elapsed / 1 days, target);
    }

    /// @param basis at most a `uint96`, of which `bpsPerDay` is what it grows by
    function growthFrom(uint256 from, uint256 basis, uint256 bpsPerDay, uint256 startsAt)
        internal
        pure
        returns (CapGrowth memory)
    {
        uint256 perDay = Math.max(basis * bpsPerDay / BPS, 1);
        // fit: `from` is a cap, `perDay` at most half of one, and timestamps do
        return CapGrowth(uint96(from), uint96(perDay), uint40(startsAt));
    }
}
