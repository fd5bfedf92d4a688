// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Campaign} from "./invariants/Campaign.sol";
import {FeedHandler} from "./invariants/FeedHandler.sol";

/// @notice P24 and P25 while sources print, break, fall silent and disagree, a sequencer stops, and people borrow.
contract FeedInvariantsTest is Campaign {
    FeedHandler private handler;

    function setUp() public {
        handler = new FeedHandler();
        _choose(handler);
    }

    /// [ORC-10] [ORC-13]
    function invariant_P24_aFeedReadTwiceGivesOnePriceAndTimeOnlyGoesOn() public view {
        _holds("P24");
    }

    /// [ORC-09] [ORC-19]
    function invariant_P25_aFailedFeedOpensNothingClosesNobodyAndStopsNoRepayment() public view {
        _holds("P25");
    }
}
