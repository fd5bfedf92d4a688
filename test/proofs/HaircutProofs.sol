// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Haircut} from "../../contracts/math/Haircut.sol";

/// @notice For every value of one holding; of all small holdings see test/forge/SmallNumbers.t.sol.
contract HaircutProofs {
    uint256 private constant BPS_OFF = 2_500;
    uint256 private constant AMOUNT = 7e18;
    uint256 private constant DEPTH = 100e18;

    function counted_isNoMoreThanTheValue(uint256 value) external pure {
        assert(Haircut.countedDown(value, BPS_OFF, AMOUNT, DEPTH) <= value);
    }

    function counted_growsWithTheValue(uint256 value, uint256 more) external pure {
        require(value <= more);
        assert(Haircut.countedDown(value, BPS_OFF, AMOUNT, DEPTH) <= Haircut.countedDown(more, BPS_OFF, AMOUNT, DEPTH));
    }
}
