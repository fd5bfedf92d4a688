// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IERC20Metadata} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Metadata.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {IMarginPolicy} from "../interfaces/IMarginPolicy.sol";
import {IRiskEngine} from "../interfaces/IRiskEngine.sol";
import {ITrading} from "../interfaces/ITrading.sol";
import {CostBasis} from "../math/CostBasis.sol";
import {CashPool, InterestIndex} from "../math/InterestIndex.sol";
import {Rounding} from "../math/Rounding.sol";
import {BPS, PPM, WAD} from "../math/Units.sol";
import {AccountId} from "../types/AccountId.sol";
import {CashWord} from "../types/CashWord.sol";
import {InstrumentId} from "../types/InstrumentId.sol";
import {TradeTerms} from "../types/InstrumentParams.sol";
import {LOT, Market, PositionSlot} from "../types/Market.sol";
import {Order} from "../types/Order.sol";
import {PriceStatus} from "../types/Price.sol";
import {CheckQueue} from "../vault/CheckQueue.sol";
import {MOST_POSITIONS, Positions} from "../vault/Positions.sol";
import {Steps} from "../vault/Steps.sol";
import {Markets} from "./Markets.sol";
import {Orders} from "./Orders.sol";

/// @title Trading of perpetuals and options
/// @dev Part of the vault: this code runs on the vault's storage, by the vault's `fallback`. On its own it holds
/// nothing, and nobody has anything from calling it.
contract Trading is Orders, Markets {
    using SafeCast for int256;
    using InterestIndex for CashPool;

    /// @dev One trade; everything is read once.
    struct Trade {
        InstrumentId instrument;
        uint256 price;
        TradeTerms terms;
        /// on what is open of its kind, WAD
        uint256 cap;
        /// nobody's position may become larger
        bool reduceOnly;
        /// of one unit, quote WAD
        uint256 notional;
        uint256 least;
        Market market;
        Side maker;
        Side taker;
    }

    /// @dev What a trade does to one account.
    struct Side {
        AccountId account;
        /// WAD, positive buys
        int256 size;
        PositionSlot[] held;
        PositionSlot before;
        /// what it holds less of in the end, if anything
        bool reduces;
        uint256 fee;
        /// into the account's cash, quote WAD, the fee aside
        int256 cash;
        /// what is stored of what it cost, quote WAD
        int256 basis;
    }

    /// @dev The fee of an option is no more than this part of its premium: far out of the money it costs little, and
    /// its notional is all of its underlying.
    uint256 private constant MAX_FEE_OF_PREMIUM_BPS = 1_250;

    constructor(address authority_, IERC20Metadata quote_, IMarginPolicy policy_, IRiskEngine riskEngine_)
        Steps(authority_, quote_, policy_, riskEngine_)
    {}

    /// @inheritdoc ITrading
    function fill(
        Order calldata maker,
        bytes calldata makerSignature,
        Order calldata taker,
        bytes calldata takerSignature,
        uint256 size
    ) external step returns (uint256 filled) {
        _requireMatch(maker, taker, size);
        // whoever takes a lot of either first does not make the rest fail (V21)
        filled = Math.min(size, Math.min(_leftOf(maker), _leftOf(taker)));
        _use(maker, makerSignature, filled);
        _use(taker, takerSignature, filled);
        Trade memory t;
        (t.instrument, t.price) = (maker.instrument, maker.limitPrice);
        // fits: no larger than what is ordered
        int256 signed = taker.size > 0 ? int256(filled) : -int256(filled);
        _open(t.maker, maker.account, t.instrument, -signed);
        _open(t.taker, taker.account, t.instrument, signed);
        _readMarket(t);
        t.maker.fee = _feeOf(t, maker, t.terms.makerFeePpm, filled);
        t.taker.fee = _feeOf(t, taker, t.terms.takerFeePpm, filled);
        _price(t);
        _book(t);
        emit OrderFilled(maker.account, taker.account, t.instrument, signed, t.price, t.maker.fee, t.taker.fee);
    }

    /* CHECKING */

    function _requireMatch(Order calldata maker, Order calldata taker, uint256 size) private pure {
        if (!(maker.instrument == taker.instrument)) revert DifferentInstruments(maker.instrument, taker.instrument);
        if (maker.account == taker.account) revert SameAccount(maker.account);
        if (maker.size == 0 || maker.size > 0 == taker.size > 0) revert SameSide(maker.size, taker.size);
        if (size == 0) revert ZeroAmount();
        if (size % LOT != 0) revert SizeNotInLots(size);
        bool isWithin = taker.size > 0 ? maker.limitPrice <= taker.limitPrice : maker.limitPrice >= taker.limitPrice;
        if (!isWithin) revert PriceBeyondLimit(taker.account, maker.limitPrice, taker.limitPrice);
    }

    /// @dev Queues the account. Whose position becomes smaller may be short of initial margin, if it only becomes
    /// safer: so how safe it was is recorded.
    function _open(Side memory side, AccountId account, InstrumentId instrument, int256 size) private {
        (side.account, side.size) = (account, size);
        side.held = _heldPositions(account);
        side.before = Positions.find(side.held, instrument);
        int256 before = side.before.size;
        side.reduces = before > 0 == size < 0 && Rounding.magnitude(size) <= Rounding.magnitude(before);
        // nor is anyone held up by a small debt, which a stranger may have made of a small loss
        _touch(account, CheckQueue.RISK, side.reduces || _batching);
    }

    function _readMarket(Trade memory t) private {
        bool opens;
        address index;
        address perpetual;
        (t.terms, t.cap, opens, index, perpetual) = _instruments.tradeOf(t.instrument);
        t.reduceOnly = !opens;
        (uint256 mark, uint256 notional, PriceStatus status) = riskEngine.positionModel().markOf(t.instrument);
        if (status == PriceStatus.Down) revert MarkDown(t.instrument);
        t.notional = notional;
        uint256 band = Math.mulDiv(notional, t.terms.bandBps, BPS);
        if (t.price > mark + band || t.price + band < mark) {
            revert PriceBeyondBand(t.instrument, t.price, mark, band);
        }
        uint8 underlying = t.instrument.underlying();
        t.market = _markets[underlying];
        if (!t.instrument.isOption()) {
            _advanceFunding(underlying, t.market, t.terms.fundingPpmPerDay, index, perpetual);
        }
    }

    /// @dev Of the notional, rounded up, and for an option at most a part of its premium.
    function _feeOf(Trade memory t, Order calldata order, uint256 feePpm, uint256 size) private pure returns (uint256) {
        if (feePpm > order.maxFeePpm) revert FeeBeyondLimit(order.account, feePpm, order.maxFeePpm);
        uint256 fee = Math.ceilDiv(Rounding.mulDivUp(size, t.notional, WAD) * feePpm, PPM);
        if (!t.instrument.isOption()) return fee;
        uint256 premium = Rounding.mulDivUp(size, t.price, WAD);
        return Math.min(fee, Math.ceilDiv(premium * MAX_FEE_OF_PREMIUM_BPS, BPS));
    }

    /* MONEY */

    /// @dev What either side pays. Losses come first, since they are what profits are paid from.
    function _price(Trade memory t) private pure {
        (Side memory a, Side memory b) = (t.maker, t.taker);
        if (t.instrument.isOption()) {
            // rounded up for who pays, down for who receives
            a.cash = -Rounding.mulDivCeil(a.size, t.price, WAD);
            b.cash = -Rounding.mulDivCeil(b.size, t.price, WAD);
            return;
        }
        _realise(a, t.price, t.market.fundingIndex);
        _realise(b, t.price, t.market.fundingIndex);
        if (b.cash < 0) (a, b) = (b, a);
        _payProfit(t, a);
        _payProfit(t, b);
    }

    /// @dev Takes what the trade closes of a perpetual out of its basis, and adds what it opens.
    /// @param fundingIndex quote WAD for one unit
    function _realise(Side memory side, uint256 price, int256 fundingIndex) private pure {
        // fits: a price within the band of one
        int256 net = int256(price) - fundingIndex;
        (side.basis, side.cash) = CostBasis.afterTrade(side.before.size, side.before.basis, side.size, net);
    }

    /// @dev What of a profit there is no room for stays in the basis, and so in what the position is worth.
    function _payProfit(Trade memory t, Side memory side) private pure {
        int256 room = int256(uint256(t.terms.unsettledCap) * WAD) - t.market.unsettled;
        int256 paid = CostBasis.paidOf(side.cash, room);
        side.basis -= side.cash - paid;
        side.cash = paid;
        t.market.unsettled = (t.market.unsettled + paid).toInt128();
    }

    /* BOOKING */

    function _book(Trade memory t) private {
        (CashPool memory pool_, CashWord terms) = _openPool();
        t.least = uint256(terms.minDebt()) * WAD;
        int256 lots = _bookPosition(t, t.maker);
        lots += _bookPosition(t, t.taker);
        _addInterest(t.market, t.instrument, lots);
        if (lots > 0) _requireInterest(t);
        _storeMarket(t.instrument.underlying(), t.market);

        _bookCash(pool_, terms, t.maker);
        _bookCash(pool_, terms, t.taker);
        pool_.addReserves(t.maker.fee + t.taker.fee);
        _closePool(pool_, terms);
    }

    function _bookPosition(Trade memory t, Side memory side) private returns (int256 lots) {
        if (t.reduceOnly && !side.reduces) revert ReduceOnly(side.account, t.instrument);
        uint256 notional = Rounding.mulDivUp(Rounding.magnitude(side.before.size + side.size), t.notional, WAD);
        if (notional != 0 && notional < t.least) {
            revert PositionBelowMinimum(side.account, t.instrument, notional, t.least);
        }
        PositionSlot[] memory change = new PositionSlot[](1);
        change[0] = PositionSlot(t.instrument, side.size.toInt96(), (side.basis - side.before.basis).toInt96());
        // what is held already takes no further place
        bool isHeld = side.before.size != 0 || side.before.basis != 0;
        uint256 most = isHeld ? MOST_POSITIONS : _mostPositions(side.account);
        return _addPositions(side.account, side.held, change, most)[0];
    }

    /// @dev A debt may be made by a trade as by borrowing, up to the same cap; no token leaves by it.
    function _bookCash(CashPool memory pool_, CashWord terms, Side memory side) private {
        int256 change = side.cash - int256(side.fee); // fits: a part of a notional
        if (change == 0) return;
        if (_addCash(pool_, side.account, change) >= 0 || change > 0 || side.reduces) return;
        uint256 cap = terms.borrowCap() * WAD;
        uint256 owed = pool_.totalBorrow();
        if (owed > cap) revert BorrowCapExceeded(owed, cap);
    }

    function _requireInterest(Trade memory t) private pure {
        uint256 total = uint256(t.instrument.isOption() ? t.market.optionLots : t.market.perpetualLots) * LOT;
        if (total > t.cap) revert OpenInterestCapExceeded(t.instrument, total, t.cap);
    }
}
