// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {ILiquidator} from "../interfaces/ILiquidator.sol";
import {ILossWaterfall} from "../interfaces/ILossWaterfall.sol";
import {IMarginCalls} from "../interfaces/IMarginCalls.sol";
import {IMarginPolicy} from "../interfaces/IMarginPolicy.sol";
import {IMarginVault} from "../interfaces/IMarginVault.sol";
import {ITakeOverCallee} from "../interfaces/ITakeOverCallee.sol";
import {LiquidationMath, LiquidationPlan} from "../math/LiquidationMath.sol";
import {Rounding} from "../math/Rounding.sol";
import {WAD} from "../math/Units.sol";
import {AccountId} from "../types/AccountId.sol";
import {Assessment} from "../types/Margin.sol";
import {MarginCall} from "../types/MarginCall.sol";
import {CashTerms, LiquidationTerms, PaceLimit} from "../types/PolicyParams.sol";
import {Holding, Portfolio} from "../types/Portfolio.sol";
import {OperatorRight} from "../types/OperatorRight.sol";
import {TakeOver} from "../types/TakeOver.sol";
import {PaceBucket, PaceLimits} from "./PaceLimits.sol";

/// @title The liquidator
contract Liquidator is ILiquidator, ReentrancyGuardTransient {
    using PaceLimits for PaceBucket;

    IMarginVault public immutable vault;
    IMarginPolicy public immutable policy;
    IMarginCalls public immutable marginCalls;
    ILossWaterfall public immutable waterfall;

    mapping(address asset => PaceBucket) private _pace;

    /// @dev One account on its way through a liquidation.
    struct Case {
        AccountId account;
        Portfolio portfolio;
        Assessment assessment;
        MarginCall marginCall;
        LiquidationTerms terms;
        /// live seconds since it became liquidatable
        uint256 elapsed;
    }

    constructor(IMarginVault vault_, IMarginCalls marginCalls_, ILossWaterfall waterfall_) {
        vault = vault_;
        policy = vault_.policy();
        marginCalls = marginCalls_;
        waterfall = waterfall_;
    }

    /// @inheritdoc ILiquidator
    function liquidate(AccountId account, AccountId bidder, uint256 maxFraction, int256 limit, bytes calldata data)
        external
        nonReentrant
        returns (LiquidationPlan memory plan)
    {
        if (account == bidder) revert SelfLiquidation(account);
        if (!vault.isAuthorised(bidder, msg.sender, OperatorRight.TRADE)) {
            revert NotAuthorisedBidder(bidder, msg.sender);
        }
        Case memory c = _open(account);
        plan = _plan(c, maxFraction);
        _usePace(c, plan.fraction);

        uint256 covered;
        if (plan.shortfall != 0) {
            covered = Math.min(waterfall.cover(account, plan.shortfall), plan.shortfall);
            // what nobody covers, the bidder goes without
            plan.pay += int256(plan.shortfall - covered); // fits: values are below 2**128
        }
        if (plan.pay > limit) revert PayAboveLimit(plan.pay, limit);
        emit Liquidated(account, bidder, msg.sender, c.assessment.better.health(), plan, covered);
        if (c.marginCall.calledAt != 0) marginCalls.close(account, _healthAfter(c.assessment, plan));
        // last: the callee may use the vault, and everything of ours is written
        vault.takeOver(
            TakeOver({
                account: account,
                bidder: bidder,
                fraction: plan.fraction,
                skippedLegs: c.assessment.downLegs,
                // what was covered is in the account's cash by now, and so in what the bidder takes over
                pay: plan.pay + int256(covered),
                fee: plan.fee,
                callee: ITakeOverCallee(data.length == 0 ? address(0) : msg.sender),
                data: data
            })
        );
    }

    /// @inheritdoc ILiquidator
    function preview(AccountId account, uint256 maxFraction) external view returns (LiquidationPlan memory) {
        return _plan(_open(account), maxFraction);
    }

    /// @inheritdoc ILiquidator
    function liquidatable(AccountId account) external view returns (bool yes, uint256 elapsed) {
        (bool may, Case memory c) = _look(account);
        return (may && vault.liquidationsOpen(), c.elapsed);
    }

    /// @inheritdoc ILiquidator
    function paceAvailable(address asset) external view returns (uint256) {
        return _pace[asset].available(policy.paceLimit(asset));
    }

    /// @dev Assesses the account, and makes sure that it may be liquidated now.
    function _open(AccountId account) private view returns (Case memory c) {
        if (!vault.liquidationsOpen()) revert LiquidationsClosed();
        bool may;
        (may, c) = _look(account);
        if (!may) revert NotLiquidatable(account, c.assessment.better.health());
    }

    /// @dev Assesses the account. Returns whether it may be liquidated, pauses aside.
    function _look(AccountId account) private view returns (bool may, Case memory c) {
        c.account = account;
        (c.portfolio, c.assessment, c.marginCall) = vault.assess(account);
        c.terms = policy.liquidationTerms();
        uint256 now_ = c.marginCall.calledAt == 0 ? 0 : marginCalls.liveTime();
        (may, c.elapsed) = LiquidationMath.liquidatable(c.assessment.better.health(), c.marginCall, now_, c.terms);
    }

    /// @dev The largest fraction that health, pace and bidder allow. The pace holds up neither a close for smallness
    /// nor a fraction of which a smaller one would leave a debt too small to stand.
    function _plan(Case memory c, uint256 maxFraction) private view returns (LiquidationPlan memory plan) {
        if (maxFraction == 0 || maxFraction > WAD) revert FractionOutOfBounds(maxFraction);
        CashTerms memory cashTerms = policy.cashTerms();
        (uint256 fraction, bool closes) =
            LiquidationMath.largestFraction(c.assessment, c.portfolio.cash, c.elapsed, c.terms, cashTerms);
        if (!closes && c.assessment.better.health() >= LiquidationMath.criticalHealth(c.terms)) {
            uint256 paced = _paceFraction(c);
            if (paced < fraction) {
                plan = LiquidationMath.plan(c.assessment, paced, c.elapsed, c.terms);
                bool dust = LiquidationMath.leavesDust(c.assessment, c.portfolio.cash, plan, cashTerms);
                if (!dust) fraction = paced;
            }
        }
        fraction = Math.min(fraction, maxFraction);
        plan = LiquidationMath.plan(c.assessment, fraction, c.elapsed, c.terms);
        if (fraction == WAD) return plan;
        if (
            LiquidationMath.mustClose(plan.bonusRate, c.terms)
                || LiquidationMath.leavesDust(c.assessment, c.portfolio.cash, plan, cashTerms)
        ) {
            revert FullCloseRequired(c.account, fraction);
        }
    }

    /// @dev The part of the account that the buckets of all its live collaterals have room for.
    function _paceFraction(Case memory c) private view returns (uint256 fraction) {
        fraction = WAD;
        for (uint256 i; i < c.portfolio.collateral.length; ++i) {
            if (c.assessment.downLegs & (1 << i) != 0) continue;
            Holding memory holding = c.portfolio.collateral[i];
            uint256 value = c.assessment.legValues[i];
            uint256 room = _pace[holding.asset].available(policy.paceLimit(holding.asset));
            if (room >= value) continue;
            if (room == 0) revert PaceExceeded(holding.asset, room);
            fraction = Math.min(fraction, Rounding.mulDivDown(room, WAD, value));
        }
    }

    function _usePace(Case memory c, uint256 fraction) private {
        for (uint256 i; i < c.portfolio.collateral.length; ++i) {
            if (c.assessment.downLegs & (1 << i) != 0) continue;
            Holding memory holding = c.portfolio.collateral[i];
            PaceLimit memory pace = policy.paceLimit(holding.asset);
            uint256 value = Rounding.mulDivDown(c.assessment.legValues[i], fraction, WAD);
            PaceBucket storage bucket = _pace[holding.asset];
            bucket.use(pace, value);
            emit PaceUsed(holding.asset, value, bucket.available(pace));
        }
    }

    /// @dev Of what stays: `E' / Rm'` by the formulas of `LiquidationMath`. After a close without a leg left, nothing
    /// is owed; with one, the call stands until it is cleared.
    function _healthAfter(Assessment memory assessment, LiquidationPlan memory plan) private pure returns (int256) {
        if (assessment.downLegs != 0) return type(int256).min;
        if (plan.fraction == WAD) return type(int256).max;
        // the slice is paid for at mark, which a Degraded leg makes less than it is at the better prices
        int256 dearer = Rounding.mulDivCeil(assessment.better.equity - assessment.mark.equity, plan.fraction, WAD);
        // fits: values are below 2**180
        int256 equity = assessment.better.equity - dearer - int256(plan.bonus + plan.fee);
        uint256 maintenance = Rounding.mulDivUp(assessment.better.maintenance, WAD - plan.fraction, WAD);
        return Rounding.mulDivFloor(equity, WAD, maintenance);
    }
}
