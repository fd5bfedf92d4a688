// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IRiskEngine} from "../interfaces/IRiskEngine.sol";
import {CashPool, InterestIndex} from "../math/InterestIndex.sol";
import {LiquidationMath, LiquidationPlan} from "../math/LiquidationMath.sol";
import {WAD} from "../math/Units.sol";
import {Assessment} from "../types/Margin.sol";
import {MarginCall, MarginState} from "../types/MarginCall.sol";
import {CashTerms, LiquidationTerms} from "../types/PolicyParams.sol";
import {Portfolio} from "../types/Portfolio.sol";

/// @notice What is the same for all accounts of a batch.
struct Setting {
    CashPool pool;
    /// to which interest is accrued
    uint256 timestamp;
    /// since the account became liquidatable
    uint256 elapsed;
    /// on each of them
    MarginCall marginCall;
    uint256 liveTime;
    LiquidationTerms liquidation;
    CashTerms cash;
}

/// @notice All that follows for one account.
struct Figures {
    int256 cash;
    Assessment assessment;
    bool covered;
    MarginState state;
    uint256 grace;
    /// the largest, of an account below health one
    LiquidationPlan plan;
    bool closes;
}

/// @notice Measures many accounts in one call, for tests that compare them with the sdk.
contract RiskBatch {
    using InterestIndex for CashPool;

    /// @param accounts with the principal in place of their cash
    function figures(IRiskEngine engine, Portfolio[] memory accounts, Setting memory setting)
        external
        view
        returns (Figures[] memory all, uint256 timestamp)
    {
        setting.pool = setting.pool.accrued(setting.cash.reserveFactorBps, setting.timestamp);
        all = new Figures[](accounts.length);
        for (uint256 i; i < all.length; ++i) {
            accounts[i].cash = setting.pool.toCashFloor(accounts[i].cash);
            _measure(engine, accounts[i], setting, all[i]);
        }
        return (all, block.timestamp);
    }

    function _measure(IRiskEngine engine, Portfolio memory p, Setting memory setting, Figures memory f) private view {
        LiquidationTerms memory terms = setting.liquidation;
        f.cash = p.cash;
        f.assessment = engine.assess(p);
        f.covered = engine.isCovered(p);
        f.state = LiquidationMath.stateOf(f.assessment, setting.marginCall, setting.liveTime, terms);
        int256 health = f.assessment.better.health();
        f.grace = LiquidationMath.grace(health, terms);
        if (health >= int256(WAD)) return;
        (f.plan, f.closes) = LiquidationMath.largest(
            f.assessment,
            p.cash,
            LiquidationMath.ratesOf(f.assessment, setting.elapsed, terms),
            terms,
            setting.cash.minDebt
        );
    }
}
