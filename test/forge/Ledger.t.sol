// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {MockERC20} from "../../contracts/mocks/MockERC20.sol";
import {AccountId, toAccountId} from "../../contracts/types/AccountId.sol";
import {System} from "./fixtures/System.sol";

/// @notice Who loses a wei: always the actor. Every fuzz run starts from indices that interest has made uneven.
contract LedgerTest is System {
    uint256 private constant USD = 1e6;
    uint256 private constant SCALE = 1e12;
    /// most that a round trip may cost, quote WAD: a token unit where the debt is rounded up to be paid, wei elsewhere
    uint256 private constant WEI = 16;

    address private immutable lender = makeAddr("lender");
    address private immutable borrower = makeAddr("borrower");
    AccountId private lending = toAccountId(lender, 0);
    AccountId private loan = toAccountId(borrower, 0);
    AccountId private other = toAccountId(borrower, 1);

    function setUp() public {
        deploySystem();
        AccountId bank = toAccountId(makeAddr("bank"), 0);
        give(bank.owner(), bank, quote, 10_000_000 * USD);
        AccountId debtor = toAccountId(makeAddr("debtor"), 0);
        give(debtor.owner(), debtor, weth, 5_000e18);
        vm.prank(debtor.owner());
        vault.borrow(debtor, 7_000_000 * USD, debtor.owner());
        give(borrower, loan, weth, 10_000e18);
        vm.prank(borrower);
        quote.approve(address(vault), type(uint256).max);
    }

    /* ROUND TRIPS (P21) */

    function testFuzz_P21_depositAndWithdrawalInOneBlockNeverProfit(uint256 amount, uint256 idle) public {
        _age(idle);
        amount = bound(amount, 1, 1e9 * USD);
        give(lender, lending, quote, amount);
        int256 cash = vault.cashOf(lending);
        assertLe(cash, int256(amount * SCALE));
        assertGe(cash + int256(WEI), int256(amount * SCALE));
        uint256 back = uint256(cash) / SCALE;
        if (back == 0) return;
        vm.prank(lender);
        vault.withdraw(lending, address(quote), back, lender);
        assertLe(quote.balanceOf(lender), amount);
        assertLe(quote.balanceOf(lender) + uint256(vault.cashOf(lending)) / SCALE, amount);
    }

    function testFuzz_P21_borrowingAndRepaymentInOneBlockNeverProfit(uint256 amount, uint256 idle) public {
        _age(idle);
        amount = _borrowable(amount);
        vm.startPrank(borrower);
        vault.borrow(loan, amount, borrower);
        uint256 owed = vault.debtOf(loan);
        assertGe(owed, amount);
        assertLe(owed, amount + 1);
        quote.mint(borrower, owed - amount);
        assertEq(vault.repay(loan, type(uint256).max), owed);
        vm.stopPrank();
        assertGe(vault.cashOf(loan), 0);
        assertLe(vault.cashOf(loan), int256((owed - amount) * SCALE));
    }

    function testFuzz_P21_movingCashToAndFroNeverProfits(uint256 amount, uint256 back, uint256 idle) public {
        _age(idle);
        amount = bound(amount, 1, 1_000_000 * USD);
        give(borrower, other, quote, amount);
        int256 before = vault.cashOf(other);
        back = bound(back, 1, amount);
        if (uint256(before) / SCALE < back) return;
        vm.startPrank(borrower);
        vault.transfer(other, loan, address(quote), back);
        uint256 returned = uint256(vault.cashOf(loan)) / SCALE;
        if (returned != 0) vault.transfer(loan, other, address(quote), returned);
        vm.stopPrank();
        assertLe(vault.cashOf(other) + vault.cashOf(loan), before);
    }

    function testFuzz_P21_collateralComesBackToTheUnit(uint256 amount, uint256 part, uint256 what) public {
        MockERC20 asset = MockERC20(assets[what % assets.length]);
        amount = bound(amount, 2, policy.collateralRisk(address(asset)).supplyCap / 2);
        give(borrower, other, asset, amount);
        part = bound(part, 1, amount - 1);
        vm.startPrank(borrower);
        vault.withdraw(other, address(asset), part, borrower);
        assertEq(vault.collateralOf(other, address(asset)), amount - part);
        vault.withdraw(other, address(asset), type(uint256).max, borrower);
        vm.stopPrank();
        assertEq(asset.balanceOf(borrower), amount);
        assertEq(vault.collateralOf(other, address(asset)), 0);
    }

    /* SPLITTING (P22) */

    function testFuzz_P22_aDepositInPartsIsWorthNoMore(uint256 amount, uint256 cut, uint256 idle) public {
        _age(idle);
        amount = bound(amount, 2, 1e9 * USD);
        cut = bound(cut, 1, amount - 1);
        give(lender, lending, quote, amount);
        give(borrower, other, quote, cut);
        give(borrower, other, quote, amount - cut);
        assertLe(vault.cashOf(other), vault.cashOf(lending));
    }

    function testFuzz_P22_aLoanInPartsOwesNoLess(uint256 amount, uint256 cut, uint256 idle) public {
        _age(idle);
        amount = _borrowable(amount);
        cut = bound(cut, 100 * USD, amount);
        uint256 id = vm.snapshotState();
        vm.prank(borrower);
        vault.borrow(loan, amount, borrower);
        int256 once = vault.cashOf(loan);
        vm.revertToState(id);
        vm.startPrank(borrower);
        vault.borrow(loan, cut, borrower);
        if (cut != amount) vault.borrow(loan, amount - cut, borrower);
        vm.stopPrank();
        assertLe(vault.cashOf(loan), once);
        assertGe(vault.cashOf(loan) + int256(WEI), once);
    }

    /* TOKENS OF ANY DECIMALS */

    function testFuzz_value_isTheSameWhateverTheDecimals(uint256 whole) public {
        whole = bound(whole, 1, 1_000);
        give(borrower, other, wbtc, whole * 1e8);
        int256 wbtcEquity = assess(other).mark.equity;
        assertEq(wbtcEquity, int256(whole * 40_000e18));
        vm.prank(borrower);
        vault.withdraw(other, address(wbtc), type(uint256).max, borrower);
        give(borrower, other, gold, whole * 1e6);
        assertEq(assess(other).mark.equity, int256(whole * 2_500e18));
    }

    /* INTEREST */

    /// @dev Ten idle years at the steepest curve and then everybody leaves.
    function testFuzz_P16_exitIsOpenAfterYearsOfNothing(uint256 time) public {
        time = bound(time, 1 days, 3_650 days);
        vm.prank(borrower);
        vault.borrow(loan, 1_000 * USD, borrower);
        skip(time); // every feed is dead by now
        uint256 owed = vault.debtOf(loan);
        quote.mint(borrower, owed);
        vm.startPrank(borrower);
        vault.repay(loan, type(uint256).max);
        vault.withdraw(loan, address(weth), type(uint256).max, borrower);
        vm.stopPrank();
        assertEq(weth.balanceOf(borrower), 10_000e18);
    }

    /// @dev Interest in between, so that nothing divides evenly.
    function _age(uint256 idle) private {
        skip(bound(idle, 1, 700 days));
        vault.accrue();
        skipLive(1);
    }

    function _borrowable(uint256 amount) private view returns (uint256) {
        uint256 most = engine.largestBorrow(vault.portfolio(loan)) / SCALE;
        uint256 liquid = vault.liquidity();
        return bound(amount, 100 * USD + 1, (most < liquid ? most : liquid) - 1);
    }
}
