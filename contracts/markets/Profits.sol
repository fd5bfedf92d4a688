// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {SignedMath} from "@openzeppelin/contracts/utils/math/SignedMath.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {ISettlementFeed} from "../interfaces/ISettlementFeed.sol";
import {IPositionBook} from "../interfaces/IPositionBook.sol";
import {CashPool} from "../math/InterestIndex.sol";
import {Funding} from "../math/Funding.sol";
import {OptionValue} from "../math/OptionValue.sol";
import {Rounding} from "../math/Rounding.sol";
import {WAD} from "../math/Units.sol";
import {AccountId} from "../types/AccountId.sol";
import {CashWord} from "../types/CashWord.sol";
import {InstrumentId, InstrumentKind, toPerpetual} from "../types/InstrumentId.sol";
import {TradeTerms} from "../types/InstrumentParams.sol";
import {Market, PositionSlot} from "../types/Market.sol";
import {Price, PriceStatus} from "../types/Price.sol";
import {SettlementStatus} from "../types/Settlement.sol";
import {MOST_POSITIONS, Positions} from "../vault/Positions.sol";
import {Markets} from "./Markets.sol";

/// @title Profits and losses into cash
/// @notice Losses are paid at once. Profits are paid as far as losers have paid, and beyond that up to the policy's
/// cap: what is paid before is lent by the lenders of cash to somebody who may not pay (V73).
abstract contract Profits is Markets, IPositionBook {
    using SafeCast for int256;
    using Funding for Market;

    ISettlementFeed private immutable _settlementFeed;

    constructor() {
        _settlementFeed = riskEngine.positionModel().settlementFeed();
    }

    /// @inheritdoc IPositionBook
    function updateFunding(uint8 underlying) external {
        _requireUnlocked();
        (TradeTerms memory terms,,, address index, address perpetual) = _instruments.tradeOf(toPerpetual(underlying));
        if (perpetual == address(0)) revert UnknownInstrument(toPerpetual(underlying));
        Market memory market = _markets[underlying];
        _advanceFunding(underlying, market, terms.fundingPpmPerDay, index, perpetual);
        _markets[underlying] = market;
    }

    /// @inheritdoc IPositionBook
    /// @dev Nothing of this adds risk: what it is worth becomes cash, or it is a loss that the account had. So nothing
    /// more is checked, and nobody can keep a loss from being paid by having little cash.
    function settle(AccountId account, InstrumentId instrument) external step returns (int256 paid) {
        _requireSettled(account);
        _touch(account, 0);
        PositionSlot[] memory held = _heldPositions(account);
        PositionSlot memory position = Positions.find(held, instrument);
        if (position.size == 0 && position.basis == 0) revert NothingToSettle(account, instrument);
        // what is expired, or closed, has its price already
        bool isOpen = position.size != 0 && !instrument.isOption();
        if (isOpen && _clock.pausedAt != 0) revert Paused(account);
        PositionSlot[] memory change = new PositionSlot[](1);
        uint8 underlying = instrument.underlying();
        Market memory market = _markets[underlying];
        (paid, change[0]) = _settlement(position, market);
        if (isOpen && paid < 0) _requireSolvent(account);
        if (paid == 0 && change[0].size == 0) revert NothingToSettle(account, instrument);
        int256[] memory lots = _addPositions(account, held, change, MOST_POSITIONS);
        _addInterest(market, instrument, lots[0]);
        market.unsettled = (market.unsettled + paid).toInt128();
        _storeMarket(underlying, market);
        _payCash(account, paid);
        emit PositionSettled(account, instrument, paid);
    }

    /// @dev The loss of an account that cannot pay it is its winners' to go without in the end (ADL-02). Settled it
    /// would be a debt, and its lenders'.
    function _requireSolvent(AccountId account) private view {
        (, int256 equity) = _assessAtBest(_portfolio(account));
        if (equity < 0) revert Insolvent(account, equity);
    }

    /// @dev What is paid now, and what that changes of the position.
    function _settlement(PositionSlot memory position, Market memory market)
        private
        view
        returns (int256 paid, PositionSlot memory change)
    {
        InstrumentId instrument = position.instrument;
        (TradeTerms memory terms,,, address index, address perpetual) = _instruments.tradeOf(instrument);
        int256 room = int256(uint256(terms.unsettledCap) * WAD) - market.unsettled;
        change.instrument = instrument;
        if (instrument.isOption()) {
            paid = _expiredValue(instrument, position.size, index);
            // all or nothing: an option has no cost that could say what is paid of it
            if (paid > 0 && paid > room) revert UnsettledCapReached(instrument.underlying(), paid, room);
            change.size = -position.size;
        } else {
            paid = _settleable(position, oracle.read(perpetual), _markets[instrument.underlying()].indexNow());
            if (paid > 0 && room <= 0) revert UnsettledCapReached(instrument.underlying(), paid, room);
            if (paid > 0) paid = SignedMath.min(paid, room);
            change.basis = paid.toInt96();
        }
    }

    function _payCash(AccountId account, int256 paid) private {
        (CashPool memory pool_, CashWord terms) = _openPool();
        _addCash(pool_, account, paid);
        _closePool(pool_, terms);
    }

    /// @inheritdoc IPositionBook
    function positionOf(AccountId account, InstrumentId instrument) external view returns (int256, int256) {
        PositionSlot memory position = Positions.find(_heldPositions(account), instrument);
        return (position.size, position.basis);
    }

    /// @inheritdoc IPositionBook
    function marketOf(uint8 underlying) external view returns (Market memory) {
        return _markets[underlying];
    }

    /// @inheritdoc IPositionBook
    function fundingIndexOf(uint8 underlying) external view returns (int256) {
        return _markets[underlying].indexNow();
    }

    /// @dev What a perpetual is worth, quote WAD and rounded down: a loss at the better price and a profit at the worse
    /// one, so that no single print moves money either way. Else a wick would make a debt of a loss that passes.
    function _settleable(PositionSlot memory position, Price memory price, int256 index)
        private
        pure
        returns (int256 value)
    {
        if (position.size == 0) return -int256(position.basis);
        if (price.status != PriceStatus.Live) revert PriceNotLive(position.instrument, price.status);
        (uint256 worse, uint256 better) = position.size > 0 ? (price.low, price.high) : (price.high, price.low);
        value = _valueAt(position, better, index);
        if (value <= 0) return value;
        return SignedMath.max(_valueAt(position, worse, index), 0);
    }

    function _valueAt(PositionSlot memory position, uint256 price, int256 index) private pure returns (int256) {
        return Rounding.mulDivFloor(position.size, price, WAD) - position.basis - Funding.cost(position.size, index);
    }

    /// @dev Quote WAD, rounded down.
    function _expiredValue(InstrumentId instrument, int256 size, address index) private view returns (int256) {
        (uint256 price, SettlementStatus status) = _settlementFeed.settlementOf(index, instrument.expiry());
        if (status != SettlementStatus.Final) revert SettlementNotFinal(instrument, status);
        bool isCall = instrument.kind() == InstrumentKind.Call;
        return Rounding.mulDivFloor(size, OptionValue.payoff(isCall, price, instrument.strike()), WAD);
    }
}
