// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {PaceBucket, PaceLimits} from "../../contracts/math/PaceLimits.sol";
import {PaceLimit} from "../../contracts/types/PolicyParams.sol";

/// @notice For every bucket that time and sales can leave behind, under any limit.
contract PaceProofs {
    using PaceLimits for PaceBucket;

    PaceBucket private _bucket;

    /// @dev Never more than the capacity, whatever was sold before.
    function pace_neverAboveItsCapacity(uint128 capacity, uint128 rate) external view {
        assert(_bucket.available(PaceLimit(capacity, rate)) <= capacity);
    }
}
