// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {BPS, RAY, WAD, YEAR} from "./Units.sol";
import {Rounding} from "./Rounding.sol";
import {CashTerms} from "../types/PolicyParams.sol";

/// @notice The cash pool: who lent and who owes, as principals times an index. Three slots.
/// @dev `cash = principal * supplyIndex` for lenders, `principal * borrowIndex` for debtors.
struct CashPool {
    /// RAY; falls only when a loss is socialised
    uint112 supplyIndex;
    /// RAY; never falls
    uint112 borrowIndex;
    /// timestamp of the last accrual
    uint32 accruedAt;
    /// sum of positive principals, quote WAD at index one
    uint128 supplyPrincipal;
    /// sum of negative principals, quote WAD at index one
    uint128 borrowPrincipal;
    /// quote WAD kept from interest and fees, first to pay for a loss
    uint128 reserves;
}

/// @notice Interest by a kinked utilisation curve, simple between two accruals, compounding at each.
library InterestIndex {
    /// @dev Indices stop here instead of overflowing, so that exit stays open after any idle time.
    uint256 internal constant MAX_INDEX = type(uint112).max;

    /// @notice The pool at `timestamp`. Debt grows by at least what lenders and reserve gain (P19).
    function accrued(CashPool memory pool, CashTerms memory terms, uint256 timestamp)
        internal
        pure
        returns (CashPool memory)
    {
        uint256 elapsed = timestamp - pool.accruedAt;
        if (elapsed == 0) return pool;
        // fits: until the year 2106
        pool.accruedAt = uint32(timestamp);
        if (pool.borrowPrincipal == 0) return pool;

        (uint256 supplied, uint256 borrowed) = (totalSupply(pool), totalBorrow(pool));
        uint256 growthRay = borrowRate(pool, terms) * elapsed / YEAR;
        uint256 borrowIndex = Math.min(pool.borrowIndex + pool.borrowIndex * growthRay / RAY, MAX_INDEX);
        uint256 interest = uint256(pool.borrowPrincipal) * (borrowIndex - pool.borrowIndex) / RAY;
        // fits: capped by MAX_INDEX
        pool.borrowIndex = uint112(borrowIndex);

        uint256 credited;
        if (pool.supplyPrincipal != 0) {
            uint256 toLenders = interest * (BPS - terms.reserveFactorBps) / BPS;
            // what the reserve has lent earns for the reserve: else a wei of credit beside a lent reserve would earn
            // it all, and take the index to its end within seconds
            if (supplied < borrowed) toLenders = Rounding.mulDivDown(toLenders, supplied, borrowed);
            uint256 supplyIndex = Math.min(pool.supplyIndex + toLenders * RAY / pool.supplyPrincipal, MAX_INDEX);
            credited = Rounding.mulDivUp(pool.supplyPrincipal, supplyIndex - pool.supplyIndex, RAY);
            // fits: capped by MAX_INDEX
            pool.supplyIndex = uint112(supplyIndex);
        }
        // fits: interest is below 2**128 * MAX_INDEX / RAY, and the reserve saturates; credited <= interest because
        // the index grew by a quotient rounded down
        uint256 reserves = pool.reserves + (interest - Math.min(credited, interest));
        pool.reserves = uint128(Math.min(reserves, type(uint128).max));
        return pool;
    }

    /// @notice Part of the lent cash that is borrowed, WAD, at most one.
    function utilisation(CashPool memory pool) internal pure returns (uint256) {
        uint256 borrowed = totalBorrow(pool);
        if (borrowed == 0) return 0;
        uint256 supplied = totalSupply(pool);
        return supplied <= borrowed ? WAD : borrowed * WAD / supplied;
    }

    /// @notice Borrow rate, RAY a year.
    function borrowRate(CashPool memory pool, CashTerms memory terms) internal pure returns (uint256) {
        uint256 used = utilisation(pool);
        uint256 kink = uint256(terms.kinkBps) * WAD / BPS;
        uint256 rateBpsWad = used <= kink
            ? terms.baseRateBps * WAD + terms.slopeLowBps * used * WAD / kink
            : (uint256(terms.baseRateBps) + terms.slopeLowBps) * WAD + terms.slopeHighBps * (used - kink) * WAD
                / (WAD - kink);
        return rateBpsWad * RAY / (BPS * WAD);
    }

    /// @notice All positive cash, quote WAD, rounded down.
    function totalSupply(CashPool memory pool) internal pure returns (uint256) {
        return Rounding.mulDivDown(pool.supplyPrincipal, pool.supplyIndex, RAY);
    }

    /// @notice All debt, quote WAD, rounded up.
    function totalBorrow(CashPool memory pool) internal pure returns (uint256) {
        return Rounding.mulDivUp(pool.borrowPrincipal, pool.borrowIndex, RAY);
    }

    /// @notice Cash of one account: credit rounds down, debt rounds up.
    function toCashFloor(CashPool memory pool, int256 principal) internal pure returns (int256) {
        return Rounding.mulDivFloor(principal, principal < 0 ? pool.borrowIndex : pool.supplyIndex, RAY);
    }

    /// @notice Principal of one account: credit rounds down, debt rounds up.
    function toPrincipalFloor(CashPool memory pool, int256 cash) internal pure returns (int256) {
        return Rounding.mulDivFloor(cash, RAY, cash < 0 ? pool.borrowIndex : pool.supplyIndex);
    }
}
