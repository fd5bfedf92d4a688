// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Test} from "forge-std/Test.sol";
import {IVaultCommon} from "../../contracts/interfaces/IVaultCommon.sol";
import {LiveClock, LiveClocks} from "../../contracts/vault/LiveClock.sol";

/// @notice The vault's clock against a count of the seconds in which it should run, one by one.
contract LiveClockTest is Test {
    using LiveClocks for LiveClock;

    uint256 private constant WINDOW = 10 minutes;
    uint256 private constant EVENTS = 24;

    LiveClock private clock;
    uint256 private outage;

    function pause() external {
        clock.pause(outage);
    }

    function resume() external {
        clock.resume(outage, WINDOW);
    }

    function setUp() public {
        vm.warp(1_700_000_000);
    }

    /// @dev Each event is a stretch of time and then a switch, short stretches as often as long ones, so that pauses
    /// fall inside the window of the one before, and follow it at once.
    function testFuzz_P18_liveTimeIsTheSecondsOutsidePausesAndWindows(uint256 seed) public {
        uint256 live = block.timestamp;
        uint256 opensAt;
        bool paused;
        for (uint256 i; i < EVENTS; ++i) {
            seed = uint256(keccak256(abi.encode(seed)));
            uint256 step = seed % 3 == 0 ? 0 : seed % 3 == 1 ? (seed >> 8) % WINDOW : (seed >> 8) % (5 * WINDOW);
            uint256 from = block.timestamp;
            skip(step);
            // what of this stretch lies outside pauses and windows
            if (!paused) live += _after(block.timestamp, opensAt) - _after(from, opensAt);
            assertEq(clock.liveTime(outage), live);
            assertEq(clock.isOpen(), !paused && block.timestamp >= opensAt);
            if ((seed >> 128) % 3 == 0) continue;
            if (paused) {
                this.resume();
                opensAt = block.timestamp + WINDOW;
            } else {
                this.pause();
            }
            paused = !paused;
            assertEq(clock.liveTime(outage), live, "a switch moves no time");
        }
    }

    /// @dev As above with a sequencer that stops now and then, in pauses, in windows and between them.
    function testFuzz_P18_aSecondOfPauseAndOutageIsCountedOnce(uint256 seed) public {
        uint256 live = block.timestamp;
        uint256 last = live;
        uint256 opensAt;
        uint256 doubtful;
        bool paused;
        for (uint256 i; i < EVENTS; ++i) {
            seed = uint256(keccak256(abi.encode(seed)));
            uint256 step = seed % 3 == 0 ? 0 : seed % 3 == 1 ? (seed >> 8) % WINDOW : (seed >> 8) % (5 * WINDOW);
            uint256 from = block.timestamp;
            bool down = (seed >> 64) % 2 == 0;
            skip(step);
            if (down) outage += step;
            if (!paused && !down) live += _after(block.timestamp, opensAt) - _after(from, opensAt);
            // an outage inside the window may be counted as if it had come after it
            if (!paused && down) doubtful += step - (_after(block.timestamp, opensAt) - _after(from, opensAt));
            uint256 told = clock.liveTime(outage);
            assertGe(told, last, "the clock went back");
            assertLe(told, live, "dead time was counted as live");
            assertGe(told + doubtful, live, "live time was lost");
            last = told;
            if ((seed >> 128) % 3 == 0) continue;
            if (paused) {
                this.resume();
                opensAt = block.timestamp + WINDOW;
            } else {
                this.pause();
            }
            paused = !paused;
            assertEq(clock.liveTime(outage), last, "a switch moves no time");
        }
    }

    /// @dev A stop that is reported late, or an uptime feed that answers again.
    function testFuzz_P18_whatComesToLightLateTakesBackNoMoreThanItself(uint256 ran, uint256 late) public {
        this.pause();
        this.resume();
        skip(WINDOW + bound(ran, 0, 30 days));
        uint256 live = clock.liveTime(outage);
        late = bound(late, 0, 30 days);
        uint256 told = clock.liveTime(outage + late);
        assertLe(told, live);
        assertGe(told + late, live, "it took back more");
        assertGe(told, clock.stoppedAt, "it took back what was before the pause");
    }

    /// @dev The feed answers again after the pause in which it had been dark: nobody knows what of it was the pause's.
    function test_P18_anOutageInTheDarkWhenAPauseEndsDelaysTheClock() public {
        this.pause();
        skip(1 hours);
        this.resume();
        skip(WINDOW + 2 hours);
        uint256 live = clock.liveTime(outage);
        assertEq(clock.liveTime(outage + 1 hours), live - 1 hours);
    }

    function testFuzz_resume_opensAFullWindowLater(uint256 length) public {
        this.pause();
        skip(bound(length, 0, 365 days));
        this.resume();
        assertFalse(clock.isOpen());
        skip(WINDOW - 1);
        assertFalse(clock.isOpen());
        uint256 live = clock.liveTime(outage);
        skip(1);
        assertTrue(clock.isOpen());
        assertEq(clock.liveTime(outage), live);
        skip(1);
        assertEq(clock.liveTime(outage), live + 1);
    }

    function test_switches_refuseToRepeat() public {
        vm.expectRevert(IVaultCommon.NotPaused.selector);
        this.resume();
        this.pause();
        vm.expectRevert(IVaultCommon.AlreadyPaused.selector);
        this.pause();
    }

    /// @dev Seconds of `t` beyond `from`.
    function _after(uint256 t, uint256 from) private pure returns (uint256) {
        return t > from ? t - from : 0;
    }
}
