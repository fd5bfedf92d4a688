// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {InterestIndex} from "../../contracts/math/InterestIndex.sol";

/// @notice For every index, rate and time that a pool can hold, and every principal and cash below 2**127.
/// An accrual as a whole, where each quotient feeds the next, is undecided: it is held against all small pools
/// (test/forge/SmallNumbers.interest.t.sol).
contract InterestProofs {
    function borrowIndex_neverFallsNorPassesItsEnd(uint96 index, uint24 rate, uint40 elapsed) external pure {
        uint256 grown = InterestIndex.borrowIndexAt(index, rate, elapsed);
        assert(index <= grown && grown <= type(uint96).max);
    }

    function borrowIndex_growsWithTime(uint96 index, uint24 rate, uint40 elapsed, uint40 later) external pure {
        require(elapsed <= later);
        assert(InterestIndex.borrowIndexAt(index, rate, elapsed) <= InterestIndex.borrowIndexAt(index, rate, later));
    }

    /// @dev Credit rounds down, debt rounds up.
    function cash_isFloored(int128 principal, uint96 index) external pure {
        int256 rest = principal * int256(uint256(index)) - InterestIndex.toCashFloor(principal, index) * 1e24;
        assert(0 <= rest && rest < 1e24);
    }
}
