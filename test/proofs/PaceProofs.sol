// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {PaceBucket, PaceLimits} from "../../contracts/math/PaceLimits.sol";
import {PaceLimit} from "../../contracts/types/PolicyParams.sol";

/// @notice For every bucket, whatever was sold from it and when, under every limit, at every time. What a bucket
/// shows that was used before is undecided: it is held against all small ones (test/forge/SmallNumbers.t.sol).
contract PaceProofs {
    using PaceLimits for PaceBucket;

    PaceBucket private _bucket;

    function pace_neverAboveItsCapacity(uint128 used, uint40 at, uint128 capacity, uint128 rate) external view {
        assert(PaceBucket(used, at).available(PaceLimit(capacity, rate)) <= capacity);
    }

    function pace_neverFallsWithTime(uint128 used, uint40 at, uint40 earlier, uint128 capacity, uint128 rate)
        external
        view
    {
        require(earlier <= at);
        PaceLimit memory limit = PaceLimit(capacity, rate);
        assert(PaceBucket(used, earlier).available(limit) >= PaceBucket(used, at).available(limit));
    }

    /// @dev Full again once the capacity has had the time to come back, however much was sold.
    function pace_isFullAgainInItsTime(uint128 used, uint40 at, uint128 capacity, uint128 rate) external view {
        require(used <= capacity && at <= block.timestamp);
        require(uint256(rate) * (block.timestamp - at) >= capacity);
        assert(PaceBucket(used, at).available(PaceLimit(capacity, rate)) == capacity);
    }

    function pace_useTakesTheValueOutOrWhatIsThere(
        uint128 used,
        uint40 at,
        uint128 capacity,
        uint128 rate,
        uint128 value
    ) external {
        PaceLimit memory limit = PaceLimit(capacity, rate);
        _bucket = PaceBucket(used, at);
        uint256 before = _bucket.available(limit);
        assert(_bucket.use(limit, value) == (before > value ? before - value : 0));
    }
}
