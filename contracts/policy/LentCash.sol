// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {CashWord, toCashWord} from "../types/CashWord.sol";
import {CapGrowth, CashTerms} from "../types/PolicyParams.sol";
import {GrowingCap} from "./GrowingCap.sol";

/// @dev Terms on which cash is lent. Where `target` is not flagged there is no other slot to read.
struct LentCash {
    CashWord target;
    /// whole quote units
    CapGrowth growth;
}

/// @notice Terms of cash hold at once, but for a borrow cap that is raised: it grows.
library LentCashTerms {
    using LentCashTerms for LentCash;

    /// @notice Never flagged as growing: the borrow cap is the one of the moment.
    function wordNow(LentCash storage c) internal view returns (CashWord) {
        CashWord target = c.target;
        if (!target.isGrowing()) return target;
        uint256 cap = GrowingCap.capNow(c.growth, target.borrowCap());
        return target.withBorrowCap(uint48(cap)).withGrowing(false); // fits: at most the target
    }

    function targetOf(LentCash storage c) internal view returns (CashTerms memory target, CapGrowth memory growth) {
        target = c.target.terms();
        if (c.target.isGrowing()) growth = c.growth;
    }

    function setAtOnce(LentCash storage c, CashTerms memory terms) internal {
        c.target = toCashWord(terms);
    }

    /// @notice A borrow cap that rises grows from where it is now.
    function setGrowing(LentCash storage c, CashTerms memory terms, uint256 bpsPerDay) internal returns (bool started) {
        uint256 cap = c.wordNow().borrowCap();
        started = terms.borrowCap > cap;
        c.target = toCashWord(terms).withGrowing(started);
        if (!started) return false;
        c.growth = GrowingCap.growthFrom(cap, Math.max(cap, GrowingCap.LEAST_BASIS), bpsPerDay, block.timestamp);
    }

    /// @dev One that still grows goes on growing, to `cap`.
    function lowerCap(LentCash storage c, uint48 cap) internal {
        c.target = c.target.withBorrowCap(cap);
    }

    /// @notice Forgets a growth that has ended.
    function settle(LentCash storage c) internal returns (bool settled) {
        CashWord target = c.target;
        settled = target.isGrowing() && c.wordNow().borrowCap() == target.borrowCap();
        if (settled) c.target = target.withGrowing(false);
    }
}
