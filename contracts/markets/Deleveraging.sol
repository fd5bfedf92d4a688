// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {SignedMath} from "@openzeppelin/contracts/utils/math/SignedMath.sol";
import {Closing, IDeleveraging} from "../interfaces/IDeleveraging.sol";
import {ILiquidator} from "../interfaces/ILiquidator.sol";
import {IPositionBook} from "../interfaces/IPositionBook.sol";
import {CostBasis} from "../math/CostBasis.sol";
import {Funding} from "../math/Funding.sol";
import {CashPool, InterestIndex} from "../math/InterestIndex.sol";
import {Rounding} from "../math/Rounding.sol";
import {WAD} from "../math/Units.sol";
import {AccountId} from "../types/AccountId.sol";
import {CashWord} from "../types/CashWord.sol";
import {InstrumentId} from "../types/InstrumentId.sol";
import {TradeTerms} from "../types/InstrumentParams.sol";
import {Market, PositionSlot} from "../types/Market.sol";
import {Portfolio, Position} from "../types/Portfolio.sol";
import {PriceStatus} from "../types/Price.sol";
import {CheckQueue} from "../vault/CheckQueue.sol";
import {LiveClock, LiveClocks} from "../vault/LiveClock.sol";
import {MOST_POSITIONS, Positions} from "../vault/Positions.sol";
import {Markets} from "./Markets.sol";

