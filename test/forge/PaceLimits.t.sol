// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Test} from "forge-std/Test.sol";
import {PaceBucket, PaceLimits} from "../../contracts/math/PaceLimits.sol";
import {PaceLimit} from "../../contracts/types/PolicyParams.sol";

/// @notice The bucket of what may still be sold, against sums over time.
contract PaceLimitsTest is Test {
    using PaceLimits for PaceBucket;

    uint256 private constant USES = 20;

    PaceBucket private bucket;

    function setUp() public {
        vm.warp(1_700_000_000);
    }

    /// @dev Whoever keeps to what is there never sells more in a stretch of time than the bucket and its refill.
    function testFuzz_pace_boundsWhatIsSoldInAnyStretch(uint256 seed, uint128 capacity, uint128 rate) public {
        PaceLimit memory limit = PaceLimit(uint128(bound(capacity, 1, 1e30)), uint128(bound(rate, 1, 1e26)));
        uint256 start = block.timestamp;
        uint256 sold;
        for (uint256 i; i < USES; ++i) {
            seed = uint256(keccak256(abi.encode(seed)));
            skip((seed % 4) * (seed >> 8) % 1 days);
            uint256 room = bucket.available(limit);
            uint256 value = bound(seed >> 64, 0, room);
            bucket.use(limit, value);
            sold += value;
            assertEq(bucket.available(limit), room - value, "a use takes what it says");
            assertLe(sold, limit.capacity + uint256(limit.refillPerSecond) * (block.timestamp - start));
        }
    }

    function testFuzz_pace_neverUsedIsFull(uint128 capacity, uint128 rate) public view {
        assertEq(bucket.available(PaceLimit(capacity, rate)), capacity);
    }

    function testFuzz_pace_refillsToTheBrimAndNoFurther(uint128 capacity, uint128 rate, uint256 value, uint256 time)
        public
    {
        PaceLimit memory limit = PaceLimit(uint128(bound(capacity, 1, 1e30)), uint128(bound(rate, 1, 1e26)));
        value = bound(value, 0, 4 * uint256(limit.capacity));
        time = bound(time, 0, 365 days);
        bucket.use(limit, value);
        uint256 used = value > limit.capacity ? limit.capacity : value;
        uint256 refilled = limit.refillPerSecond * time;
        skip(time);
        assertEq(bucket.available(limit), used > refilled ? limit.capacity - (used - refilled) : limit.capacity);
    }

    /// @dev Those below the critical health are not held up, and count as far as there is something to count.
    function test_pace_owesNothingForWhatWasSoldBeyondIt() public {
        PaceLimit memory limit = PaceLimit(100, 1);
        bucket.use(limit, 250);
        assertEq(bucket.available(limit), 0);
        skip(1);
        assertEq(bucket.available(limit), 1);
        skip(99);
        assertEq(bucket.available(limit), 100);
    }

    function test_pace_saturatesInsteadOfOverflowing() public {
        PaceLimit memory limit = PaceLimit(type(uint128).max, type(uint128).max);
        bucket.use(limit, type(uint200).max);
        assertEq(bucket.available(limit), 0);
        bucket.use(limit, type(uint200).max);
        skip(365 days);
        assertEq(bucket.available(limit), type(uint128).max);
    }
}
