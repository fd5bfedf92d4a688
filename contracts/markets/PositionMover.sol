// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IPositionMover} from "../interfaces/IPositionMover.sol";
import {Rounding} from "../math/Rounding.sol";
import {WAD} from "../math/Units.sol";
import {AccountId} from "../types/AccountId.sol";
import {LOT, Market, PositionSlot} from "../types/Market.sol";
import {MOST_POSITIONS} from "../vault/Positions.sol";
import {Steps} from "../vault/Steps.sol";

/// @title Positions from one account to another
/// @notice What a liquidation does with them.
abstract contract PositionMover is Steps, IPositionMover {
    /// @inheritdoc IPositionMover
    function movePositions(AccountId from, AccountId to, uint256 fraction, uint256 down) external {
        PositionSlot[] memory held = _heldPositions(from);
        PositionSlot[] memory slices = new PositionSlot[](held.length);
        uint256 count;
        for (uint256 i; i < held.length; ++i) {
            if (down & (1 << i) != 0) continue;
            PositionSlot memory slice = _sliceOf(held[i], fraction);
            if (slice.size != 0 || slice.basis != 0) slices[count++] = slice;
        }
        PositionSlot[] memory added = new PositionSlot[](count);
        PositionSlot[] memory removed = new PositionSlot[](count);
        for (uint256 i; i < count; ++i) {
            added[i] = slices[i];
            removed[i] = PositionSlot(added[i].instrument, -added[i].size, -added[i].basis);
        }
        int256[] memory less = _addPositions(from, held, removed, MOST_POSITIONS);
        int256[] memory more = _addPositions(to, _heldPositions(to), added, _mostPositions(to));
        _bookInterest(added, less, more);
    }

    /// @dev Where `to` had none, all has only changed hands; where it had the opposite, that is gone.
    function _bookInterest(PositionSlot[] memory moved, int256[] memory less, int256[] memory more) private {
        for (uint256 i; i < moved.length;) {
            uint8 underlying = moved[i].instrument.underlying();
            Market memory market = _markets[underlying];
            bool changes;
            for (; i < moved.length && moved[i].instrument.underlying() == underlying; ++i) {
                int256 lots = less[i] + more[i];
                if (lots == 0) continue;
                _addInterest(market, moved[i].instrument, lots);
                changes = true;
            }
            if (changes) _storeMarket(underlying, market);
        }
    }

    function _sliceOf(PositionSlot memory held, uint256 fraction) private pure returns (PositionSlot memory) {
        if (fraction == WAD) return PositionSlot(held.instrument, held.size, held.basis);
        // down: the bidder takes over less of what is long, and more of what is short
        int256 size = Rounding.mulDivFloor(held.size, fraction, WAD * LOT) * int256(LOT);
        int256 basis = Rounding.mulWadCeil(held.basis, fraction);
        // fit: no larger than what is held
        return PositionSlot(held.instrument, int96(size), int96(basis));
    }
}
