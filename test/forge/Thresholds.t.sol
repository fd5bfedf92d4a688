// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {ILiquidator} from "../../contracts/interfaces/ILiquidator.sol";
import {IMarginCalls} from "../../contracts/interfaces/IMarginCalls.sol";
import {IVaultCommon} from "../../contracts/interfaces/IVaultCommon.sol";
import {AccountId, toAccountId} from "../../contracts/types/AccountId.sol";
import {CashTerms, LiquidationTerms} from "../../contracts/types/PolicyParams.sol";
import {System} from "./fixtures/System.sol";
import {Terms} from "./fixtures/Terms.sol";

/// @notice P07 to the wei and to the second: what may be called, cleared and liquidated, and from when.
/// @dev Interest is off, so that health is only a matter of the debt that each test chooses.
contract ThresholdsTest is System {
    uint256 private constant ONE = 1e18;
    uint256 private constant USD = 1e6;
    /// of 100 WETH: value 200,000 at first
    uint256 private constant WETH_HELD = 100e18;

    address private immutable borrower = makeAddr("borrower");
    address private immutable keeper = makeAddr("keeper");
    AccountId private loan = toAccountId(borrower, 0);
    AccountId private bidding = toAccountId(keeper, 0);

    function setUp() public {
        deploySystem();
        CashTerms memory terms = Terms.cash();
        (terms.baseRateBps, terms.slopeLowBps, terms.slopeHighBps) = (0, 0, 0);
        policy.setCashTerms(terms);
        AccountId bank = toAccountId(makeAddr("bank"), 0);
        give(bank.owner(), bank, quote, 5_000_000 * USD);
        give(keeper, bidding, quote, 2_000_000 * USD);
        give(borrower, loan, weth, WETH_HELD);
    }

    /* HEALTH */

    /// @dev `E = Rm` is healthy; a unit of debt more is not. The debt that gives exactly one is what counts of the
    /// collateral: `price * 0.83 * 100 * D / (D + 100)`.
    function testFuzz_P07_atHealthOneNobodyIsCalledAndAUnitBelowAnybodyIs(uint256 debt) public {
        debt = bound(debt, 1_000, 155_000) * USD;
        _borrow(debt);
        uint256 exact = _priceAtHealthOne(debt * 1e12);
        _settlePrice(exact);
        assertGe(healthOf(loan), 1e18);
        vm.expectPartialRevert(IMarginCalls.NotCallable.selector);
        vault.call(loan);
        _settlePrice(exact - 1e10); // the feed's last digit
        assertLt(healthOf(loan), 1e18);
        vault.call(loan);
    }

    /// @dev The initial margin, likewise: the largest borrowing succeeds, a unit more does not.
    function testFuzz_P05_theLargestBorrowingIsTheLargest(uint256 price) public {
        _settlePrice(bound(price, 100, 20_000) * ONE);
        skipLive(1 days);
        uint256 most = engine.largestBorrow(vault.portfolio(loan)) / 1e12;
        if (most > vault.liquidity() - 1) return;
        vm.startPrank(borrower);
        vm.expectPartialRevert(IVaultCommon.Undercollateralised.selector);
        vault.borrow(loan, most + 1, borrower);
        vault.borrow(loan, most, borrower);
        vm.stopPrank();
    }

    function testFuzz_P05_theLargestWithdrawalIsTheLargest(uint256 debt) public {
        _borrow(bound(debt, 1_000, 155_000) * USD);
        uint256 most = engine.largestWithdrawal(vault.portfolio(loan), address(weth));
        vm.startPrank(borrower);
        vm.expectPartialRevert(IVaultCommon.Undercollateralised.selector);
        vault.withdraw(loan, address(weth), most + 1, borrower);
        vault.withdraw(loan, address(weth), most, borrower);
        vm.stopPrank();
    }

    function testFuzz_P07_aboveCriticalACallIsNeededAndBelowItNone(uint256 depth) public {
        _borrow(150_000 * USD);
        _settlePrice(1_807e18 - bound(depth, 1, 260) * ONE);
        int256 health = healthOf(loan);
        vm.assume(health < 1e18 && health > 0.01e18);
        if (health >= 0.6e18) {
            vm.expectRevert(abi.encodeWithSelector(ILiquidator.NotLiquidatable.selector, loan, health));
        }
        vm.prank(keeper);
        vault.liquidate(loan, bidding, ONE, type(int256).max, "");
    }

    /* TIME */

    function testFuzz_P07_aCalledAccountIsSafeUntilTheSecondOfItsDeadline(uint256 fall) public {
        _borrow(150_000 * USD);
        _settlePrice(1_800e18 - bound(fall, 1, 120) * ONE);
        int256 health = healthOf(loan);
        vm.assume(health < 1e18 && health > 0.6e18);
        uint256 grace = vault.call(loan) - vault.liveTime();
        assertEq(grace, 600 * uint256(health - 0.6e18) / 0.4e18);
        skipLive(grace - 1);
        _refuse();
        skipLive(1);
        _liquidate();
    }

    /// @dev A pause and its window give back every second, wherever in the grace they fall (V28, V29).
    function testFuzz_P07_aPauseMovesTheDeadlineByItsLengthAndItsWindow(uint256 before, uint256 length, bool twice)
        public
    {
        _borrow(150_000 * USD);
        _settlePrice(1_790e18);
        uint256 grace = vault.call(loan) - vault.liveTime();
        before = bound(before, 0, grace - 1);
        skipLive(before);
        vault.pause();
        skipLive(bound(length, 0, 3 days));
        vault.unpause();
        if (twice) {
            skipLive(5 minutes); // inside the window
            vault.pause();
            skipLive(length % 1 hours);
            vault.unpause();
        }
        vm.expectRevert(ILiquidator.LiquidationsClosed.selector);
        vm.prank(keeper);
        vault.liquidate(loan, bidding, ONE, type(int256).max, "");
        skipLive(10 minutes);
        skipLive(grace - before - 1);
        _refuse();
        skipLive(1);
        _liquidate();
    }

    function test_P07_aCallIsMadeOncePerEpisodeAndClearedOnlyWhenCured() public {
        _borrow(150_000 * USD);
        _settlePrice(1_790e18);
        uint256 deadline = vault.call(loan);
        vm.expectRevert(abi.encodeWithSelector(IMarginCalls.AlreadyCalled.selector, loan, deadline));
        vault.call(loan);
        vm.expectPartialRevert(IMarginCalls.NotCured.selector);
        vault.clear(loan);
        // healthy again, but not by the buffer
        _settlePrice(1_812e18);
        assertGe(healthOf(loan), 1e18);
        assertLt(healthOf(loan), 1.02e18);
        vm.expectPartialRevert(IMarginCalls.NotCured.selector);
        vault.clear(loan);
        _settlePrice(1_830e18);
        vault.clear(loan);
        vm.expectRevert(abi.encodeWithSelector(IMarginCalls.NotCalled.selector, loan));
        vault.clear(loan);
    }

    /// @dev Changed terms never move a deadline that is set.
    function testFuzz_P29_aDeadlineIsFixedAtTheCall(uint32 grace, uint16 critical) public {
        _borrow(150_000 * USD);
        _settlePrice(1_790e18);
        uint256 deadline = vault.call(loan);
        LiquidationTerms memory terms = Terms.liquidation();
        terms.maxGrace = uint32(bound(grace, 0, 1 days));
        terms.criticalHealthBps = uint16(bound(critical, 1_000, 8_000));
        policy.setLiquidationTerms(terms);
        assertEq(vault.callOf(loan).deadline, deadline);
        skipLive(deadline - vault.liveTime() - 1);
        _refuse();
    }

    function _borrow(uint256 debt) private {
        vm.prank(borrower);
        vault.borrow(loan, debt, borrower);
    }

    /// @dev A print that has had time to become the smoothed price too.
    function _settlePrice(uint256 priceWad) private {
        setPriceWad(address(weth), priceWad);
        skipLive(12);
    }

    function _refuse() private {
        vm.expectPartialRevert(ILiquidator.NotLiquidatable.selector);
        vm.prank(keeper);
        vault.liquidate(loan, bidding, ONE, type(int256).max, "");
    }

    function _liquidate() private {
        vm.prank(keeper);
        vault.liquidate(loan, bidding, ONE, type(int256).max, "");
    }

    /// @dev The least print of the feed, eight digits, at which as much as `debtWad` counts. Found by bisection on the
    /// haircut's formula, written out again here.
    function _priceAtHealthOne(uint256 debtWad) private pure returns (uint256) {
        uint256 low = 1;
        uint256 high = 20_000e8;
        while (low < high) {
            uint256 middle = (low + high) / 2;
            uint256 value = WETH_HELD * middle * 1e10 / ONE;
            uint256 counted = value * 8_300 * 100_000e18 / (10_000 * (100_000e18 + WETH_HELD));
            if (counted >= debtWad) high = middle;
            else low = middle + 1;
        }
        return low * 1e10;
    }
}
