// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IVaultCommon} from "../interfaces/IVaultCommon.sol";

/// @notice The vault's pause and where it has left live time. One slot.
struct LiveClock {
    /// timestamp of the running pause, zero where there is none
    uint40 pausedAt;
    /// timestamp from which liquidations may run again, and live time with them
    uint40 opensAt;
    /// live time at which the last pause stopped the clock
    uint40 stoppedAt;
    /// seconds of sequencer outage up to the end of the last pause
    uint40 outageBefore;
}

/// @notice Live time stands still from a pause until the window after it is over, and while the sequencer is down, so
/// that a debtor keeps all the grace that was left, and liquidations open later than repayment (V28, V29).
/// @dev A second that is both pause and outage is one second of dead time, and the clock begins each time where it
/// stopped. Of an outage inside a window nobody knows afterwards when it was, so it delays the clock by as much as if
/// it had come after: by at most the window, in favour of debtors.
/// It goes back only by an outage that comes to light late: a report that says it began earlier, or an uptime feed that
/// answers again; at most to where it last stopped. What subtracts live times has to bear that. What was in the dark
/// when a pause ended is counted as if it had come after it, in favour of debtors; what was in the dark when one began
/// and came to light in it, as if it were the pause's, by which they lose as much of their grace.
library LiveClocks {
    /// @param outage seconds of sequencer outage so far, as for all functions here
    function pause(LiveClock storage clock, uint256 outage) internal {
        if (clock.pausedAt != 0) revert IVaultCommon.AlreadyPaused();
        // fit: times, for 34,000 years
        clock.stoppedAt = uint40(liveTime(clock, outage));
        clock.pausedAt = uint40(block.timestamp);
    }

    /// @param window seconds from here until liquidations open
    function resume(LiveClock storage clock, uint256 outage, uint256 window) internal {
        if (clock.pausedAt == 0) revert IVaultCommon.NotPaused();
        clock.pausedAt = 0;
        // fit: times
        clock.opensAt = uint40(block.timestamp + window);
        clock.outageBefore = uint40(outage);
    }

    function isOpen(LiveClock memory clock) internal view returns (bool) {
        return clock.pausedAt == 0 && block.timestamp >= clock.opensAt;
    }

    function liveTime(LiveClock memory clock, uint256 outage) internal view returns (uint256) {
        if (!isOpen(clock)) return clock.stoppedAt;
        uint256 open = block.timestamp - clock.opensAt;
        // less than before while the sequencer's feed does not answer, and more by a report that comes late
        uint256 dead = outage > clock.outageBefore ? outage - clock.outageBefore : 0;
        return clock.stoppedAt + (open > dead ? open - dead : 0);
    }
}
