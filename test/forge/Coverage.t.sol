// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Test} from "forge-std/Test.sol";
import {Attempts} from "./invariants/Attempts.sol";
import {FeedHandler} from "./invariants/FeedHandler.sol";
import {Handler} from "./invariants/Handler.sol";
import {TradingHandler} from "./invariants/TradingHandler.sol";

/// @notice One long run of each handler's actions, the same each time, to show that they reach what they are for: an
/// invariant over what is never done says nothing.
contract CoverageTest is Test {
    uint256 private constant MOST_STEPS = 40_000;
    uint256 private constant SEED = 3;

    function test_coverage_actionsReachEveryStateThatMatters() public {
        vm.pauseGasMetering(); // the run is longer than a block
        Handler handler = new Handler();
        // accounts in danger are rare, and what comes of them is what this is about
        bytes4[] memory parts = handler.parts();
        for (uint256 i; i < parts.length; ++i) {
            // as often as their ends they would leave nothing to do
            if (parts[i] == handler.pause.selector) parts[i] = handler.unpause.selector;
            if (parts[i] == handler.killFeed.selector) parts[i] = handler.reviveFeed.selector;
        }
        _run(handler, handler.hunt.selector, parts, _states());
    }

    function test_coverage_feedsReachEveryStateThatMatters() public {
        vm.pauseGasMetering();
        FeedHandler handler = new FeedHandler();
        _run(handler, handler.liquidate.selector, handler.actions(), _statesOfFeeds());
    }

    function test_coverage_tradesReachEveryStateThatMatters() public {
        vm.pauseGasMetering();
        TradingHandler handler = new TradingHandler();
        _run(handler, handler.hunt.selector, handler.actions(), _statesOfTrades());
    }

    /// @param often each eighth step, as is a calm in which people may borrow
    /// @param also half of the others
    function _run(Attempts handler, bytes4 often, bytes4[] memory also, bytes32[] memory states) private {
        uint256 start = vm.envOr("COVERAGE_SEED", SEED);
        emit log_named_uint("seed", start);
        uint256 most = vm.envOr("COVERAGE_STEPS", MOST_STEPS);
        bytes4[] memory actions = handler.actions();
        bytes4 calm = Handler(address(handler)).calm.selector; // the same of all
        string memory missing = "everything";
        for (uint256 i; i < most && bytes(missing).length != 0; ++i) {
            uint256 seed = _word(start, i);
            bytes4 action = i % 2 == 0 ? actions[seed % actions.length] : also[seed % also.length];
            if (i % 8 == 3) action = calm;
            _do(handler, i, i % 8 == 7 ? often : action, seed);
            if (i % 100 != 99) continue;
            assertEq(handler.firstBroken(), "");
            handler.check();
            missing = _missing(handler, states);
            if (i % 2_000 == 1_999) emit log_named_string(vm.toString(i + 1), missing);
        }
        handler.printSummary();
        assertEq(missing, "", "never reached");
    }

    function _do(Attempts handler, uint256 step, bytes4 action, uint256 seed) private {
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

    /// @dev Names of the list that were not reached, and actions that were never done.
    function _missing(Attempts handler, bytes32[] memory states) private view returns (string memory names) {
        for (uint256 i; i < states.length; ++i) {
            if (handler.counts(states[i]) != 0) continue;
            names = string.concat(names, "; ", string(abi.encodePacked(states[i])));
        }
        bytes4[][2] memory lists = [handler.actions(), handler.parts()];
        for (uint256 k; k < 2; ++k) {
            for (uint256 i; i < lists[k].length; ++i) {
                (uint256 done,,) = handler.outcomes(lists[k][i]);
                if (done == 0) names = string.concat(names, "; ", vm.toString(abi.encodePacked(lists[k][i])));
            }
        }
    }

    function _states() private pure returns (bytes32[] memory) {
        return _named(
            "lever; only made safer; repay in full; sold beside a dead feed; sold in alarm; "
            "loss reported; unpledged in parts; leave the debt; gift; move; mode; operator acted; "
            "signed batch; permit; leave; repay while paused; call; call cleared; called and repaid; "
            "cleared and withdrew; liquidation; flash liquidation; partial; close; shortfall; "
            "reserves paid; fund paid; fund paid all it may; loss socialised; closed through the fund; "
            "close-out advanced; closed out in parts; stock sold; feed degraded; feed down; sold while doubtful; "
            "sequencer down; live time went back; fund deposit; fund redeemed; fund entry cancelled; "
            "fund shares passed; fund replenished; policy; scheduled; waited for; token turned; cash in, in parts; "
            "cash out, in parts; borrowed in parts; repaid in parts; pledged in parts; sold in parts; "
            "sold in parts below kappa; gift to an account; gift to the system"
        );
    }

    function _statesOfFeeds() private pure returns (bytes32[] memory) {
        return _named(
            "borrow; no borrow; withdraw; no withdraw; repaid on a failed feed; call; call in alarm; "
            "liquidation; no liquidation; sold by a doubtful feed; sold beside a dead feed; "
            "sold in alarm; spared in alarm; went back; degraded; down; answered in alarm"
        );
    }

    function _statesOfTrades() private pure returns (bytes32[] memory) {
        return _named(
            "perpetual traded; option traded; only made safer; loss settled; profit; option settled; "
            "expiry settled; expired; resolved; funding; volatility published; silence; paid in; "
            "paid out; liquidation; part sold; sold with options"
        );
    }

    function _named(string memory list) private pure returns (bytes32[] memory names) {
        string[] memory each = vm.split(list, "; ");
        names = new bytes32[](each.length);
        for (uint256 i; i < each.length; ++i) {
            names[i] = bytes32(bytes(each[i]));
        }
    }

    function _word(uint256 seed, uint256 i) private pure returns (uint256) {
        return uint256(keccak256(abi.encode(seed, i)));
    }
}
