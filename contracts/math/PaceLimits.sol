// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {PaceLimit} from "../types/PolicyParams.sol";

/// @notice What may still be sold of one asset. One slot. Empty means never used, that is full.
struct PaceBucket {
    /// quote WAD that has been sold and not yet refilled
    uint128 used;
    uint40 updatedAt;
}

/// @notice A token bucket of collateral value: it fills up to the policy's capacity at the policy's rate.
library PaceLimits {
    /// @notice Quote WAD that may be sold now.
    function available(PaceBucket memory bucket, PaceLimit memory limit) internal view returns (uint256) {
        uint256 used = _used(bucket, limit);
        return used >= limit.capacity ? 0 : limit.capacity - used;
    }

    /// @notice Takes `value` out, or what is there: those below `hCritical` are not held up, but count. A bucket owes
    /// nothing, so that it is full again within the time that the policy's bounds promise, however much was sold.
    /// @return left what may still be sold now
    function use(PaceBucket storage bucket, PaceLimit memory limit, uint256 value) internal returns (uint256 left) {
        uint256 used = Math.min(_used(bucket, limit) + value, limit.capacity);
        bucket.used = uint128(used); // fits: the capacity does
        bucket.updatedAt = uint40(block.timestamp); // fits: for 34,000 years
        return limit.capacity - used;
    }

    function _used(PaceBucket memory bucket, PaceLimit memory limit) private view returns (uint256) {
        uint256 refilled = uint256(limit.refillPerSecond) * (block.timestamp - bucket.updatedAt);
        return bucket.used > refilled ? bucket.used - refilled : 0;
    }
}
