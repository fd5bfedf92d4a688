// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Test} from "forge-std/Test.sol";
import {LiquidationMath, LiquidationPlan, LiquidationRates} from "../../contracts/math/LiquidationMath.sol";
import {CENT, WAD} from "../../contracts/math/Units.sol";
import {Assessment, Margin} from "../../contracts/types/Margin.sol";
import {LiquidationTerms} from "../../contracts/types/PolicyParams.sol";

/// @notice All accounts in a small range, in wei and in whole quote units, at all combinations of low and high terms.
contract SmallNumbersLiquidationTest is Test {
    uint256 private constant MOST = 8;

    /// @dev Requirements to 8, equities from -4 to just below: a fraction within bounds, all of it where it closes, and
    /// else one that pays for the work, leaves no dust, and raises health (P9, P11).
    function test_P09_P11_largest_ofAllRequirementsTo8() public pure {
        for (uint256 seed; seed < 2 ** 7; ++seed) {
            for (uint256 requirement = 1; requirement <= MOST; ++requirement) {
                for (int256 equity = -4; equity < int256(requirement); ++equity) {
                    _holds(requirement, equity, seed, seed < 2 ** 6 ? 1 : 100 * WAD);
                }
            }
        }
    }

    function _holds(uint256 requirement, int256 equity, uint256 seed, uint256 scale) private pure {
        LiquidationTerms memory terms = _terms(seed);
        (Assessment memory account, int256 cash) = _account(requirement * scale, equity * int256(scale));
        LiquidationRates memory r = LiquidationMath.ratesOf(account, seed / 32 % 2 == 0 ? 0 : 6, terms);
        (LiquidationPlan memory p, bool closes) = LiquidationMath.largest(account, cash, r, terms, 100);
        assert(0 < p.fraction && p.fraction <= WAD && closes == (p.fraction == WAD));
        if (closes) return _holdsOfAClose(account.mark, p, terms);
        assert(p.bonus >= terms.floorBonusCents * CENT && p.shortfall == 0);
        assert(!LiquidationMath.leavesDust(account, cash, p, terms, 100));
        _holdsOfAPart(account.mark, p, r);
        _holdsOfAPart(account.mark, LiquidationMath.plan(account, cash, p.fraction / 3, r, terms), r);
    }

    /// @dev `E' = E - f * (b + phi) * Rm` and `Rm' = (1 - f) * Rm`, to the wei that each quotient is rounded by.
    function _holdsOfAPart(Margin memory mark, LiquidationPlan memory p, LiquidationRates memory r) private pure {
        int256 taken = int256(p.fraction * (r.bonus + r.fee) / WAD * mark.maintenance / WAD);
        int256 sold = mark.equity * int256(p.fraction) / 1e18;
        int256 left = mark.equity - sold + p.pay - int256(p.fee);
        assertApproxEqAbs(left, mark.equity - taken, 1_000);
        uint256 required = mark.maintenance * (WAD - p.fraction) / WAD;
        // E' / Rm' >= E / Rm, multiplied out
        assert((left + 4) * int256(mark.maintenance) >= mark.equity * int256(required));
    }

    /// @dev The shortfall is what the account lacks for the least bonus, and the fee comes last of all.
    function _holdsOfAClose(Margin memory mark, LiquidationPlan memory p, LiquidationTerms memory terms) private pure {
        int256 bonus = int256(p.bonus);
        assert(p.bonus >= LiquidationMath.leastBonus(mark, terms));
        assert(p.pay == mark.equity - bonus);
        assert(int256(p.shortfall) == (bonus > mark.equity ? bonus - mark.equity : int256(0)));
        assert(int256(p.fee) <= (p.pay > 0 ? p.pay : int256(0)));
    }

    /// @dev All Live, so that all three sides are one; the collateral is four times its requirement.
    function _account(uint256 requirement, int256 equity)
        private
        pure
        returns (Assessment memory account, int256 cash)
    {
        account.mark = Margin({equity: equity, initial: requirement, maintenance: requirement});
        account.better = account.mark;
        account.markCollateral = 4 * requirement;
        cash = equity - int256(account.markCollateral);
    }

    /// @dev Each of five terms low or high, as the bits of `seed` say.
    function _terms(uint256 seed) private pure returns (LiquidationTerms memory terms) {
        terms.bonusMinBps = seed & 1 == 0 ? 1 : 1_000;
        terms.bonusMaxBps = 4_000;
        terms.feeBps = seed & 2 == 0 ? 0 : 2_000;
        terms.kappaBps = seed & 4 == 0 ? 5_000 : 9_500;
        terms.targetHealthBps = seed & 8 == 0 ? 10_100 : 20_000;
        terms.floorBonusCents = seed & 16 == 0 ? 0 : 500;
        terms.criticalHealthBps = 6_000;
        terms.bonusRamp = 6;
    }
}
