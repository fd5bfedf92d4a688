// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {BPS, INDEX_ONE, NANO, PPM, WAD, YEAR} from "./Units.sol";
import {Rounding} from "./Rounding.sol";
import {CashTerms} from "../types/PolicyParams.sol";

/// @notice The cash pool: who lent and who owes, as principals times an index. Two slots, of which a debtor's cash
/// needs the first only: 12 + 12 + 5 + 3 and 12 + 12 + 8 bytes.
/// @dev `cash = principal * supplyIndex` for lenders, `principal * borrowIndex` for debtors.
struct CashPool {
    /// scale `INDEX_ONE`; falls only when a loss is socialised
    uint96 supplyIndex;
    /// scale `INDEX_ONE`; never falls
    uint96 borrowIndex;
    /// timestamp of the last accrual
    uint40 accruedAt;
    /// what debtors pay from then on, millionths a year
    uint24 borrowRatePpm;
    /// sum of positive principals, quote WAD at index one
    uint96 supplyPrincipal;
    /// sum of negative principals, quote WAD at index one
    uint96 borrowPrincipal;
    /// kept from interest and fees, first to pay for a loss; billionths of a quote unit
    uint64 reservesNano;
}

/// @notice Interest by a kinked utilisation curve, simple between two accruals, compounding at each.
/// @dev The rate is stored with the pool whenever cash has moved, so that a change of rates is never retroactive, and
/// what an account owes now can be said from one slot. The reserve factor is not: an accrual takes it as it is now,
/// back to the accrual before.
library InterestIndex {
    /// @dev Indices stop here instead of overflowing, so that exit stays open after any idle time: 79,000 times one.
    uint256 internal constant MAX_INDEX = type(uint96).max;

    /// @notice The pool at `timestamp`, at the rate stored in it. Debt grows by at least what lenders and reserve gain
    /// (P19).
    /// @param reserveFactorBps part of the interest kept as reserve
    function accrued(CashPool memory pool, uint256 reserveFactorBps, uint256 timestamp)
        internal
        pure
        returns (CashPool memory)
    {
        (uint256 supplied, uint256 borrowed) = (totalSupply(pool), totalBorrow(pool));
        uint256 borrowIndex = borrowIndexAt(pool.borrowIndex, pool.borrowRatePpm, timestamp - pool.accruedAt);
        // fits: below 2**96 * 2**96
        uint256 interest = uint256(pool.borrowPrincipal) * (borrowIndex - pool.borrowIndex) / INDEX_ONE;
        // fit: capped by MAX_INDEX; a time
        pool.borrowIndex = uint96(borrowIndex);
        pool.accruedAt = uint40(timestamp);
        if (interest == 0) return pool;

        uint256 credited;
        if (pool.supplyPrincipal != 0) {
            uint256 toLenders = interest * (BPS - reserveFactorBps) / BPS;
            // what the reserve has lent earns for the reserve: else a wei of credit beside a lent reserve would earn
            // it all, and take the index to its end within seconds
            if (supplied < borrowed) toLenders = toLenders * supplied / borrowed;
            uint256 supplyIndex = Math.min(pool.supplyIndex + toLenders * INDEX_ONE / pool.supplyPrincipal, MAX_INDEX);
            credited = Rounding.divUp(pool.supplyPrincipal * (supplyIndex - pool.supplyIndex), INDEX_ONE);
            // fits: capped by MAX_INDEX
            pool.supplyIndex = uint96(supplyIndex);
        }
        // not below zero: the index grew by a quotient rounded down
        addReserves(pool, interest - credited);
        return pool;
    }

    /// @notice The borrow index `elapsed` seconds on.
    function borrowIndexAt(uint256 index, uint256 borrowRatePpm, uint256 elapsed) internal pure returns (uint256) {
        // fits: 2**96 * 2**24 * 2**40
        unchecked {
            return Math.min(index + index * borrowRatePpm * elapsed / (PPM * YEAR), MAX_INDEX);
        }
    }

    /// @notice Part of the lent cash that is borrowed, WAD, at most one.
    function utilisation(CashPool memory pool) internal pure returns (uint256) {
        uint256 borrowed = totalBorrow(pool);
        if (borrowed == 0) return 0;
        uint256 supplied = totalSupply(pool);
        return supplied <= borrowed ? WAD : borrowed * WAD / supplied;
    }

    /// @notice What the curve asks of debtors now, millionths a year, rounded down; nothing where nobody owes.
    function borrowRate(CashPool memory pool, CashTerms memory terms) internal pure returns (uint256) {
        uint256 used = utilisation(pool);
        if (used == 0) return 0;
        uint256 kink = uint256(terms.kinkBps) * WAD / BPS;
        uint256 rateBpsWad = used <= kink
            ? terms.baseRateBps * WAD + terms.slopeLowBps * used * WAD / kink
            : (uint256(terms.baseRateBps) + terms.slopeLowBps) * WAD + terms.slopeHighBps * (used - kink) * WAD
                / (WAD - kink);
        return rateBpsWad * (PPM / BPS) / WAD;
    }

    /// @notice Adds `amount` (quote WAD), rounded down to a billionth of a quote unit; a full reserve stays full.
    function addReserves(CashPool memory pool, uint256 amount) internal pure {
        // fits: capped
        pool.reservesNano = uint64(Math.min(pool.reservesNano + amount / NANO, type(uint64).max));
    }

    /// @notice Takes out up to `amount` (quote WAD), rounded up to a billionth of a quote unit.
    /// @return taken quote WAD
    function takeReserves(CashPool memory pool, uint256 amount) internal pure returns (uint256 taken) {
        taken = Math.min(amount, reserves(pool));
        // fits: no more than there is
        pool.reservesNano -= uint64(Rounding.divUp(taken, NANO));
    }

    /// @notice Quote WAD.
    function reserves(CashPool memory pool) internal pure returns (uint256) {
        return pool.reservesNano * NANO;
    }

    /// @notice All positive cash, quote WAD, rounded down.
    function totalSupply(CashPool memory pool) internal pure returns (uint256) {
        // fits: 2**96 * 2**96
        unchecked {
            return uint256(pool.supplyPrincipal) * pool.supplyIndex / INDEX_ONE;
        }
    }

    /// @notice All debt, quote WAD, rounded up.
    function totalBorrow(CashPool memory pool) internal pure returns (uint256) {
        // fits: 2**96 * 2**96
        unchecked {
            return (uint256(pool.borrowPrincipal) * pool.borrowIndex + INDEX_ONE - 1) / INDEX_ONE;
        }
    }

    /// @notice Cash of one account: credit rounds down, debt rounds up.
    function toCashFloor(CashPool memory pool, int256 principal) internal pure returns (int256) {
        return toCashFloor(principal, principal < 0 ? pool.borrowIndex : pool.supplyIndex);
    }

    /// @notice Cash behind `principal` at the index of its side: credit rounds down, debt rounds up.
    function toCashFloor(int256 principal, uint256 index) internal pure returns (int256) {
        // fits: principals are below 2**127 and indices below 2**96
        unchecked {
            return Rounding.divFloor(principal * int256(index), INDEX_ONE);
        }
    }

    /// @notice Principal of one account: credit rounds down, debt rounds up.
    function toPrincipalFloor(CashPool memory pool, int256 cash) internal pure returns (int256) {
        // fits: cash is below 2**160 and INDEX_ONE below 2**80
        unchecked {
            return Rounding.divFloor(cash * int256(INDEX_ONE), cash < 0 ? pool.borrowIndex : pool.supplyIndex);
        }
    }
}
