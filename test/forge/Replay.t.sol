// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Test} from "forge-std/Test.sol";
import {Vm} from "forge-std/Vm.sol";
import {CashPool, InterestIndex} from "../../contracts/math/InterestIndex.sol";
import {AccountId} from "../../contracts/types/AccountId.sol";
import {Portfolio} from "../../contracts/types/Portfolio.sol";
import {LiveClock, LiveClocks} from "../../contracts/vault/LiveClock.sol";
import {Replay} from "./fixtures/Replay.sol";
import {Handler} from "./invariants/Handler.sol";

/// @notice The invariants' actions with a listener, and a comparison of what it has rebuilt.
contract RecordedHandler is Handler {
    using InterestIndex for CashPool;
    using LiveClocks for LiveClock;

    Replay public immutable replay;

    constructor() {
        replay = new Replay(block.timestamp);
        replay.setFund(address(fund));
    }

    /// @dev What the constructor did is recorded by whoever called it.
    function flush() public {
        replay.feed(vm.getRecordedLogs());
    }

    function compare() external view {
        _comparePool();
        for (uint256 i; i < accounts.length; ++i) {
            _compareAccount(accounts[i]);
        }
        for (uint256 i; i < assets.length; ++i) {
            assertEq(replay.totalCollateral(assets[i]), vault.totalCollateral(assets[i]), "total collateral");
            assertEq(replay.paceAvailable(assets[i]), liquidator.paceAvailable(assets[i]), "pace");
        }
        address[3] memory modules = [address(liquidator), address(marginCalls), address(waterfall)];
        for (uint256 i; i < modules.length; ++i) {
            assertEq(replay.moduleRights(modules[i]), vault.moduleRights(modules[i]), "module");
        }
        address[2] memory backers = [alice, erin];
        for (uint256 i; i < backers.length; ++i) {
            assertEq(replay.sharesOf(backers[i]), fund.balanceOf(backers[i]), "shares");
            assertEq(abi.encode(replay.requestOf(backers[i])), abi.encode(fund.requestOf(backers[i])), "notice");
        }
    }

    /// @dev The vault shows its pool and clock as they are now, so the rebuilt ones are brought to now as well.
    function _comparePool() private view {
        CashPool memory rebuilt = replay.pool().accrued(policy.cashTerms(), block.timestamp);
        assertEq(abi.encode(rebuilt), abi.encode(vault.pool()), "pool");
        LiveClock memory clock = replay.clock();
        assertEq(clock.liveTime(), vault.liveTime(), "live time");
        assertEq(clock.isOpen(), vault.liquidationsOpen(), "open");
    }

    function _compareAccount(AccountId account) private view {
        Replay.Account memory rebuilt = replay.accountOf(account);
        Portfolio memory p = vault.portfolio(account);
        assertEq(rebuilt.principal, vault.principalOf(account), "principal");
        assertEq(rebuilt.mode, p.mode, "mode");
        assertEq(abi.encode(rebuilt.collateral), abi.encode(p.collateral), "collateral, in its order");
        (uint8 rights, uint40 expiry) = replay.operatorOf(AccountId.unwrap(account), keeper);
        (uint8 rightsNow, uint40 expiryNow) = vault.operatorOf(account, keeper);
        assertEq(rights, rightsNow, "operator's rights");
        assertEq(expiry, expiryNow, "operator's expiry");
        assertEq(abi.encode(replay.callOf(account)), abi.encode(marginCalls.callOf(account)), "margin call");
    }

    /* LISTENING */

    function _listen() internal override {
        flush();
    }

    function _heard() internal override returns (Vm.Log[] memory logs) {
        logs = vm.getRecordedLogs();
        replay.feed(logs);
    }

    function _beforeTimePasses() internal override {
        flush();
    }

    function _beforeCall() internal override {
        flush();
    }

    /// @dev What was reverted never happened.
    function _afterRevert() internal override {
        vm.getRecordedLogs();
    }
}

/// @notice P30: the events say everything. Not in them are only the moment of deployment, from which interest counts,
/// and the time of their block, which every log has.
contract ReplayTest is Test {
    uint256 private constant STEPS = 120;

    /// forge-config: default.fuzz.runs = 6
    /// forge-config: deep.fuzz.runs = 400
    function testFuzz_P30_replayingEventsRebuildsTheState(uint256 seed) public {
        vm.pauseGasMetering(); // the run is longer than a block
        vm.recordLogs();
        RecordedHandler handler = new RecordedHandler();
        handler.flush();
        handler.compare();
        uint256 first = handler.replay().eventsSeen();
        bytes4[] memory actions = handler.actions();
        for (uint256 i; i < STEPS; ++i) {
            uint256 step = uint256(keccak256(abi.encode(seed, i)));
            bytes4 action = i % 4 == 3 ? handler.hunt.selector : actions[step % actions.length];
            bytes memory words = abi.encode(keccak256(abi.encode(step)), step >> 32, step >> 64, step >> 128);
            (bool ok,) = address(handler).call(abi.encodePacked(action, words));
            assertTrue(ok);
            handler.flush();
            if (i % 8 == 0) handler.compare();
        }
        handler.compare();
        assertGt(handler.replay().eventsSeen(), first);
    }
}
