// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Decay} from "../math/Decay.sol";
import {Haircut} from "../math/Haircut.sol";
import {CashPool, InterestIndex} from "../math/InterestIndex.sol";
import {LiquidationMath, LiquidationPlan, LiquidationRates} from "../math/LiquidationMath.sol";
import {Rounding} from "../math/Rounding.sol";
import {Svi} from "../math/Svi.sol";
import {AccountId, index, owner, toAccountId} from "../types/AccountId.sol";
import {toCompactPriceDown, toCompactPriceUp} from "../types/CompactPrice.sol";
import {Assessment, Margin} from "../types/Margin.sol";
import {MarginCall, MarginState} from "../types/MarginCall.sol";
import {CashTerms, LiquidationTerms} from "../types/PolicyParams.sol";
import {SviParameters, SviWord, toSviWord} from "../types/SviWord.sol";

/// @notice The pure maths from outside, for tests that compare it with the sdk's.
contract MathHarness {
    /* ROUNDING */

    function mulDivs(int256 x, uint256 y, uint256 d)
        external
        pure
        returns (uint256 down, uint256 up, int256 floor, int256 ceil, uint256 quotientUp)
    {
        uint256 magnitude = Rounding.magnitude(x);
        down = Rounding.mulDivDown(magnitude, y, d);
        up = Rounding.mulDivUp(magnitude, y, d);
        floor = Rounding.mulDivFloor(x, y, d);
        ceil = Rounding.mulDivCeil(x, y, d);
        quotientUp = Rounding.divUp(magnitude, d);
    }

    /* TYPES */

    function accountParts(address owner_, uint96 index_) external pure returns (AccountId account, address, uint96) {
        account = toAccountId(owner_, index_);
        return (account, owner(account), index(account));
    }

    function standing(Margin calldata margin) external pure returns (int256 health, int256 excess) {
        Margin memory copy = margin;
        return (copy.health(), copy.excess());
    }

    /* PRICES AND HAIRCUTS */

    function decayFactor(uint256 elapsed, uint256 halfLife) external pure returns (uint256) {
        return Decay.factor(elapsed, halfLife);
    }

    function compactPrices(uint256 price) external pure returns (uint256 down, uint256 up) {
        return (toCompactPriceDown(price).toWad(), toCompactPriceUp(price).toWad());
    }

    function counted(uint256 amount, uint256 price, uint256 decimals, uint256 haircutBps, uint256 depth)
        external
        pure
        returns (uint256 value, uint256 countedValue)
    {
        value = Haircut.valueDown(amount, price, decimals);
        countedValue = Haircut.countedDown(value, haircutBps, amount, depth);
    }

    /* VOLATILITY */

    function sviWord(SviParameters calldata parameters, uint40 publishedAt, uint16 confidenceBps)
        external
        pure
        returns (SviWord)
    {
        return toSviWord(parameters, publishedAt, confidenceBps);
    }

    function sviFigures(SviWord slice, int256 k, uint256 time)
        external
        pure
        returns (uint256 variance, int256 unbounded, int256 least, bool areWingsSound)
    {
        variance = Svi.varianceAt(slice, k);
        unbounded = Svi.unboundedVarianceAt(slice, k);
        least = Svi.leastVariance(slice);
        areWingsSound = Svi.areWingsSound(slice, time);
    }

    /* INTEREST */

    function accrued(CashPool calldata pool, uint256 reserveFactorBps, uint256 timestamp)
        external
        pure
        returns (CashPool memory)
    {
        return InterestIndex.accrued(pool, reserveFactorBps, timestamp);
    }

    function poolFigures(CashPool calldata pool, CashTerms calldata terms)
        external
        pure
        returns (uint256 utilisation, uint256 borrowRate, uint256 totalSupply, uint256 totalBorrow)
    {
        CashPool memory copy = pool;
        utilisation = InterestIndex.utilisation(copy);
        borrowRate = InterestIndex.borrowRate(copy, terms);
        totalSupply = InterestIndex.totalSupply(copy);
        totalBorrow = InterestIndex.totalBorrow(copy);
    }

    function cashAndPrincipal(CashPool calldata pool, int256 figure)
        external
        pure
        returns (int256 cash, int256 principal)
    {
        CashPool memory copy = pool;
        cash = InterestIndex.toCashFloor(copy, figure);
        principal = InterestIndex.toPrincipalFloor(copy, figure);
    }

    /* MARGIN CALLS */

    function standingOf(
        Assessment calldata account,
        MarginCall calldata marginCall,
        uint256 liveTime,
        LiquidationTerms calldata terms
    ) external pure returns (MarginState state, bool liquidatable, uint256 elapsed, int256 clearableHealth) {
        Assessment memory copy = account;
        state = LiquidationMath.stateOf(copy, marginCall, liveTime, terms);
        (liquidatable, elapsed) = LiquidationMath.liquidatable(copy.better.health(), marginCall, liveTime, terms);
        clearableHealth = LiquidationMath.clearableHealth(marginCall, liveTime, terms);
    }

    /* LIQUIDATION */

    function callTerms(int256 health, LiquidationTerms calldata terms)
        external
        pure
        returns (uint256 grace, int256 criticalHealth, int256 curedHealth)
    {
        LiquidationTerms memory copy = terms;
        grace = LiquidationMath.grace(health, copy);
        criticalHealth = LiquidationMath.criticalHealth(copy);
        curedHealth = LiquidationMath.curedHealth(copy);
    }

    function leastBonus(Margin calldata mark, LiquidationTerms calldata terms) external pure returns (uint256) {
        return LiquidationMath.leastBonus(mark, terms);
    }

    function rates(int256 health, int256 payingHealth, uint256 elapsed, LiquidationTerms calldata terms)
        external
        pure
        returns (LiquidationRates memory)
    {
        return LiquidationMath.rates(health, payingHealth, elapsed, terms);
    }

    function largestFraction(
        Assessment calldata account,
        int256 cash,
        uint256 elapsed,
        LiquidationTerms calldata terms,
        CashTerms calldata cashTerms
    ) external pure returns (uint256 fraction, bool closes, int256 payingHealth) {
        Assessment memory copy = account;
        LiquidationRates memory r = LiquidationMath.ratesOf(copy, elapsed, terms);
        LiquidationPlan memory p;
        (p, closes) = LiquidationMath.largest(copy, cash, r, terms, cashTerms.minDebt);
        fraction = p.fraction;
        payingHealth = LiquidationMath.payingHealth(copy);
    }

    function plan(
        Assessment calldata account,
        int256 cash,
        uint256 fraction,
        uint256 elapsed,
        LiquidationTerms calldata terms,
        CashTerms calldata cashTerms
    ) external pure returns (LiquidationPlan memory p, bool leavesDust) {
        Assessment memory copy = account;
        p = LiquidationMath.plan(copy, cash, fraction, LiquidationMath.ratesOf(copy, elapsed, terms), terms);
        leavesDust = LiquidationMath.leavesDust(copy, cash, p, terms, cashTerms.minDebt);
    }
}
