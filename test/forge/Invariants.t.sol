// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Test} from "forge-std/Test.sol";
import {Handler} from "./invariants/Handler.sol";

/// @notice The properties of docs/spec.md that hold whatever anybody does, each under its id.
/// @dev A property of a single call is claimed by the action that makes it (`World._claim`), and reported here.
contract InvariantsTest is Test {
    Handler private handler;

    function setUp() public {
        handler = new Handler();
        targetContract(address(handler));
        targetSelector(FuzzSelector(address(handler), handler.actions()));
    }

    /// @dev At the end of each run, whose state nobody sees afterwards: `npm run test:deep` adds the tallies up.
    function afterInvariant() public {
        handler.printSummary();
        string memory file = vm.envOr("PLIMSOLL_TALLY", string(""));
        // forge-lint: disable-next-line(unsafe-cheatcode)
        if (bytes(file).length != 0) vm.writeLine(file, _tally());
    }

    /// @dev `{"<action>": [done, refused, idle, {"<error>": times}]}`, by selectors.
    function _tally() private view returns (string memory json) {
        bytes4[] memory actions = handler.actions();
        for (uint256 i; i < actions.length; ++i) {
            (uint256 done, uint256 refused, uint256 idle) = handler.outcomes(actions[i]);
            string memory counts = string.concat(vm.toString(done), ",", vm.toString(refused), ",", vm.toString(idle));
            string memory entry = string.concat(_key(actions[i]), "[", counts, ",{", _refusals(actions[i]), "}]");
            json = string.concat(json, i == 0 ? "{" : ",", entry);
        }
        return string.concat(json, "}");
    }

    function _refusals(bytes4 action) private view returns (string memory json) {
        bytes4[] memory errors = handler.errorsOf(action);
        for (uint256 i; i < errors.length; ++i) {
            string memory times = vm.toString(handler.refusals(action, errors[i]));
            json = string.concat(json, i == 0 ? "" : ",", _key(errors[i]), times);
        }
    }

    function _key(bytes4 selector) private pure returns (string memory) {
        return string.concat("\"", vm.toString(abi.encodePacked(selector)), "\":");
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

    function _holds(bytes32 property) private view {
        assertEq(handler.broken(property), "", string(abi.encodePacked(property)));
    }
}
