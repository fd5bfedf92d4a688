// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Test} from "forge-std/Test.sol";
import {CashPool, InterestIndex} from "../../contracts/math/InterestIndex.sol";
import {INDEX_ONE, NANO} from "../../contracts/math/Units.sol";

/// @notice All pools in a small range: principals of a few wei, indices between a half and three, idle for up to a
/// century at up to 400 % a year.
contract SmallNumbersInterestTest is Test {
    using InterestIndex for CashPool;

    uint256 private constant START = 1_700_000_000;
    uint256 private constant MOST = 6;

    /// @dev Neither index ever falls (P18), and what debtors owe more is all that lenders and reserves gain (P19).
    function test_P18_P19_accrued_ofAllPrincipalsTo6() public pure {
        uint256[4] memory idle = [uint256(0), 1 hours, 1_000 days, 36_500 days];
        for (uint256 supplied; supplied <= MOST; ++supplied) {
            for (uint256 borrowed; borrowed <= MOST; ++borrowed) {
                for (uint256 seed; seed < 3 ** 4; ++seed) {
                    uint256 last = INDEX_ONE / 2;
                    for (uint256 i; i < idle.length; ++i) {
                        last = _accrues(supplied, borrowed, seed, idle[i], last);
                    }
                }
            }
        }
    }

    /// @dev Cash to principal and back never gains a wei, at the index of its side, and loses less than two units.
    function test_P21_cash_ofAllRoundTripsTo40() public pure {
        for (uint256 seed; seed < 9; ++seed) {
            CashPool memory pool = _pool(1, 1, seed);
            for (int256 cash = -40; cash <= 40; ++cash) {
                int256 principal = pool.toPrincipalFloor(cash);
                int256 index = int256(uint256(cash < 0 ? pool.borrowIndex : pool.supplyIndex));
                int256 one = int256(INDEX_ONE);
                // floored both ways
                assert(principal * index <= cash * one && cash * one < (principal + 1) * index);
                int256 back = pool.toCashFloor(principal);
                assert(back * one <= principal * index && principal * index < (back + 1) * one);
                assert(back <= cash && (back - cash + 2) * one > -index);
                assert(pool.toPrincipalFloor(back) <= principal);
            }
        }
    }

    function _accrues(uint256 supplied, uint256 borrowed, uint256 seed, uint256 elapsed, uint256 least)
        private
        pure
        returns (uint256 supplyIndex)
    {
        // units beside wei: interest of a few wei is lost in the rounding, and nothing would be shared out
        uint256 scale = seed % 2 == 0 ? 1 : NANO * 1_000;
        CashPool memory pool = _pool(supplied * scale, borrowed * scale, seed);
        (uint256 supply, uint256 borrow) = (pool.supplyIndex, pool.borrowIndex);
        pool.borrowRatePpm = [uint24(1), 60_000, 4_000_000][seed / 9 % 3];
        pool = pool.accrued([uint256(0), 1_000, 5_000][seed / 27 % 3], START + elapsed);
        assert(pool.supplyIndex >= supply && pool.borrowIndex >= borrow && pool.accruedAt == START + elapsed);
        uint256 owed = borrowed * scale * (pool.borrowIndex - borrow);
        assert(owed >= supplied * scale * (pool.supplyIndex - supply) + pool.reserves() * INDEX_ONE);
        // nothing is made of nothing, and all of it is someone's but for the grain of the reserves
        if (borrowed == 0) assert(pool.supplyIndex == supply && pool.reserves() == 0);
        if (owed >= INDEX_ONE) {
            uint256 earned = supplied * scale * (pool.supplyIndex - supply);
            assert(owed < earned + (pool.reserves() + NANO + 2) * INDEX_ONE);
        }
        // the longer idle, the more
        supplyIndex = pool.supplyIndex;
        assert(supplyIndex >= least);
    }

    function _pool(uint256 supplied, uint256 borrowed, uint256 seed) private pure returns (CashPool memory pool) {
        pool.supplyIndex = uint96([INDEX_ONE / 2, INDEX_ONE, INDEX_ONE * 7 / 3][seed % 3]);
        pool.borrowIndex = uint96([INDEX_ONE, INDEX_ONE + 1, INDEX_ONE * 3][seed / 3 % 3]);
        (pool.supplyPrincipal, pool.borrowPrincipal) = (uint96(supplied), uint96(borrowed));
        pool.accruedAt = uint40(START);
    }
}
