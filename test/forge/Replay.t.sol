// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Campaign} from "./invariants/Campaign.sol";
import {Handler} from "./invariants/Handler.sol";

/// @notice P30: the events say everything. Not in them are only the moment of deployment, from which interest counts,
/// and the time of their block, which every log has [VLT-38].
/// @dev Apart from the other invariants, which are the faster for not listening.
contract ReplayTest is Campaign {
    Handler private handler;

    function setUp() public {
        vm.recordLogs();
        handler = new Handler();
        handler.startReplay();
        assertGt(handler.replay().eventsSeen(), 0);
        _choose(handler);
    }

    /// forge-config: default.invariant.depth = 128
    function invariant_P30_replayingEventsRebuildsTheState() public {
        handler.flush();
        handler.checkReplay();
    }
}
