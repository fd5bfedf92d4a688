// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {FeedConfig} from "../../contracts/interfaces/IPriceOracle.sol";
import {LiquidationPlan} from "../../contracts/math/LiquidationMath.sol";
import {MockAggregator} from "../../contracts/mocks/MockAggregator.sol";
import {MockERC20} from "../../contracts/mocks/MockERC20.sol";
import {AccountId, toAccountId} from "../../contracts/types/AccountId.sol";
import {System} from "./fixtures/System.sol";
import {Terms} from "./fixtures/Terms.sol";

/// @notice Failures that reading, fuzzing or an invariant run found, each kept as it was first seen.
contract FindingsTest is System {
    uint256 private constant WHOLE = 1e18;
    uint256 private constant USD = 1e6;

    address private borrower = makeAddr("borrower");
    address private keeper = makeAddr("keeper");
    AccountId private lending = toAccountId(makeAddr("lender"), 0);
    AccountId private loan = toAccountId(borrower, 0);
    AccountId private bidding = toAccountId(keeper, 0);

    function setUp() public {
        deploySystem();
        give(lending.owner(), lending, quote, 1_000_000 * USD);
        give(keeper, bidding, quote, 500_000 * USD);
    }

    /// @dev Found by reading: with its only leg Down, an account worth less than nothing at its last price paid the
    /// least bonus again and again for nothing, out of the lenders' cash. The leg stays, so the debt never closed.
    function test_P10_takingNothingFromAnAccountWithADeadFeedPaysNothing() public {
        _borrow(weth, 100 * WHOLE, 150_000 * USD);
        skipLive(12);
        setPrice(weth, 1_000);
        skipLive(12);
        skip(1 days); // the feed falls silent after the crash
        assertLt(healthOf(loan), 0);
        _liquidateOften();
    }

    /// @dev As above, with a dead token of no value beside the collateral that carries the loan: after one honest
    /// close the debt that nobody covers was a well without a bottom.
    function test_P10_aDustLegWithADeadFeedIsNoWell() public {
        _borrow(weth, 100 * WHOLE, 150_000 * USD);
        give(borrower, loan, gold, 1);
        feeds[address(gold)].setReverting(true);
        setPrice(weth, 1_000);
        _liquidateOften();
    }

    /// @dev Found by reading: the fund pays into the account by a transfer, whose end check refused a debt below the
    /// least, so an account with little collateral left could not be closed once the fund had to pay for it.
    function test_P08_theFundPaysForAnAccountWithHardlyAnythingLeft() public {
        enter(junior, makeAddr("backer"), 300_000 * USD);
        _borrow(weth, 100 * WHOLE, 150_000 * USD);
        setPriceWad(address(weth), 0.5e18); // 50 of collateral against 150,000 of debt
        vm.prank(keeper);
        vault.liquidate(loan, bidding, WHOLE, type(int256).max, "");
        assertApproxEqAbs(vault.cashOf(loan), 0, 1e12);
        assertEq(vault.collateralOf(loan, address(weth)), 0);
    }

    /// @dev Found by reading: a Degraded leg is sold at spot and measured at the good side of its band. The liquidator
    /// forgot that the sale at spot costs the difference, and ended the call of an account that was still unhealthy.
    function test_P07_aSaleBelowTheBetterPriceEndsNoCallThatItDoesNotCure() public {
        _borrow(weth, 100 * WHOLE, 150_000 * USD);
        MockAggregator second = new MockAggregator(8, "second");
        second.push(2_000e8);
        FeedConfig memory config = Terms.feed(address(feeds[address(weth)]));
        config.second = address(second);
        oracle.configure(address(weth), config);
        skip(1 minutes);
        setPrice(weth, 1_790);
        second.push(1_790e8);
        oracle.update(assets);
        skipLive(2 hours); // the smoothed price follows
        setPrice(weth, 1_540);
        second.push(1_800e8); // too far from the first: Degraded, from 1,540 to 1,800
        uint256 deadline = vault.call(loan);
        skip(deadline - vault.liveTime());
        vm.prank(keeper);
        LiquidationPlan memory plan = vault.liquidate(loan, bidding, WHOLE, type(int256).max, "");
        assertLt(plan.fraction, WHOLE);
        assertLt(healthOf(loan), 1e18);
        assertGt(vault.callOf(loan).calledAt, 0);
    }

    function _borrow(MockERC20 asset, uint256 amount, uint256 debt) private {
        give(borrower, loan, asset, amount);
        vm.prank(borrower);
        vault.borrow(loan, debt, borrower);
    }

    /// @dev What the bidder gains at mark is never more than what the account had, however often he calls.
    function _liquidateOften() private {
        vm.startPrank(keeper);
        try vault.liquidate(loan, bidding, WHOLE, type(int256).max, "") {} catch {}
        int256 once = vault.cashOf(bidding);
        for (uint256 i; i < 10; ++i) {
            try vault.liquidate(loan, bidding, WHOLE, type(int256).max, "") {} catch {}
        }
        vm.stopPrank();
        assertLe(vault.cashOf(bidding), once, "cash for nothing");
    }
}
