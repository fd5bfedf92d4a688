// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Campaign} from "./invariants/Campaign.sol";
import {TradingHandler} from "./invariants/TradingHandler.sol";

/// @notice What holds while people trade perpetuals and options, are settled, called and sold, and options expire.
contract PositionInvariantsTest is Campaign {
    TradingHandler private handler;

    function setUp() public {
        handler = new TradingHandler();
        _choose(handler);
    }

    /// [POS-05] [PNL-01]
    /// @dev Together, since each invariant is a search of its own: custody, principals and lists with P28.
    function invariant_P28_positionsSumToNothingAndBasesToWhatIsUnsettled() public view {
        handler.checkPositions();
        handler.checkLists();
        handler.checkCustody();
        handler.checkPrincipals();
        _holds("P28");
    }

    /// [POS-06] [TRD-07]
    function invariant_P05_noTradeLeavesAnAccountShortUnlessItIsSafer() public view {
        _holds("P05");
        _holds("P10");
        _holds("P15");
        _holds("P17");
        _holds("P27");
    }
}
