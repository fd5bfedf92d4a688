// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Test} from "forge-std/Test.sol";
import {Handler} from "./invariants/Handler.sol";

/// @notice One long run of the invariants' actions, the same each time, to show that they reach what they are for.
contract CoverageTest is Test {
    uint256 private constant MOST_STEPS = 40_000;
    uint256 private constant SEED = 3;

    function test_coverage_actionsReachEveryStateThatMatters() public {
        vm.pauseGasMetering(); // the run is longer than a block
        uint256 start = vm.envOr("COVERAGE_SEED", SEED);
        emit log_named_uint("seed", start);
        Handler handler = new Handler();
        bytes4[] memory actions = handler.actions();
        bytes32 missing = "everything";
        for (uint256 i; i < MOST_STEPS && missing != 0; ++i) {
            uint256 seed = _word(start, i);
            // accounts in danger are rare, and what comes of them is what this is about
            bytes4 action = i % 8 == 7 ? handler.hunt.selector : actions[seed % actions.length];
            _do(handler, i, action, seed);
            if (i % 100 == 99) missing = _missing(handler);
        }
        handler.printSummary();
        assertEq(handler.firstBroken(), "");
        assertEq(missing, bytes32(0), string(abi.encodePacked("never reached: ", missing)));
    }

    function _do(Handler handler, uint256 step, bytes4 action, uint256 seed) private {
        bytes memory words = abi.encode(_word(seed, 1), _word(seed, 2), _word(seed, 3), _word(seed, 4));
        (bool ok, bytes memory result) = address(handler).call(abi.encodePacked(action, words));
        if (ok) return;
        emit log_named_uint("step", step);
        emit log_named_bytes("call", abi.encodePacked(action, words));
        // solhint-disable-next-line no-inline-assembly
        assembly ("memory-safe") {
            revert(add(result, 32), mload(result))
        }
    }

    /// @dev The first state of the list that was not reached, zero where all were.
    function _missing(Handler handler) private view returns (bytes32) {
        bytes32[22] memory states = [
            bytes32("lever"),
            "only made safer",
            "gift",
            "move",
            "mode",
            "operator acted",
            "leave",
            "repay in full",
            "repay while paused",
            "call",
            "call cleared",
            "liquidation",
            "partial",
            "close",
            "shortfall",
            "reserves paid",
            "fund paid",
            "loss socialised",
            "feed degraded",
            "feed down",
            "sold while doubtful",
            "sold beside a dead feed"
        ];
        for (uint256 i; i < states.length; ++i) {
            if (handler.counts(states[i]) == 0) return states[i];
        }
        return 0;
    }

    function _word(uint256 seed, uint256 i) private pure returns (uint256) {
        return uint256(keccak256(abi.encode(seed, i)));
    }
}
