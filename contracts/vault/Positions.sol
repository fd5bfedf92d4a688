// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {IVaultCommon} from "../interfaces/IVaultCommon.sol";
import {AccountId} from "../types/AccountId.sol";
import {InstrumentId} from "../types/InstrumentId.sol";
import {PositionSlot} from "../types/Market.sol";

/// @dev Positions an account may hold; bounds every loop over an account, and so the gas of its liquidation (V24).
uint256 constant MOST_POSITIONS = 32;

/// @notice The positions of one account: without gaps, in the order of their ids, so that margin models walk over them
/// once, and a book that moves is merged into another in one walk.
library Positions {
    using SafeCast for int256;

    function load(PositionSlot[MOST_POSITIONS] storage list, uint256 count)
        internal
        view
        returns (PositionSlot[] memory held)
    {
        held = new PositionSlot[](count);
        for (uint256 i; i < count; ++i) {
            held[i] = list[i];
        }
    }

    /// @notice What is held of `instrument`; all zero where nothing is.
    function find(PositionSlot[] memory held, InstrumentId instrument) internal pure returns (PositionSlot memory) {
        PositionSlot memory none;
        none.instrument = instrument;
        for (uint256 i; i < held.length; ++i) {
            if (held[i].instrument == instrument) return held[i];
        }
        return none;
    }

    /// @notice Adds `changes` to what is `held`, sizes to sizes and bases to bases. What has neither left is dropped.
    /// @dev Every place is written only where it changes.
    /// @param held what `load` gave; changed by this
    /// @param changes in the order of their ids, each id once
    /// @param most how many positions the account may hold
    /// @return left how many positions there are now
    /// @return current what is held now of each change's instrument
    function add(
        PositionSlot[MOST_POSITIONS] storage list,
        AccountId account,
        PositionSlot[] memory held,
        PositionSlot[] memory changes,
        uint256 most
    ) internal returns (uint256 left, PositionSlot[] memory current) {
        current = new PositionSlot[](changes.length);
        PositionSlot memory next;
        uint256 i;
        uint256 j;
        while (i < held.length || j < changes.length) {
            bool isHeld =
                j == changes.length || (i < held.length && _id(held[i].instrument) <= _id(changes[j].instrument));
            bool isChanged = !isHeld || (j < changes.length && held[i].instrument == changes[j].instrument);
            next = isHeld ? held[i] : changes[j];
            if (isChanged) {
                if (isHeld) next = _sum(next, changes[j]);
                current[j++] = next;
            }
            bool stays = next.size != 0 || next.basis != 0;
            if (stays) {
                if (left == most) revert IVaultCommon.TooManyPositions(account, most);
                // a place that keeps what it had is not written
                if (isChanged || left != i) list[left] = next;
                ++left;
            }
            if (isHeld) ++i;
        }
        for (uint256 k = left; k < held.length; ++k) {
            delete list[k];
        }
    }

    function _sum(PositionSlot memory a, PositionSlot memory b) private pure returns (PositionSlot memory) {
        return PositionSlot({
            instrument: a.instrument,
            size: (int256(a.size) + b.size).toInt96(),
            basis: (int256(a.basis) + b.basis).toInt96()
        });
    }

    function _id(InstrumentId instrument) private pure returns (uint64) {
        return InstrumentId.unwrap(instrument);
    }
}
