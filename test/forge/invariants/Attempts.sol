// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Test} from "forge-std/Test.sol";
import {console} from "forge-std/console.sol";
import {Tally} from "./Tally.sol";

/// @notice How actions call, and the two ways to say that something is wrong: a call fails in a way that its situation
/// does not allow (the run stops there), or a claim does not hold (it is kept under its property's id, for the
/// invariant of that name to report).
abstract contract Attempts is Test, Tally {
    mapping(bytes32 property => string) public broken;
    string public firstBroken;
    mapping(bytes32 name => uint256) public counts;
    bytes32[] public countNames;

    bytes4[] private _allowed;

    /// @notice The functions that a run chooses from, each as often as it is named.
    function actions() public pure virtual returns (bytes4[] memory);

    /// @notice What actions consist of that do one thing or another.
    function parts() public pure virtual returns (bytes4[] memory);

    /// @notice What a campaign checks between calls, beside what was claimed.
    function check() external virtual {}

    /// @notice How often each interesting state was reached.
    function printSummary() external view {
        for (uint256 i; i < countNames.length; ++i) {
            console.log("%s: %d", string(abi.encodePacked(countNames[i])), counts[countNames[i]]);
        }
    }

    function _allowIf(bool condition, bytes4 selector) internal {
        if (condition) _allowed.push(selector);
    }

    /// @dev A revert that was not allowed is passed on and ends the run.
    function _try(address caller, address target, bytes memory data)
        internal
        virtual
        returns (bool ok, bytes memory result)
    {
        vm.prank(caller);
        (ok, result) = target.call(data);
        _judge(ok, result);
        if (ok) _succeeded();
    }

    /// @dev As after a call of `_try`, for one whose traces are gone already; not yet a success.
    function _judge(bool ok, bytes memory result) internal {
        bool expected = ok;
        for (uint256 i; i < _allowed.length && !expected; ++i) {
            expected = bytes4(result) == _allowed[i];
        }
        delete _allowed;
        if (!ok) _refused(bytes4(result));
        if (expected) return;
        // solhint-disable-next-line no-inline-assembly
        assembly ("memory-safe") {
            revert(add(result, 32), mload(result))
        }
    }

    function _claim(bytes32 property, bool holds, string memory what) internal {
        if (holds || bytes(broken[property]).length != 0) return;
        broken[property] = what;
        firstBroken = string(abi.encodePacked(property, ": ", what));
    }

    function _count(bytes32 name) internal {
        if (counts[name]++ == 0) countNames.push(name);
    }
}
