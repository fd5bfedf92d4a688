// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {SignedMath} from "@openzeppelin/contracts/utils/math/SignedMath.sol";
import {Test} from "forge-std/Test.sol";
import {LiquidationMath, LiquidationPlan, LiquidationRates} from "../../contracts/math/LiquidationMath.sol";
import {Rounding} from "../../contracts/math/Rounding.sol";
import {BPS, CENT, WAD} from "../../contracts/math/Units.sol";
import {Assessment, Margin} from "../../contracts/types/Margin.sol";
import {CashTerms, LiquidationTerms} from "../../contracts/types/PolicyParams.sol";
import {PolicyBounds} from "./fixtures/PolicyBounds.sol";

contract LiquidationMathTest is Test, PolicyBounds {
    /// what wei-sized roundings of equity, bonus, fee and requirement may add up to
    uint256 private constant ROUNDING = 8;

    /// @dev One account that may be liquidated, and the terms for it.
    struct Case {
        Assessment account;
        int256 cash;
        uint256 elapsed;
        LiquidationTerms terms;
        CashTerms cashTerms;
    }

    /* GRACE */

    function testFuzz_grace_shrinksWithHealthWithinItsBounds(uint256 seed, int256 health, uint256 more) public pure {
        LiquidationTerms memory terms = _terms(seed);
        health = bound(health, -10e18, 10e18);
        more = bound(more, 0, 1e18);
        uint256 grace = LiquidationMath.grace(health, terms);
        assertLe(grace, LiquidationMath.grace(health + int256(more), terms));
        assertLe(grace, terms.maxGrace);
        assertEq(LiquidationMath.grace(LiquidationMath.criticalHealth(terms), terms), 0);
        assertEq(LiquidationMath.grace(int256(WAD), terms), terms.maxGrace);
        assertEq(LiquidationMath.grace(type(int256).min, terms), 0);
    }

    /* RATES */

    function testFuzz_rates_stayWithinKappaOfHealth(uint256 seed, int256 health, int256 paying, uint256 elapsed)
        public
        pure
    {
        LiquidationTerms memory terms = _terms(seed);
        LiquidationRates memory r = LiquidationMath.rates(health, paying, elapsed, terms);
        uint256 cap = paying <= 0 ? 0 : Math.min(uint256(paying), WAD) * terms.kappaBps / BPS;
        assertLe(r.bonus + r.fee, cap);
        assertLe(r.bonus, terms.bonusMaxBps * WAD / BPS);
        assertLe(r.fee, terms.feeBps * WAD / BPS);
        // the least bonus comes first
        assertGe(r.bonus, Math.min(cap, terms.bonusMinBps * WAD / BPS));
        if (paying > 0) assertLt(r.bonus + r.fee, uint256(paying));
    }

    function testFuzz_rates_riseWithTimeAndDepth(
        uint256 seed,
        int256 health,
        uint256 elapsed,
        uint256 later,
        uint256 deeper
    ) public pure {
        LiquidationTerms memory terms = _terms(seed);
        health = bound(health, -2e18, 1e18);
        elapsed = bound(elapsed, 0, 2 days);
        later = bound(later, 0, 2 days);
        deeper = bound(deeper, 0, 2e18);
        uint256 bonus = LiquidationMath.rates(health, int256(WAD), elapsed, terms).bonus;
        assertGe(LiquidationMath.rates(health, int256(WAD), elapsed + later, terms).bonus, bonus);
        assertGe(LiquidationMath.rates(health - int256(deeper), int256(WAD), elapsed, terms).bonus, bonus);
    }

    /// @dev Waiting for the deadline must not make closing dearer: above `hCritical` only time counts.
    function testFuzz_rates_startLowAboveCriticalHealth(uint256 seed, int256 health) public pure {
        LiquidationTerms memory terms = _terms(seed);
        if (terms.bonusRamp == 0) terms.bonusRamp = 1;
        health = bound(health, LiquidationMath.criticalHealth(terms), int256(WAD));
        assertLe(LiquidationMath.rates(health, health, 0, terms).bonus, terms.bonusMinBps * WAD / BPS);
    }

    /* FRACTION */

    function testFuzz_P08_largestFraction_existsForEveryAccount(uint256 seed) public pure {
        Case memory c = _anyCase(seed);
        (uint256 fraction, bool closes) = _largest(c);
        assertLe(fraction, WAD);
        assertGt(fraction, 0);
        if (closes) assertEq(fraction, WAD);
    }

    function testFuzz_P11_largestFraction_leavesNoDust(uint256 seed) public pure {
        Case memory c = seed % 2 == 0 ? _anyCase(seed) : _liveCase(seed);
        (uint256 fraction,) = _largest(c);
        if (fraction == WAD) return;
        LiquidationPlan memory p = LiquidationMath.plan(c.account, c.cash, fraction, _rates(c, c.elapsed), c.terms);
        int256 debt = -(c.cash - Rounding.mulDivFloor(c.cash, fraction, WAD) + p.pay - int256(p.fee));
        uint256 least = c.cashTerms.minDebt * WAD;
        if (debt <= 0) return;
        assertGe(uint256(debt), least);
        if (c.account.downLegs == 0) assertGe(c.account.markCollateral * (WAD - fraction) / WAD, least - 1);
    }

    function testFuzz_largestFraction_restoresTheTargetAndNoMore(uint256 seed) public pure {
        Case memory c = _liveCase(seed);
        (uint256 fraction,) = _largest(c);
        if (fraction == WAD) return;
        (int256 equity, uint256 requirement) = _after(c, fraction);
        uint256 target = c.terms.targetHealthBps * WAD / BPS;
        uint256 wanted = Rounding.mulDivUp(requirement, target, WAD);
        // a fraction is exact to 1e-18 of the account
        uint256 slack = uint256(c.account.mark.equity) / 1e17 + c.account.mark.maintenance / 1e17 + ROUNDING;
        LiquidationPlan memory p = LiquidationMath.plan(c.account, c.cash, fraction, _rates(c, c.elapsed), c.terms);
        // more only where it takes more to pay for the work, and then no more than that
        if (p.bonus <= c.terms.floorBonusCents * CENT + ROUNDING) assertGe(uint256(equity) + slack, wanted);
        else assertApproxEqAbs(uint256(equity), wanted, slack);
    }

    /* PLAN */

    function testFuzz_P09_plan_ofAPartRaisesHealth(uint256 seed, uint256 fraction) public pure {
        Case memory c = _liveCase(seed);
        (uint256 largest,) = _largest(c);
        fraction = bound(fraction, 1, largest);
        if (fraction == WAD) return;
        (int256 equity, uint256 requirement) = _after(c, fraction);
        Margin memory mark = c.account.mark;
        // E' / Rm' >= E / Rm, multiplied out
        assertGe((equity + int256(ROUNDING)) * int256(mark.maintenance), mark.equity * int256(requirement));

        // and by at least what kappa leaves: (1 - kappa) * E of each part taken
        uint256 spare = Rounding.mulDivDown(uint256(mark.equity) * (BPS - c.terms.kappaBps) / BPS, fraction, WAD);
        if (spare > ROUNDING) assertGt(equity * int256(mark.maintenance), mark.equity * int256(requirement));
    }

    function testFuzz_P10_plan_paysTheBidderTheBonusAndNoMore(uint256 seed, uint256 fraction) public pure {
        Case memory c = _anyCase(seed);
        (uint256 largest,) = _largest(c);
        fraction = bound(fraction, 1, largest);
        LiquidationPlan memory p = LiquidationMath.plan(c.account, c.cash, fraction, _rates(c, c.elapsed), c.terms);
        Margin memory mark = c.account.mark;
        assertEq(p.fraction, fraction);
        // the slice at mark, less the bonus: rounded up, so never a wei too little for the account
        int256 slice = Rounding.mulDivCeil(mark.equity, fraction, WAD);
        if (slice < 0 && fraction == WAD && c.account.downLegs == 0 && c.account.better.equity > slice) {
            // sources disagree about the loss: the bidder gains nothing before what they agree on is paid
            assertGe(p.pay, slice - int256(p.bonus));
            assertGe(c.account.better.equity + int256(p.shortfall), 0);
        } else {
            assertEq(p.pay, slice - int256(p.bonus));
            assertLe(p.pay, slice);
        }
        if (fraction < WAD) {
            uint256 most = Rounding.mulDivUp(mark.maintenance, fraction, WAD);
            assertLe(p.bonus, Rounding.mulDivUp(most, p.bonusRate, WAD));
        } else {
            uint256 least = LiquidationMath.leastBonus(mark, c.terms);
            assertLe(p.bonus, Math.max(least, Rounding.mulDivUp(mark.maintenance, p.bonusRate, WAD)));
        }
    }

    function testFuzz_P12_plan_hasAShortfallOnlyWhereAllGoesAndDoesNotPay(uint256 seed, uint256 fraction) public pure {
        Case memory c = _anyCase(seed);
        (uint256 largest,) = _largest(c);
        fraction = bound(fraction, 1, largest);
        LiquidationPlan memory p = LiquidationMath.plan(c.account, c.cash, fraction, _rates(c, c.elapsed), c.terms);
        if (fraction < WAD || c.account.downLegs != 0) {
            assertEq(p.shortfall, 0);
            return;
        }
        assertEq(p.shortfall, p.pay < 0 ? uint256(-p.pay) : 0);
        // the fee comes last, out of what is there
        assertLe(int256(p.fee), p.pay < 0 ? int256(0) : p.pay);
    }

    function testFuzz_plan_sellsNothingForABonusWhileALegStays(uint256 seed) public pure {
        Case memory c = _anyCase(seed);
        c.account.downLegs = 1;
        LiquidationPlan memory p = LiquidationMath.plan(c.account, c.cash, WAD, _rates(c, c.elapsed), c.terms);
        assertLe(p.bonus, c.account.markCollateral);
    }

    /// @dev The account is left owing what the dead leg was worth last, and what it owed of itself.
    function testFuzz_plan_makesNoDebtOfWhatPositionsHaveLostWhileALegStays(uint256 seed, uint96 owed) public pure {
        Case memory c = _anyCase(seed);
        c.account.downLegs = 1;
        c.cash = -int256(uint256(owed));
        LiquidationPlan memory p = LiquidationMath.plan(c.account, c.cash, WAD, _rates(c, c.elapsed), c.terms);
        int256 left = p.pay + int256(p.shortfall) - int256(p.fee);
        // what the dead leg was worth last: negative where live ones are Degraded
        int256 backing = SignedMath.max(c.account.better.equity - c.account.mark.equity, 0);
        int256 own = SignedMath.min(c.cash + int256(c.account.markCollateral), 0) - int256(p.bonus + p.fee);
        assertGe(left, SignedMath.min(own, -backing - int256(p.fee)));
        if (p.shortfall != 0) assertLe(left, 0);
    }

    function test_plan_booksNoLossOfALoanWhileALegStays() public pure {
        Case memory c = _anyCase(7);
        Margin memory mark = Margin({equity: -1_000e18, initial: 60e18, maintenance: 40e18});
        uint256[] memory legs = new uint256[](2);
        c.account = Assessment(mark, mark, mark, 100e18, 0, legs, 1);
        assertEq(LiquidationMath.plan(c.account, -1_100e18, WAD, _rates(c, 0), c.terms).shortfall, 0);
        // but that of a position is one
        assertEq(LiquidationMath.plan(c.account, 300e18, WAD, _rates(c, 0), c.terms).shortfall, 1_100e18);
    }

    /// @dev Found by reading: with its only leg Down and no equity at its better prices, an account paid the floor
    /// bonus to whoever asked, for nothing, as often as he asked.
    function test_plan_paysNothingForNothing() public pure {
        Case memory c = _anyCase(7);
        c.terms.floorBonusCents = 500;
        Margin memory sunk = Margin({equity: -1_000e18, initial: 0, maintenance: 0});
        c.account = Assessment({
            worse: sunk,
            mark: sunk,
            better: sunk,
            markCollateral: 0,
            markNotional: 0,
            legValues: new uint256[](0),
            downLegs: 1
        });
        c.cash = sunk.equity;
        LiquidationPlan memory p = LiquidationMath.plan(c.account, c.cash, WAD, _rates(c, 0), c.terms);
        assertEq(p.bonus, 0);
        assertEq(p.fee, 0);
        assertEq(p.pay, sunk.equity);
        // dust that is sold does not change that
        c.account.markCollateral = 1;
        assertEq(LiquidationMath.plan(c.account, c.cash, WAD, _rates(c, 0), c.terms).bonus, 1);
    }

    function test_plan_givesTheLeastBonusForTheWholeOfAnAccountThatCannotPay() public pure {
        Case memory c = _anyCase(7);
        c.terms.floorBonusCents = 500;
        c.terms.bonusMinBps = 1_000;
        c.terms.bonusMaxBps = 4_000;
        Margin memory sunk = Margin({equity: -50e18, initial: 30e18, maintenance: 20e18});
        c.account = Assessment({
            worse: sunk,
            mark: sunk,
            better: sunk,
            markCollateral: 100e18,
            markNotional: 0,
            legValues: new uint256[](0),
            downLegs: 0
        });
        LiquidationPlan memory p = LiquidationMath.plan(c.account, c.cash, WAD, _rates(c, 0), c.terms);
        assertEq(p.bonus, 500 * CENT);
        assertEq(p.shortfall, 55e18);
        assertEq(p.fee, 0);
    }

    /* HELPERS */

    function _largest(Case memory c) private pure returns (uint256 fraction, bool closes) {
        LiquidationPlan memory p;
        (p, closes) = LiquidationMath.largest(c.account, c.cash, _rates(c, c.elapsed), c.terms, c.cashTerms.minDebt);
        fraction = p.fraction;
    }

    /// @dev What stays at mark when `fraction` of everything goes, by the definition and not by the formula: the slice
    /// goes, the bidder pays, the fee is paid.
    function _after(Case memory c, uint256 fraction) private pure returns (int256 equity, uint256 requirement) {
        LiquidationPlan memory p = LiquidationMath.plan(c.account, c.cash, fraction, _rates(c, c.elapsed), c.terms);
        Margin memory mark = c.account.mark;
        equity = mark.equity - Rounding.mulDivFloor(mark.equity, fraction, WAD) + p.pay - int256(p.fee);
        requirement = Rounding.mulDivUp(mark.maintenance, WAD - fraction, WAD);
    }

    function _terms(uint256 seed) private pure returns (LiquidationTerms memory) {
        return boundLiquidationTerms(seed, boundCashTerms(seed));
    }

    /// @dev All legs Live, so that one health counts; solvent and large, so that a part may be taken.
    function _liveCase(uint256 seed) private pure returns (Case memory c) {
        c = _anyCase(seed);
        uint256 least = c.cashTerms.minDebt * WAD;
        uint256 collateral = _random(seed, "large", 10 * least, 1e9 * least);
        uint256 requirement = collateral * _random(seed, "haircut", 200, 9_500) / BPS;
        int256 equity = int256(_random(seed, "solvent", requirement / 100, requirement - 1));
        c.account.mark = Margin({equity: equity, initial: requirement, maintenance: requirement});
        c.account.markCollateral = collateral;
        c.account.better = c.account.mark;
        c.account.worse = c.account.mark;
        c.account.downLegs = 0;
        c.cash = equity - int256(collateral);
    }

    /// @dev Any account of health below one at its better prices, from dust to a thousand million.
    function _anyCase(uint256 seed) private pure returns (Case memory c) {
        c.cashTerms = boundCashTerms(seed);
        c.terms = boundLiquidationTerms(seed, c.cashTerms);
        uint256 digits = 10 ** _random(seed, "digits", 1, 27);
        uint256 collateral = _random(seed, "collateral", digits, digits * 10);
        uint256 requirement = collateral * _random(seed, "haircut", 2_000, 9_900) / BPS;
        int256 equity = int256(_random(seed, "equity", 0, collateral + requirement - 1)) - int256(collateral);
        c.cash = equity - int256(collateral);
        c.elapsed = _random(seed, "elapsed", 0, 2 days);
        c.account.mark = Margin({equity: equity, initial: requirement, maintenance: requirement});
        c.account.worse = c.account.mark;
        c.account.markCollateral = collateral;
        // a leg that is Down or doubtful makes the better side better, up to health one
        int256 better = equity + int256(_random(seed, "better", 0, uint256(int256(requirement) - 1 - equity)));
        c.account.better = Margin({equity: better, initial: requirement, maintenance: requirement});
        c.account.downLegs = seed % 3 == 0 ? 1 : 0;
    }

    function _random(uint256 seed, bytes32 name, uint256 least, uint256 most) private pure returns (uint256) {
        return _bound(uint256(keccak256(abi.encode(seed, name))), least, most);
    }

    function _rates(Case memory c, uint256 elapsed) private pure returns (LiquidationRates memory) {
        return LiquidationMath.ratesOf(c.account, elapsed, c.terms);
    }
}
