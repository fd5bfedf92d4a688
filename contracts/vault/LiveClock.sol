// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IMarginVault} from "../interfaces/IMarginVault.sol";

/// @notice The vault's pause and the time it has cost. One slot.
struct LiveClock {
    /// timestamp of the running pause, zero where there is none
    uint40 pausedAt;
    /// timestamp from which liquidations may run again
    uint40 opensAt;
    /// seconds in which live time stood still, up to `opensAt`
    uint40 deadTime;
}

/// @notice Live time stands still from a pause until the window after it is over, so that a debtor keeps all the grace
/// that was left, and liquidations open later than repayment (V28, V29).
library LiveClocks {
    function pause(LiveClock storage clock) internal {
        if (clock.pausedAt != 0) revert IMarginVault.AlreadyPaused();
        clock.pausedAt = uint40(block.timestamp); // fits: for 34,000 years
    }

    /// @param window seconds from here until liquidations open
    function resume(LiveClock storage clock, uint256 window) internal {
        uint256 from = clock.pausedAt;
        if (from == 0) revert IMarginVault.NotPaused();
        // a pause inside the window of the one before: that window is already counted
        if (clock.opensAt > from) from = clock.opensAt;
        uint256 opensAt = block.timestamp + window;
        clock.pausedAt = 0;
        // fits: timestamps. Not negative: the window is constant, so `opensAt` only grows
        clock.opensAt = uint40(opensAt);
        clock.deadTime += uint40(opensAt - from);
    }

    function isOpen(LiveClock memory clock) internal view returns (bool) {
        return clock.pausedAt == 0 && block.timestamp >= clock.opensAt;
    }

    function liveTime(LiveClock memory clock) internal view returns (uint256) {
        uint256 at = clock.pausedAt == 0 ? block.timestamp : clock.pausedAt;
        return (at < clock.opensAt ? clock.opensAt : at) - clock.deadTime;
    }
}
