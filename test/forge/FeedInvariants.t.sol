// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Test} from "forge-std/Test.sol";
import {FeedHandler} from "./invariants/FeedHandler.sol";

/// @notice P24 and P25 while sources print, break, fall silent and disagree, a sequencer stops, and people borrow.
contract FeedInvariantsTest is Test {
    FeedHandler private handler;

    function setUp() public {
        handler = new FeedHandler();
        targetContract(address(handler));
        targetSelector(FuzzSelector(address(handler), handler.actions()));
    }

    function afterInvariant() public view {
        handler.printSummary();
    }

    /// [ORC-10] [ORC-13]
    function invariant_P24_aFeedReadTwiceGivesOnePriceAndTimeOnlyGoesOn() public view {
        assertEq(handler.broken("P24"), "");
    }

    /// [ORC-09] [ORC-19]
    function invariant_P25_aFailedFeedOpensNothingClosesNobodyAndStopsNoRepayment() public view {
        assertEq(handler.broken("P25"), "");
    }
}
