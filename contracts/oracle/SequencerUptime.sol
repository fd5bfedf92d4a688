// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {ChainlinkFeed, FeedRound} from "./ChainlinkFeed.sol";

/// @notice An L2 sequencer uptime feed and the outages counted from it. One slot: 20 + 3 + 5 + 4 bytes.
/// @dev A round of the feed begins (`startedAt`) with each change: answer 0 for up, anything else for down.
struct Sequencer {
    /// zero where the chain has no sequencer
    address feed;
    /// seconds after a restart that still count as outage
    uint24 grace;
    /// time up to which outages are in `outage`
    uint40 countedUntil;
    /// seconds of outage so far
    uint32 outage;
}

/// @notice Dead time of an L2: from each stop of the sequencer until its grace is over.
library SequencerUptime {
    /// @dev Rounds looked back for outages that nobody recorded: four stops and restarts.
    uint256 private constant MAX_ROUNDS = 8;

    /// @notice Whether the sequencer is up and its grace over, and when it last stopped or restarted. A feed that
    /// cannot be read says nothing good: down, as of the last change that was recorded. As of now would make every
    /// price Down and shield whoever sinks for as long as it takes to replace the feed.
    function lastChange(Sequencer memory sequencer) internal view returns (bool isUp, uint256 changedAt) {
        if (sequencer.feed == address(0)) return (true, 0);
        (bool ok, FeedRound memory round) = ChainlinkFeed.latestRound(sequencer.feed);
        if (!ok || !isStarted(round)) return (false, sequencer.countedUntil);
        return (round.answer == 0 && block.timestamp - round.startedAt >= sequencer.grace, round.startedAt);
    }

    /// @notice Dead seconds since `countedUntil`, and the first and last moment of them.
    /// @dev Rounds follow each other without a gap, so their dead times never overlap. While the feed cannot be read
    /// nothing is added, as nobody knows since when: meanwhile only who is too deep for any grace is sold, and what it
    /// was comes to light with the feed.
    function uncounted(Sequencer memory sequencer) internal view returns (uint256 dead, uint256 from, uint256 until) {
        if (sequencer.feed == address(0)) return (0, 0, 0);
        (bool ok, FeedRound memory round) = ChainlinkFeed.latestRound(sequencer.feed);
        uint256 end = block.timestamp;
        for (uint256 i; i < MAX_ROUNDS && ok && isStarted(round); ++i) {
            uint256 start = Math.min(round.startedAt, end);
            uint256 deadFrom = Math.max(start, sequencer.countedUntil);
            uint256 deadUntil = round.answer == 0 ? Math.min(start + sequencer.grace, end) : end;
            if (deadUntil > deadFrom) {
                dead += deadUntil - deadFrom;
                from = deadFrom;
                if (until == 0) until = deadUntil;
            }
            if (start <= sequencer.countedUntil || round.id == 0) break;
            end = start;
            // fits: `ok` says that the id is a uint80
            (ok, round) = ChainlinkFeed.roundAt(sequencer.feed, uint80(round.id - 1));
        }
    }

    function isStarted(FeedRound memory round) internal view returns (bool) {
        return round.startedAt != 0 && round.startedAt <= block.timestamp;
    }
}
