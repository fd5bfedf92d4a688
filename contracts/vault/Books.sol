// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {Funding} from "../math/Funding.sol";
import {Rounding} from "../math/Rounding.sol";
import {AccountId} from "../types/AccountId.sol";
import {InstrumentId} from "../types/InstrumentId.sol";
import {LOT, Market, PositionSlot} from "../types/Market.sol";
import {Portfolio, Position} from "../types/Portfolio.sol";
import {HoldingSlot, Holdings, MOST_COLLATERALS} from "./Holdings.sol";
import {AccountState, Ledger} from "./Ledger.sol";
import {MOST_POSITIONS, Positions} from "./Positions.sol";

/// @title The vault's books of positions
/// @notice Positions by account, and what they add up to by underlying. Nothing here asks a price.
abstract contract Books is Ledger {
    using SafeCast for uint256;
    using SafeCast for int256;
    using Funding for Market;
    using Holdings for HoldingSlot[MOST_COLLATERALS];
    using Positions for PositionSlot[MOST_POSITIONS];

    mapping(AccountId account => PositionSlot[MOST_POSITIONS]) internal _positions;
    mapping(uint8 underlying => Market) internal _markets;
    /// what is filled of the orders of one nonce, WAD; all there is where it was cancelled
    mapping(AccountId account => mapping(uint256 nonce => uint256)) internal _filled;
    /// orders of other epochs are void
    mapping(AccountId account => uint256) internal _orderEpoch;

    function _portfolio(AccountId account) internal view returns (Portfolio memory p) {
        AccountState storage state = _accounts[account];
        p.account = account;
        p.mode = state.mode;
        p.cash = _cashNow(state.principal);
        p.collateral = _holdings[account].load();
        uint256 count = state.positions;
        p.positions = new Position[](count);
        if (count != 0) _loadPositions(account, p.positions);
    }

    /// @dev One slot says that most lenders owe nothing: whoever does not cannot lose more than he has, and passes with
    /// every oracle dead.
    function _owes(AccountId account) internal view returns (bool) {
        AccountState storage state = _accounts[account];
        return state.principal < 0 || state.positions != 0;
    }

    function _heldPositions(AccountId account) internal view returns (PositionSlot[] memory) {
        return _positions[account].load(_accounts[account].positions);
    }

    /// @dev Adds `changes`, in the order of their ids, to what the account holds.
    /// @param most how many positions it may hold
    /// @return lots by which each change raises what the account adds to open interest: long perpetuals, short options
    function _addPositions(AccountId account, PositionSlot[] memory held, PositionSlot[] memory changes, uint256 most)
        internal
        returns (int256[] memory lots)
    {
        (uint256 left, PositionSlot[] memory current) = _positions[account].add(account, held, changes, most);
        if (left != held.length) _accounts[account].positions = uint8(left); // fits: at most MOST_POSITIONS
        lots = new int256[](changes.length);
        for (uint256 i; i < changes.length; ++i) {
            PositionSlot memory now_ = current[i];
            emit PositionChanged(account, now_.instrument, now_.size, now_.basis);
            lots[i] =
                _interest(now_.instrument, now_.size) - _interest(now_.instrument, int256(now_.size) - changes[i].size);
        }
    }

    /// @dev Books what two accounts did with the same instrument.
    function _addInterest(Market memory market, InstrumentId instrument, int256 lots) internal pure {
        if (instrument.isOption()) {
            market.optionLots = (int256(uint256(market.optionLots)) + lots).toUint256().toUint64();
        } else {
            market.perpetualLots = (int256(uint256(market.perpetualLots)) + lots).toUint256().toUint64();
        }
    }

    /// @dev Stores open interest and what is unsettled; funding has an event of its own.
    function _storeMarket(uint8 underlying, Market memory market) internal {
        _markets[underlying] = market;
        emit MarketChanged(underlying, market.perpetualLots * LOT, market.optionLots * LOT, market.unsettled);
    }

    function _loadPositions(AccountId account, Position[] memory positions) private view {
        for (uint256 i; i < positions.length; ++i) {
            PositionSlot memory slot = _positions[account][i];
            Position memory position = positions[i];
            position.instrument = slot.instrument;
            position.size = slot.size;
            if (slot.instrument.isOption()) continue;
            // of one underlying there is one perpetual
            int256 index = _markets[slot.instrument.underlying()].indexNow();
            position.costBasis = slot.basis + Funding.cost(slot.size, index);
        }
    }

    /// @dev One side of each instrument is counted: the other one is as large.
    function _interest(InstrumentId instrument, int256 size) private pure returns (int256) {
        bool counts = instrument.isOption() ? size < 0 : size > 0;
        return counts ? int256(Rounding.magnitude(size) / LOT) : int256(0);
    }
}
