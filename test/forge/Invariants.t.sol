// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Campaign} from "./invariants/Campaign.sol";
import {Handler} from "./invariants/Handler.sol";

/// @notice The properties that hold whatever anybody does, each under its id; docs/threat-model.md names what they
/// except. Those of feeds are in `FeedInvariants`, that of events in `Replay`.
/// @dev A property of a single call is claimed by the action that makes it (`Attempts._claim`), and reported here.
contract InvariantsTest is Campaign {
    Handler private handler;

    function setUp() public {
        handler = new Handler();
        _choose(handler);
    }

    function invariant_P01_custodyIsWhatAccountsAndReservesAreOwed() public view {
        handler.checkCustody();
    }

    function invariant_P02_debtIsTheSumOfAccountDebts() public view {
        handler.checkDebts();
        _holds("P02");
    }

    function invariant_P03_principalsAreTheSumsOfTheAccounts() public view {
        handler.checkPrincipals();
    }

    function invariant_P04_nobodyOwesWithNothingToLose() public view {
        handler.checkBacking();
    }

    function invariant_P05_noCallLeavesAnAccountShortUnlessItIsSafer() public view {
        _holds("P05");
    }

    function invariant_P06_onlyALiquidationOrACallHurtsAHealthyAccount() public view {
        _holds("P06");
        _holds("P15");
        _holds("P17");
    }

    function invariant_P07_onlyTheUnhealthyAreCalledAndLiquidatedWhenForetold() public view {
        _holds("P07");
    }

    function invariant_P08_whoeverIsDueCanBeSoldNow() public {
        handler.checkLiquidatable();
    }

    /// @dev But where one leg's feed is dead and another's in doubt: `Liquidating._isDoublyBlind`.
    function invariant_P09_aPartSaleNeverLowersHealth() public view {
        _holds("P09");
    }

    function invariant_P10_theBidderGainsTheBonusAndNoMore() public view {
        _holds("P10");
    }

    function invariant_P11_aSaleLeavesNothingOrTheLeast() public view {
        _holds("P11");
    }

    function invariant_P12_aDeficitIsRecordedOnceWhenAllIsGone() public view {
        _holds("P12");
        _holds("P13");
        _holds("P14");
    }

    function invariant_P16_everybodyCanLeaveWithEveryOracleDead() public {
        handler.checkExit();
        _holds("P16");
    }

    function invariant_P18_indicesAndLiveTimeNeverFall() public view {
        _holds("P18");
        _holds("P19");
        _holds("P20");
    }

    function invariant_P21_roundingGivesNobodyAnything() public view {
        _holds("P21");
        _holds("V66");
        _holds("V20");
    }

    /// @dev Of sales no more than the ramps give, and nothing where `kappa * h` does not bound the bonus [LIQ-28].
    function invariant_P22_inPartsNothingComesCheaper() public view {
        _holds("P22");
    }

    function invariant_P23_aGiftLowersNobodyAndLendsNothing() public view {
        _holds("P23");
    }

    function invariant_P26_transientStorageIsBackToDefault() public view {
        _holds("P26");
    }

    function invariant_P27_capsHoldAfterWhatRaisesWhatTheyCap() public view {
        _holds("P27");
    }

    function invariant_P29_changesOfPolicyWaitAndTurnNobodyInTheirBlock() public view {
        _holds("P29");
    }
}
