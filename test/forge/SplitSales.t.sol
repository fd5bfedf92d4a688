// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {AccountId, toAccountId} from "../../contracts/types/AccountId.sol";
import {CashTerms} from "../../contracts/types/PolicyParams.sol";
import {Assessment} from "../../contracts/types/Margin.sol";
import {System} from "./fixtures/System.sol";
import {Terms} from "./fixtures/Terms.sol";

/// @notice P22 of sales: what a bidder gains by taking an account in parts, with and without `kappa * h` bounding the
/// bonus [LIQ-28].
/// @dev Interest is off. 100 WETH against a debt of 150,000.
contract SplitSalesTest is System {
    uint256 private constant ONE = 1e18;
    uint256 private constant USD = 1e6;

    address private immutable borrower = makeAddr("borrower");
    address private immutable bidder = makeAddr("bidder");
    AccountId private loan = toAccountId(borrower, 0);
    AccountId private bidding = toAccountId(bidder, 0);

    function setUp() public {
        deploySystem();
        CashTerms memory terms = Terms.cash();
        (terms.baseRateBps, terms.slopeLowBps, terms.slopeHighBps) = (0, 0, 0);
        policy.setCashTerms(terms);
        AccountId bank = toAccountId(makeAddr("bank"), 0);
        give(bank.owner(), bank, quote, 5_000_000 * USD);
        give(bidder, bidding, quote, 2_000_000 * USD);
        give(borrower, loan, weth, 100 * ONE);
        vm.prank(borrower);
        vault.borrow(loan, 150_000 * USD, borrower);
    }

    /// @dev At 0.86 of 1: above 0.47 `kappa * h` is more than any bonus and fee. Called, and the ramp at its end.
    function test_LIQ28_partsPayNoMoreWhereTheRampBounds() public {
        _callAndWait();
        assertApproxEqAbs(healthOf(loan), 0.86e18, 0.01e18);
        int256 once = _sell(ONE);
        assertGt(once, 0);
        for (uint256 parts = 2; parts <= 64; parts *= 2) {
            assertLe(_sell(ONE / parts), once + 1e6);
        }
    }

    /// @dev At 0.3 of 1 `kappa * h` leaves 0.25 for the bonus; the ramp in time is at 0.4. The first part raises `h`.
    function test_LIQ28_partsPayMoreWhereHealthBounds() public {
        _callAndWait();
        setPrice(weth, 1_581);
        Assessment memory a = assess(loan);
        assertApproxEqAbs(a.better.health(), 0.3e18, 0.01e18);
        int256 once = _sell(ONE);
        assertApproxEqAbs(once, 6_542.45e18, 0.01e18);
        int256 least = once;
        for (uint256 parts = 2; parts <= 64; parts *= 2) {
            int256 often = _sell(ONE / parts);
            assertGt(often, least);
            least = often;
        }
        // 15.1 % more; the account had 8,099
        assertApproxEqAbs(least, 7_532.63e18, 0.01e18);
        assertLt(least, a.mark.equity);
    }

    /// @dev Until the deadline is over, and the ramp in time at its end.
    function _callAndWait() private {
        setPrice(weth, 1_758);
        skipLive(1 hours);
        uint256 deadline = vault.call(loan);
        skipLive(deadline - vault.liveTime() + Terms.liquidation().bonusRamp);
    }

    /// @dev What the bidder gains at mark by taking up to `part` again and again, the rest where no part may be left.
    function _sell(uint256 part) private returns (int256 gained) {
        uint256 snapshot = vm.snapshotState();
        int256 before = assess(bidding).mark.equity;
        vm.startPrank(bidder);
        bool ok = true;
        for (uint256 i; i < 1_000 && ok; ++i) {
            ok = _take(part) || (part != ONE && _take(ONE));
        }
        vm.stopPrank();
        assertFalse(ok, "there is something left to sell");
        gained = assess(bidding).mark.equity - before;
        vm.revertToStateAndDelete(snapshot);
    }

    function _take(uint256 part) private returns (bool ok) {
        (ok,) = address(vault).call(abi.encodeCall(vault.liquidate, (loan, bidding, part, type(int256).max, "")));
    }
}
