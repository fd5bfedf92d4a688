// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Test} from "forge-std/Test.sol";
import {Attempts} from "./Attempts.sol";

/// @notice Invariants over the actions of one handler, and what these came to.
abstract contract Campaign is Test {
    Attempts private _handler;

    /// @dev For `setUp`: runs choose from the actions of `handler`.
    function _choose(Attempts handler) internal {
        _handler = handler;
        targetContract(address(handler));
        targetSelector(FuzzSelector(address(handler), handler.actions()));
    }

    /// @dev At the end of each run, whose state nobody sees afterwards: `npm run test:deep` adds the tallies up.
    function afterInvariant() public {
        _handler.printSummary();
        string memory file = vm.envOr("PLIMSOLL_TALLY", string(""));
        // forge-lint: disable-next-line(unsafe-cheatcode)
        if (bytes(file).length != 0) vm.writeLine(file, _tally());
    }

    function _holds(bytes32 property) internal view {
        assertEq(_handler.broken(property), "", string(abi.encodePacked(property)));
    }

    /// @dev `{"<action>": [done, refused, idle, {"<error>": times}]}`, by selectors.
    function _tally() private view returns (string memory json) {
        bytes4[][2] memory lists = [_handler.actions(), _handler.parts()];
        for (uint256 k; k < 2; ++k) {
            for (uint256 i; i < lists[k].length; ++i) {
                json = string.concat(json, bytes(json).length == 0 ? "{" : ",", _entry(lists[k][i]));
            }
        }
        return string.concat(json, "}");
    }

    function _entry(bytes4 action) private view returns (string memory) {
        (uint256 done, uint256 refused, uint256 idle) = _handler.outcomes(action);
        string memory counts = string.concat(vm.toString(done), ",", vm.toString(refused), ",", vm.toString(idle));
        return string.concat(_key(action), "[", counts, ",{", _refusals(action), "}]");
    }

    function _refusals(bytes4 action) private view returns (string memory json) {
        bytes4[] memory errors = _handler.errorsOf(action);
        for (uint256 i; i < errors.length; ++i) {
            string memory times = vm.toString(_handler.refusals(action, errors[i]));
            json = string.concat(json, i == 0 ? "" : ",", _key(errors[i]), times);
        }
    }

    function _key(bytes4 selector) private pure returns (string memory) {
        return string.concat("\"", vm.toString(abi.encodePacked(selector)), "\":");
    }
}