/// @title Auto-deleveraging
abstract contract Deleveraging is Markets, IDeleveraging {
    using SafeCast for uint256;
    using SafeCast for int256;
    using SignedMath for int256;
    using Funding for Market;
    using InterestIndex for CashPool;
    using LiveClocks for LiveClock;

    /// @dev Wei that a profit of nothing may be short of.
    uint256 private constant ROUNDING = 3;

    /// @dev A position at a loss.
    struct Leg {
        InstrumentId instrument;
        int256 size;
        /// quote WAD for one unit
        uint256 mark;
        /// quote WAD
        uint256 loss;
    }

    /// @dev One account; everything is read once.
    struct Run {
        AccountId account;
        /// before the waterfall has paid, quote WAD
        int256 cash;
        CashPool pool;
        /// the first `count` of them
        Leg[] legs;
        uint256 count;
        /// of all of them, quote WAD
        uint256 losses;
    }

    /// @dev One leg on its way out.
    struct Exit {
        InstrumentId instrument;
        uint256 price;
        /// of one unit, quote WAD
        uint256 haircut;
        Market market;
        int256 fundingIndex;
        /// quote WAD
        int256 unsettledCap;
        int256 lots;
    }

    /// @inheritdoc IDeleveraging
    function deleverage(AccountId account, Closing[] calldata closings) external step returns (uint256 haircut) {
        if (!_clock.isOpen()) revert ILiquidator.LiquidationsClosed();
        _requireSettled(account);
        _requireAllSettled(closings);
        Run memory r;
        r.account = account;
        uint256 lacking = _open(r);
        // others pay for no more than positions have lost: the rest is a debt like any other
        uint256 loss = Math.min(lacking, r.losses);
        // queued without a memory of how safe it was: what its owner does next in this call is not "only made safer"
        CheckQueue.push(account, 0);
        uint256 covered = Math.min(_waterfall.cover(account, loss), loss);
        if (covered == loss) revert LossCovered(account, loss);
        CashWord terms;
        (r.pool, terms) = _openPool();
        // what came may be some wei less by rounding, and each leg rounds: the account is to owe nothing in the end
        int256 came = r.pool.toCashFloor(_accounts[account].principal) - r.cash;
        // fits: it is little below zero where nothing came. No leg gives more than it has lost
        uint256 open = uint256(SignedMath.max((loss + r.count).toInt256() - came, 0));
        haircut = _exitAll(r, Math.min(open, r.losses), closings);
        _closePool(r.pool, terms);
        emit LossDeleveraged(account, loss, covered, haircut);
    }

    /// @return lacking even at the better prices, quote WAD
    function _open(Run memory r) private view returns (uint256 lacking) {
        Portfolio memory p = _portfolio(r.account);
        r.cash = p.cash;
        (, int256 equity) = _assessAtBest(p);
        if (equity >= 0) revert NotInsolvent(r.account, equity);
        lacking = uint256(-equity);
        r.legs = new Leg[](p.positions.length);
        for (uint256 i; i < p.positions.length; ++i) {
            _look(r, p.positions[i]);
        }
        if (r.count == 0) revert NothingToDeleverage(r.account);
    }

    function _look(Run memory r, Position memory position) private view {
        InstrumentId id = position.instrument;
        // what has expired only waits to be settled, and holds nothing up
        if (position.size == 0 || (id.isOption() && id.expiry() <= block.timestamp)) return;
        (uint256 mark,, PriceStatus status) = riskEngine.positionModel().markOf(id);
        // an option that is held owes nothing, so its dead feed holds nothing up: its account is asked by its payoff
        if (status == PriceStatus.Down && id.isOption() && position.size > 0) return;
        if (status == PriceStatus.Down) revert IPositionBook.PriceNotLive(id, status);
        int256 value = Rounding.mulDivFloor(position.size, mark, WAD) - position.costBasis;
        if (value >= 0) return;
        if (status != PriceStatus.Live) revert IPositionBook.PriceNotLive(id, status);
        r.legs[r.count++] = Leg(position.instrument, position.size, mark, uint256(-value));
        r.losses += uint256(-value);
    }

    /// @dev Nobody in the middle of a batch is changed (A19): asked before the first is, since one may be named for
    /// several.
    function _requireAllSettled(Closing[] calldata closings) private view {
        for (uint256 i; i < closings.length; ++i) {
            for (uint256 k; k < closings[i].opposites.length; ++k) {
                _requireSettled(closings[i].opposites[k]);
            }
        }
    }

    /// @param open what is missing, quote WAD
    function _exitAll(Run memory r, uint256 open, Closing[] calldata closings) private returns (uint256 haircut) {
        uint256 next;
        for (uint256 i; i < r.count; ++i) {
            Leg memory leg = r.legs[i];
            while (next < closings.length && !(closings[next].instrument == leg.instrument)) ++next;
            if (next == closings.length) revert OppositesMissing(leg.instrument, leg.size.abs());
            haircut += _exit(r, leg, Rounding.mulDivUp(open, leg.loss, r.losses), closings[next].opposites);
        }
    }

    /// @param part of what is missing, quote WAD, that this leg makes up for
    function _exit(Run memory r, Leg memory leg, uint256 part, AccountId[] calldata opposites)
        private
        returns (uint256 haircut)
    {
        Exit memory x;
        uint8 underlying = leg.instrument.underlying();
        uint256 left = leg.size.abs();
        x.instrument = leg.instrument;
        // up: the account is to owe nothing; for a short one no more than its price, as it has lost no more
        x.haircut = Rounding.mulDivUp(part, WAD, left);
        x.price = leg.size > 0 ? leg.mark + x.haircut : Math.saturatingSub(leg.mark, x.haircut);
        x.market = _markets[underlying];
        x.fundingIndex = _markets[underlying].indexNow();
        (TradeTerms memory trade,,,,) = _instruments.tradeOf(leg.instrument);
        x.unsettledCap = int256(uint256(trade.unsettledCap) * WAD);

        // losses come first, since they are what profits are paid from
        _close(r.pool, x, r.account, -leg.size);
        for (uint256 i; i < opposites.length && left != 0; ++i) {
            uint256 taken = _closeOpposite(r, x, opposites[i], leg.size > 0, left);
            haircut += Rounding.mulDivDown(taken, x.haircut, WAD);
            left -= taken;
        }
        if (left != 0) revert OppositesMissing(leg.instrument, left);
        _addInterest(x.market, leg.instrument, x.lots);
        _storeMarket(underlying, x.market);
    }

    /// @param isLong the position that is closed
    /// @param most WAD
    /// @return taken WAD
    function _closeOpposite(Run memory r, Exit memory x, AccountId opposite, bool isLong, uint256 most)
        private
        returns (uint256 taken)
    {
        PositionSlot memory before = Positions.find(_heldPositions(opposite), x.instrument);
        // who has closed, or turned round, before this came is passed over: nobody stops it by that
        if (before.size == 0 || before.size > 0 == isLong) return 0;
        taken = Math.min(most, int256(before.size).abs());
        // fits: no more than is held
        int256 closed = before.size > 0 ? int256(taken) : -int256(taken);
        if (!_hasWon(x, before, closed)) return 0;
        _close(r.pool, x, opposite, -closed);
        uint256 haircut = Rounding.mulDivDown(taken, x.haircut, WAD);
        emit Deleveraged(r.account, opposite, x.instrument, closed, x.price, haircut);
    }

    /// @dev Whether it closes `closed` at no loss, but for what rounding takes. Of an option nobody knows what it cost.
    function _hasWon(Exit memory x, PositionSlot memory before, int256 closed) private pure returns (bool) {
        if (x.instrument.isOption()) return true;
        (, int256 worth) = CostBasis.afterTrade(before.size, before.basis, -closed, _netPrice(x));
        // fits: a size
        return worth >= -int256(closed.abs() / WAD + ROUNDING);
    }

    /// @dev Less funding, quote WAD for one unit.
    function _netPrice(Exit memory x) private pure returns (int256) {
        return int256(x.price) - x.fundingIndex; // fits: a price
    }

    /// @dev Closes `traded` of what `account` holds, at the price of the exit; of a profit no more is paid than the cap
    /// lets.
    function _close(CashPool memory pool_, Exit memory x, AccountId account, int256 traded) private {
        // without a memory, as above: what is paid to it is not what made it safer
        CheckQueue.push(account, 0);
        PositionSlot[] memory held = _heldPositions(account);
        PositionSlot memory before = Positions.find(held, x.instrument);
        int256 basis;
        int256 paid;
        if (x.instrument.isOption()) {
            // rounded up for who pays, down for who receives
            paid = -Rounding.mulDivCeil(traded, x.price, WAD);
        } else {
            int256 worth;
            (basis, worth) = CostBasis.afterTrade(before.size, before.basis, traded, _netPrice(x));
            paid = CostBasis.paidOf(worth, x.unsettledCap - x.market.unsettled);
            basis -= worth - paid;
            x.market.unsettled = (x.market.unsettled + paid).toInt128();
        }
        PositionSlot[] memory change = new PositionSlot[](1);
        change[0] = PositionSlot(x.instrument, traded.toInt96(), (basis - before.basis).toInt96());
        x.lots += _addPositions(account, held, change, MOST_POSITIONS)[0];
        _addCash(pool_, account, paid);
    }
}
