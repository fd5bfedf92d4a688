// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Test} from "forge-std/Test.sol";
import {CashPool, InterestIndex} from "../../contracts/math/InterestIndex.sol";
import {Rounding} from "../../contracts/math/Rounding.sol";
import {BPS, INDEX_ONE, PPM, WAD, YEAR} from "../../contracts/math/Units.sol";
import {CashTerms} from "../../contracts/types/PolicyParams.sol";
import {PolicyBounds} from "./fixtures/PolicyBounds.sol";

contract InterestIndexTest is Test, PolicyBounds {
    using InterestIndex for CashPool;

    uint256 private constant START = 1_700_000_000;
    /// ten thousand million whole units, what a slot has room for several times
    uint256 private constant MOST_CASH = 1e28;
    uint256 private constant MAX_INDEX = type(uint96).max;

    /* ACCRUAL */

    function test_accrued_changesOnlyTheTimeWhereNobodyOwes() public pure {
        CashPool memory pool = _pool(1_000e18, 0);
        CashPool memory later = _accrue(pool, boundCashTerms(1), 1 days);
        assertEq(later.accruedAt, START + 1 days);
        assertEq(later.supplyIndex, INDEX_ONE);
        assertEq(later.borrowIndex, INDEX_ONE);
        assertEq(later.reserves(), 0);
    }

    function test_accrued_followsTheCurveForAYear() public pure {
        CashTerms memory terms = boundCashTerms(1);
        (terms.baseRateBps, terms.slopeLowBps, terms.slopeHighBps) = (200, 400, 6_000);
        (terms.kinkBps, terms.reserveFactorBps) = (8_000, 1_000);
        CashPool memory later = _accrue(_pool(1_000e18, 800e18), terms, YEAR);
        assertEq(later.totalBorrow(), 848e18); // 6 %
        assertEq(later.totalSupply(), 1_043.2e18); // nine tenths of the 48
        assertEq(later.reserves(), 4.8e18);
    }

    function testFuzz_P18_accrued_neverLowersAnIndex(uint256 seed, uint256 elapsed) public pure {
        elapsed = bound(elapsed, 0, 10 * YEAR);
        CashPool memory pool = _anyPool(seed);
        CashPool memory later = _accrue(pool, boundCashTerms(seed), elapsed);
        assertGe(later.supplyIndex, pool.supplyIndex);
        assertGe(later.borrowIndex, pool.borrowIndex);
        assertGe(later.reserves(), pool.reserves());
        assertEq(later.accruedAt, START + elapsed);
    }

    function testFuzz_P19_accrued_takesFromDebtorsWhatItGivesToLendersAndReserve(uint256 seed, uint256 elapsed)
        public
        pure
    {
        elapsed = bound(elapsed, 0, 10 * YEAR);
        CashPool memory pool = _anyPool(seed);
        CashPool memory later = _accrue(pool, boundCashTerms(seed), elapsed);
        // exact growth, not the rounded totals: principal * (index after - index before) / INDEX_ONE
        uint256 owed = Rounding.mulDivDown(pool.borrowPrincipal, later.borrowIndex - pool.borrowIndex, INDEX_ONE);
        uint256 earned = Rounding.mulDivUp(pool.supplyPrincipal, later.supplyIndex - pool.supplyIndex, INDEX_ONE);
        assertGe(owed, earned + later.reserves() - pool.reserves());
    }

    /// @dev Who lends at one rate and is lent to at no higher one cannot be promised more than comes in.
    function testFuzz_accrued_growsCreditNoFasterThanDebt(uint256 seed, uint256 elapsed) public pure {
        elapsed = bound(elapsed, 0, 10 * YEAR);
        CashPool memory pool = _anyPool(seed);
        CashPool memory later = _accrue(pool, boundCashTerms(seed), elapsed);
        if (later.borrowIndex == MAX_INDEX) return;
        assertLe(uint256(later.supplyIndex) * pool.borrowIndex, uint256(later.borrowIndex + 1) * pool.supplyIndex);
    }

    /// @dev Found by reading: where the reserve had lent more than the lenders, they earned its interest too, and one
    /// wei of credit took the supply index to its end within seconds: nobody would have earned anything again.
    function test_P20_accrued_isNotRunAwayWithByAWeiOfCredit() public pure {
        CashPool memory pool = _pool(1, 500e18);
        pool.addReserves(500e18);
        CashPool memory later = _accrue(pool, boundCashTerms(1), 1 days);
        assertGt(later.borrowIndex, pool.borrowIndex);
        assertLe(later.supplyIndex, 2 * INDEX_ONE);
        assertGt(later.reserves(), pool.reserves());
    }

    function testFuzz_accrued_inStepsIsWithinCompoundInterest(uint256 seed, uint256 first, uint256 second) public pure {
        first = bound(first, 1, YEAR);
        second = bound(second, 1, YEAR);
        CashTerms memory terms = boundCashTerms(seed);
        CashPool memory pool = _anyPool(seed);
        CashPool memory once = _accrue(pool, terms, first + second);
        CashPool memory twice = _accrue(pool, terms, first);
        twice.borrowRatePpm = uint24(twice.borrowRate(terms));
        twice = twice.accrued(terms.reserveFactorBps, START + first + second);
        if (once.borrowIndex == MAX_INDEX || twice.borrowIndex == MAX_INDEX) return;

        // debt outgrows credit, so utilisation and rate do not fall on the way; a part of the index per rounding
        uint256 slack = uint256(pool.borrowIndex) / 1e15 + 2;
        assertGe(uint256(twice.borrowIndex) + slack, once.borrowIndex);

        uint256 most = (uint256(terms.baseRateBps) + terms.slopeLowBps + terms.slopeHighBps) * INDEX_ONE / BPS;
        uint256 compound = uint256(pool.borrowIndex) * (INDEX_ONE + most * first / YEAR) / INDEX_ONE;
        compound = compound * (INDEX_ONE + most * second / YEAR) / INDEX_ONE;
        assertLe(twice.borrowIndex, compound + slack);
    }

    function testFuzz_accrued_nothingTwiceInOneSecond(uint256 seed, uint256 elapsed) public pure {
        elapsed = bound(elapsed, 1, YEAR);
        CashTerms memory terms = boundCashTerms(seed);
        CashPool memory once = _accrue(_anyPool(seed), terms, elapsed);
        bytes32 before = keccak256(abi.encode(once));
        assertEq(keccak256(abi.encode(once.accrued(terms.reserveFactorBps, START + elapsed))), before);
    }

    function testFuzz_P16_accrued_leavesTheExitOpenAfterDecades(uint256 seed, uint256 elapsed, int256 principal)
        public
        pure
    {
        elapsed = bound(elapsed, 10 * YEAR, 80 * YEAR);
        principal = bound(principal, -int256(MOST_CASH), int256(MOST_CASH));
        CashPool memory pool = _anyPool(seed);
        // after decades of compounding both may have come to their end
        if (seed % 2 == 0) (pool.supplyIndex, pool.borrowIndex) = (uint96(MAX_INDEX), uint96(MAX_INDEX));
        CashPool memory later = _accrue(pool, boundCashTerms(seed), elapsed);
        // nothing of this reverts, and who has paid back owes nothing
        int256 cash = later.toCashFloor(principal);
        assertLe(later.toCashFloor(later.toPrincipalFloor(cash)), cash);
        assertEq(later.toPrincipalFloor(0), 0);
        later.totalSupply();
        later.borrowRate(boundCashTerms(seed));
    }

    /* RATE */

    function testFuzz_borrowRate_risesWithDebtWithinTheCurve(uint256 seed, uint256 more) public pure {
        CashTerms memory terms = boundCashTerms(seed);
        CashPool memory pool = _anyPool(seed);
        uint256 rate = pool.borrowRate(terms);
        if (pool.totalBorrow() != 0 && pool.utilisation() != 0) assertGe(rate, terms.baseRateBps * PPM / BPS);
        assertLe(rate, (uint256(terms.baseRateBps) + terms.slopeLowBps + terms.slopeHighBps) * PPM / BPS);
        pool.borrowPrincipal += uint96(bound(more, 0, MOST_CASH));
        assertGe(pool.borrowRate(terms), rate);
    }

    function testFuzz_utilisation_isAtMostOne(uint256 seed) public pure {
        CashPool memory pool = _anyPool(seed);
        assertLe(pool.utilisation(), WAD);
        pool.supplyPrincipal = 0;
        assertEq(pool.utilisation(), pool.borrowPrincipal == 0 ? 0 : WAD);
    }

    /* PRINCIPALS */

    function testFuzz_P21_principals_neverGainOnARoundTrip(uint256 seed, int256 cash) public pure {
        cash = bound(cash, -int256(MOST_CASH), int256(MOST_CASH));
        CashPool memory pool = _anyPool(seed);
        int256 back = pool.toCashFloor(pool.toPrincipalFloor(cash));
        assertLe(back, cash);
        // and lose no more than one unit of principal and one of cash
        uint256 index = cash < 0 ? pool.borrowIndex : pool.supplyIndex;
        assertGe(back, cash - int256(index / INDEX_ONE) - 2);
    }

    function testFuzz_P02_principals_apartAreWorthNoMoreThanTogether(uint256 seed, int256 a, int256 b) public pure {
        a = bound(a, 0, int256(MOST_CASH));
        b = bound(b, 0, int256(MOST_CASH));
        CashPool memory pool = _anyPool(seed);
        // credits apart are no more than together; debts apart are no less
        assertLe(pool.toCashFloor(a) + pool.toCashFloor(b), pool.toCashFloor(a + b));
        assertLe(pool.toCashFloor(-a) + pool.toCashFloor(-b), pool.toCashFloor(-a - b));
    }

    /* HELPERS */

    function _accrue(CashPool memory pool, CashTerms memory terms, uint256 elapsed)
        private
        pure
        returns (CashPool memory)
    {
        // `accrued` works on what it is given
        CashPool memory copy = abi.decode(abi.encode(pool), (CashPool));
        copy.borrowRatePpm = uint24(copy.borrowRate(terms));
        return copy.accrued(terms.reserveFactorBps, START + elapsed);
    }

    function _pool(uint96 supplied, uint96 borrowed) private pure returns (CashPool memory) {
        return CashPool({
            supplyIndex: uint96(INDEX_ONE),
            borrowIndex: uint96(INDEX_ONE),
            accruedAt: uint40(START),
            supplyPrincipal: supplied,
            borrowPrincipal: borrowed,
            reservesNano: 0,
            borrowRatePpm: 0
        });
    }

    /// @dev Any pool, also one that owes more than it was lent, as reserves and unsettled profit allow.
    function _anyPool(uint256 seed) private pure returns (CashPool memory pool) {
        pool = _pool(
            uint96(_random(seed, "supplied", 0, 10 ** _random(seed, "supply digits", 0, 28))),
            uint96(_random(seed, "borrowed", 0, 10 ** _random(seed, "borrow digits", 0, 28)))
        );
        pool.supplyIndex = uint96(_random(seed, "supplyIndex", INDEX_ONE / 10, 100 * INDEX_ONE));
        pool.borrowIndex = uint96(_random(seed, "borrowIndex", INDEX_ONE, 1_000 * INDEX_ONE));
        pool.addReserves(_random(seed, "reserves", 0, MOST_CASH));
    }

    function _random(uint256 seed, bytes32 name, uint256 least, uint256 most) private pure returns (uint256) {
        return _bound(uint256(keccak256(abi.encode(seed, name))), least, most);
    }
}
