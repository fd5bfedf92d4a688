// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IERC20Metadata} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Metadata.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {Address} from "@openzeppelin/contracts/utils/Address.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {IInstrumentPolicy} from "../interfaces/IInstrumentPolicy.sol";
import {ILiquidator} from "../interfaces/ILiquidator.sol";
import {IMarginPolicy} from "../interfaces/IMarginPolicy.sol";
import {IRiskEngine} from "../interfaces/IRiskEngine.sol";
import {ITakeOverCallee} from "../interfaces/ITakeOverCallee.sol";
import {IPositionMover} from "../interfaces/IPositionMover.sol";
import {CashPool, InterestIndex} from "../math/InterestIndex.sol";
import {LiquidationMath, LiquidationPlan, LiquidationRates} from "../math/LiquidationMath.sol";
import {Rounding} from "../math/Rounding.sol";
import {WAD} from "../math/Units.sol";
import {AccountId} from "../types/AccountId.sol";
import {CashWord} from "../types/CashWord.sol";
import {LiquidationWord} from "../types/LiquidationWord.sol";
import {Assessment} from "../types/Margin.sol";
import {MarginCall} from "../types/MarginCall.sol";
import {LiquidationTerms, PaceLimit} from "../types/PolicyParams.sol";
import {Holding, Portfolio} from "../types/Portfolio.sol";
import {OperatorRight} from "../types/OperatorRight.sol";
import {CheckQueue} from "../vault/CheckQueue.sol";
import {LiveClock, LiveClocks} from "../vault/LiveClock.sol";
import {PaceBucket, PaceLimits} from "../math/PaceLimits.sol";
import {Steps} from "../vault/Steps.sol";

/// @title The liquidator
/// @dev Part of the vault: this code runs on the vault's storage, by the vault's `fallback`. On its own it holds
/// nothing, and nobody has anything from calling it.
contract Liquidator is Steps, ReentrancyGuardTransient, ILiquidator {
    using SafeCast for uint256;
    using InterestIndex for CashPool;
    using LiveClocks for LiveClock;
    using PaceLimits for PaceBucket;

    /// @dev One account on its way through a liquidation; everything is read once.
    struct Case {
        AccountId account;
        Portfolio portfolio;
        Assessment assessment;
        /// at the better prices
        int256 health;
        MarginCall marginCall;
        LiquidationTerms terms;
        CashWord cashTerms;
        LiquidationRates rates;
        /// what is sold by market, all of it at mark, quote WAD: of the collaterals, and behind them of `underlyings`;
        /// zero for what is Down
        uint256[] values;
        PaceLimit[] paces;
        /// indices of positions that are no collateral of the account
        address[] underlyings;
    }

    IInstrumentPolicy private immutable _instruments;
    address private immutable _bookCode;

    /// @param bookCode_ made with the same first four
    constructor(
        address authority_,
        IERC20Metadata quote_,
        IMarginPolicy policy_,
        IRiskEngine riskEngine_,
        address bookCode_
    ) Steps(authority_, quote_, policy_, riskEngine_) {
        _bookCode = bookCode_;
        _instruments = riskEngine_.positionModel().policy();
    }

    /// @inheritdoc ILiquidator
    /// @dev The callee may use the vault, and its account is checked afterwards: so a step is open meanwhile, and every
    /// write of this function comes before the call.
    function liquidate(AccountId account, AccountId bidder, uint256 maxFraction, int256 limit, bytes calldata data)
        external
        nonReentrant
        step
        returns (LiquidationPlan memory plan)
    {
        if (account == bidder) revert SelfLiquidation(account);
        if (!_isAuthorised(bidder, _actorOn(bidder), OperatorRight.TRADE)) {
            revert NotAuthorisedBidder(bidder, _actor());
        }
        _requireSettled(account);
        Case memory c;
        c.account = account;
        _open(c);
        plan = _plan(c, maxFraction);
        // queued without a memory of how safe it was: what its owner does next in this call is not "only made safer"
        CheckQueue.push(account, 0);
        _touch(bidder, CheckQueue.RISK | CheckQueue.DEBT);
        _usePace(c, plan.fraction);
        uint256 covered = _coverShortfall(account, plan);
        if (plan.pay > limit) revert PayAboveLimit(plan.pay, limit);
        emit Liquidated(account, bidder, _actor(), c.health, plan, covered);
        _endCallIfCured(c, plan);
        // what was covered is in the account's cash by now, and so in what the bidder takes over
        int256 cash = _moveCash(c, bidder, plan.fraction, plan.pay + int256(covered), plan.fee);
        (address[] memory assets, uint256[] memory amounts) = _moveCollateral(c, bidder, plan.fraction);
        if (c.portfolio.positions.length != 0) _movePositions(c, bidder, plan.fraction);
        if (data.length != 0) {
            ITakeOverCallee(_actor()).onTakeOver(account, bidder, cash, assets, amounts, data);
        }
    }

    /// @inheritdoc ILiquidator
    function preview(AccountId account, uint256 maxFraction) external view returns (LiquidationPlan memory) {
        _requireUnlocked();
        Case memory c;
        c.account = account;
        _open(c);
        return _plan(c, maxFraction);
    }

    /// @inheritdoc ILiquidator
    function liquidatable(AccountId account) external view returns (bool yes, uint256 elapsed) {
        _requireUnlocked();
        Case memory c;
        c.account = account;
        (yes, elapsed) = _look(c);
        yes = yes && _clock.isOpen();
    }

    /// @inheritdoc ILiquidator
    function paceAvailable(address asset) external view returns (uint256) {
        return _pace[asset].available(_paceLimitOf(asset));
    }

    /// @dev Assesses the account, and makes sure that it may be liquidated now.
    function _open(Case memory c) private view {
        if (!_clock.isOpen()) revert LiquidationsClosed();
        (bool may, uint256 elapsed) = _look(c);
        if (!may) revert NotLiquidatable(c.account, c.health);
        c.rates = LiquidationMath.ratesOf(c.assessment, elapsed, c.terms);
        _listMarkets(c);
    }

    function _listMarkets(Case memory c) private view {
        Holding[] memory collateral = c.portfolio.collateral;
        c.values = c.assessment.legValues;
        c.paces = new PaceLimit[](c.values.length);
        if (c.values.length != collateral.length) _listUnderlyings(c, collateral.length);
        for (uint256 i; i < collateral.length; ++i) {
            if (c.values[i] != 0) c.paces[i] = policy.paceLimit(collateral[i].asset);
        }
    }

    function _listUnderlyings(Case memory c, uint256 collaterals) private view {
        uint256[] memory legs = c.values;
        uint256[] memory values = new uint256[](legs.length);
        c.values = values;
        c.underlyings = new address[](legs.length - collaterals);
        for (uint256 i; i < collaterals; ++i) {
            values[i] = legs[i];
        }
        uint8 underlying;
        uint256 at;
        for (uint256 i = collaterals; i < legs.length; ++i) {
            if (legs[i] == 0) continue;
            uint8 next = c.portfolio.positions[i - collaterals].instrument.underlying();
            if (next != underlying) {
                underlying = next;
                at = _placeOf(c, collaterals, underlying);
            }
            values[at] += legs[i];
        }
    }

    /// @dev Where the index of `underlying` stands: with the collaterals, or the first free place behind them.
    function _placeOf(Case memory c, uint256 collaterals, uint8 underlying) private view returns (uint256 at) {
        (address index,) = _instruments.feedsOf(underlying);
        for (; at < collaterals; ++at) {
            if (c.portfolio.collateral[at].asset == index) return at;
        }
        while (c.underlyings[at - collaterals] != address(0)) ++at;
        c.underlyings[at - collaterals] = index;
        c.paces[at] = _paceLimitOf(index);
    }

    /// @dev Of an index that is no collateral nobody can set one; what is never set limits nothing.
    function _paceLimitOf(address asset) private view returns (PaceLimit memory limit) {
        limit = policy.paceLimit(asset);
        if (limit.capacity == 0) limit.capacity = type(uint128).max;
    }

    /// @param collateral of the account
    function _marketOf(Case memory c, Holding[] memory collateral, uint256 i) private pure returns (address) {
        return i < collateral.length ? collateral[i].asset : c.underlyings[i - collateral.length];
    }

    /// @dev Assesses the account. Returns whether it may be liquidated, pauses aside, and for how many live seconds it
    /// might have been.
    function _look(Case memory c) private view returns (bool may, uint256 elapsed) {
        c.portfolio = _portfolio(c.account);
        c.assessment = riskEngine.assessHeld(c.portfolio);
        LiquidationWord terms;
        (terms, c.cashTerms) = policy.liquidationWords();
        c.terms = terms.terms();
        c.health = c.assessment.better.health();
        c.marginCall = _callOf(c.account);
        uint256 now_ = c.marginCall.calledAt == 0 ? 0 : _liveTime();
        (may, elapsed) = LiquidationMath.liquidatable(c.health, c.marginCall, now_, c.terms);
        // while the sequencer is down or in its grace only who is too deep for any grace is sold (V7)
        if (_hasSequencer && may && c.health >= LiquidationMath.criticalHealth(c.terms)) may = oracle.isSequencerUp();
    }

    /// @dev The largest fraction that health, pace and bidder allow. The pace holds up neither a close for smallness
    /// nor a fraction of which a smaller one would leave a debt too small to stand.
    function _plan(Case memory c, uint256 maxFraction) private view returns (LiquidationPlan memory plan) {
        if (maxFraction == 0 || maxFraction > WAD) revert FractionOutOfBounds(maxFraction);
        bool closes;
        (plan, closes) =
            LiquidationMath.largest(c.assessment, c.portfolio.cash, c.rates, c.terms, c.cashTerms.minDebt());
        if (!closes && c.health >= LiquidationMath.criticalHealth(c.terms)) {
            uint256 room = _paceFraction(c);
            if (room < plan.fraction) {
                LiquidationPlan memory paced = _planOf(c, room);
                if (!_leavesDust(c, paced)) plan = paced;
            }
        }
        if (maxFraction >= plan.fraction) return plan;

        plan = _planOf(c, maxFraction);
        if (LiquidationMath.mustClose(plan.bonusRate, c.terms) || _leavesDust(c, plan)) {
            revert FullCloseRequired(c.account, maxFraction);
        }
    }

    function _planOf(Case memory c, uint256 fraction) private pure returns (LiquidationPlan memory) {
        return LiquidationMath.plan(c.assessment, c.portfolio.cash, fraction, c.rates, c.terms);
    }

    function _leavesDust(Case memory c, LiquidationPlan memory plan) private pure returns (bool) {
        return LiquidationMath.leavesDust(c.assessment, c.portfolio.cash, plan, c.terms, c.cashTerms.minDebt());
    }

    /// @dev The part of the account that the buckets of all its live markets have room for.
    function _paceFraction(Case memory c) private view returns (uint256 fraction) {
        fraction = WAD;
        Holding[] memory collateral = c.portfolio.collateral;
        for (uint256 i; i < c.values.length; ++i) {
            uint256 value = c.values[i];
            if (value == 0) continue;
            address market = _marketOf(c, collateral, i);
            uint256 room = _pace[market].available(c.paces[i]);
            if (room >= value) continue;
            if (room == 0) revert PaceExceeded(market, room);
            // fits: a limit is below 2**128
            fraction = Math.min(fraction, room * WAD / value);
        }
    }

    function _usePace(Case memory c, uint256 fraction) private {
        Holding[] memory collateral = c.portfolio.collateral;
        for (uint256 i; i < c.values.length; ++i) {
            if (c.values[i] == 0) continue;
            address market = _marketOf(c, collateral, i);
            uint256 value = Rounding.mulWadDown(c.values[i], fraction);
            emit PaceUsed(market, value, _pace[market].use(c.paces[i], value));
        }
    }

    function _isDown(Case memory c, uint256 leg) private pure returns (bool) {
        return c.assessment.downLegs & (1 << leg) != 0;
    }

    /// @dev What nobody covers, the bidder goes without: `plan.pay` rises by it.
    function _coverShortfall(AccountId account, LiquidationPlan memory plan) private returns (uint256 covered) {
        if (plan.shortfall == 0) return 0;
        covered = Math.min(_waterfall.cover(account, plan.shortfall), plan.shortfall);
        plan.pay += int256(plan.shortfall - covered); // fits: values are below 2**128
    }

    function _moveCash(Case memory c, AccountId bidder, uint256 fraction, int256 pay, uint256 fee)
        private
        returns (int256 moved)
    {
        CashPool memory pool_ = _openPool(c.cashTerms);
        // floor: the bidder takes over less credit or more debt
        int256 slice = Rounding.mulWadFloor(pool_.toCashFloor(_accounts[c.account].principal), fraction);
        moved = slice - pay;
        _addCash(pool_, c.account, -moved - fee.toInt256());
        _addCash(pool_, bidder, moved);
        pool_.addReserves(fee);
        _closePool(pool_, c.cashTerms);
    }

    function _moveCollateral(Case memory c, AccountId bidder, uint256 fraction)
        private
        returns (address[] memory assets, uint256[] memory amounts)
    {
        Holding[] memory legs = c.portfolio.collateral;
        assets = new address[](legs.length);
        amounts = new uint256[](legs.length);
        bool joined;
        for (uint256 i; i < legs.length; ++i) {
            assets[i] = legs[i].asset;
            if (_isDown(c, i)) continue;
            // down: the bidder takes over less
            amounts[i] = Rounding.mulWadDown(legs[i].amount, fraction);
            if (amounts[i] == 0) continue;
            _removeCollateral(c.account, assets[i], amounts[i]);
            if (_addCollateral(bidder, assets[i], amounts[i])) joined = true;
        }
        if (joined) _requireOthersPriced(bidder);
    }

    /// @dev By the code that keeps positions.
    function _movePositions(Case memory c, AccountId bidder, uint256 fraction) private {
        uint256 down = c.assessment.downLegs >> c.portfolio.collateral.length;
        Address.functionDelegateCall(
            _bookCode, abi.encodeCall(IPositionMover.movePositions, (c.account, bidder, fraction, down))
        );
    }

    function _endCallIfCured(Case memory c, LiquidationPlan memory plan) private {
        if (c.marginCall.calledAt == 0) return;
        int256 health = _healthAfter(c.assessment, plan);
        if (health >= LiquidationMath.curedHealth(c.terms)) _endCall(c.account, health, address(this));
    }

    /// @dev Of what stays: `E' / Rm'` by the formulas of `LiquidationMath`. After a close without a leg left, nothing
    /// is owed; with one, the call stands until it is cleared.
    function _healthAfter(Assessment memory assessment, LiquidationPlan memory plan) private pure returns (int256) {
        if (assessment.downLegs != 0) return type(int256).min;
        if (plan.fraction == WAD) return type(int256).max;
        // the slice is paid for at mark, which a Degraded leg makes less than it is at the better prices
        int256 dearer = Rounding.mulWadCeil(assessment.better.equity - assessment.mark.equity, plan.fraction);
        // fit: values are below 2**180
        int256 equity = assessment.better.equity - dearer - int256(plan.bonus + plan.fee);
        uint256 maintenance = Rounding.mulWadUp(assessment.better.maintenance, WAD - plan.fraction);
        return Rounding.divFloor(equity * int256(WAD), maintenance);
    }
}
