// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IUniswapV2Factory} from "@uniswap/v2-core/contracts/interfaces/IUniswapV2Factory.sol";
import {ILiquidator} from "../../contracts/interfaces/ILiquidator.sol";
import {LossTotals} from "../../contracts/interfaces/ILossWaterfall.sol";
import {MarginState} from "../../contracts/types/MarginCall.sol";
import {UniswapV2FlashLiquidator} from "../../contracts/liquidation/UniswapV2FlashLiquidator.sol";
import {LiquidationPlan} from "../../contracts/math/LiquidationMath.sol";
import {AccountId, toAccountId} from "../../contracts/types/AccountId.sol";
import {LiquidationTerms} from "../../contracts/types/PolicyParams.sol";
import {System} from "./fixtures/System.sol";
import {UniswapV2} from "./fixtures/UniswapV2.sol";

/// @notice The life of a loan from deposit to every kind of end, each on the real contracts.
contract LifeTest is System, UniswapV2 {
    uint256 private constant WHOLE = 1e18;
    uint256 private constant USD = 1e6;

    address private lender = makeAddr("lender");
    address private borrower = makeAddr("borrower");
    address private keeper = makeAddr("keeper");
    AccountId private lending = toAccountId(lender, 0);
    AccountId private loan = toAccountId(borrower, 0);
    AccountId private bidding = toAccountId(keeper, 0);

    function setUp() public {
        deploySystem();
        give(lender, lending, quote, 1_000_000 * USD);
        give(keeper, bidding, quote, 500_000 * USD);
        give(borrower, loan, weth, 100 * WHOLE);
        vm.prank(borrower);
        vault.borrow(loan, 150_000 * USD, borrower);
    }

    function test_life_repaidInFull() public {
        skipLive(30 days);
        uint256 owed = vault.debtOf(loan);
        assertGt(owed, 150_000 * USD);
        quote.mint(borrower, owed - 150_000 * USD);
        vm.startPrank(borrower);
        quote.approve(address(vault), owed);
        assertEq(vault.repay(loan, type(uint256).max), owed);
        assertEq(vault.withdraw(loan, address(weth), type(uint256).max, borrower), 100 * WHOLE);
        vm.stopPrank();
        assertEq(vault.debtOf(loan), 0);
        vm.prank(lender);
        assertGt(vault.withdraw(lending, address(quote), type(uint256).max, lender), 1_000_000 * USD);
    }

    function test_life_calledThenSoldInPartWithCapital() public {
        setPrice(weth, 1_750);
        assertEq(uint8(vault.stateOf(loan)), uint8(MarginState.Callable));
        vm.prank(keeper);
        uint256 deadline = vault.call(loan);
        assertEq(uint8(vault.stateOf(loan)), uint8(MarginState.Called));
        skipLive(deadline - vault.liveTime());
        int256 before = healthOf(loan);
        vm.prank(keeper);
        LiquidationPlan memory plan = vault.liquidate(loan, bidding, WHOLE, type(int256).max, "");
        assertLt(plan.fraction, WHOLE);
        assertGt(plan.bonus, 0);
        assertGt(healthOf(loan), before);
        assertGe(healthOf(loan), 1.2e18);
        assertEq(vault.callOf(loan).calledAt, 0, "a sale that reaches its target ends the call");
        assertGt(vault.collateralOf(bidding, address(weth)), 0);
    }

    function test_life_soldInPartWithoutCapitalThroughUniswap() public {
        IUniswapV2Factory factory = deployUniswap();
        UniswapV2FlashLiquidator flash = new UniswapV2FlashLiquidator(vault, factory);
        openPair(factory, weth, 20_000 * WHOLE, quote, 20_000 * 1_750 * USD);
        setPrice(weth, 1_750);
        skipLive(vault.call(loan) - vault.liveTime());
        int256 before = healthOf(loan);
        (uint256 profit,) = flash.liquidate(loan, WHOLE, 1 * USD, keeper);
        assertEq(quote.balanceOf(keeper), profit);
        assertGe(profit, 1 * USD);
        assertGt(healthOf(loan), before);
        assertEq(vault.collateralOf(flash.bidder(), address(weth)), 0);
        assertGe(vault.cashOf(flash.bidder()), 0);
    }

    function test_life_insolvencyGoesDownTheWaterfall() public {
        address backer = makeAddr("backer");
        enter(junior, backer, 7_000 * USD);
        enter(senior, backer, 3_000 * USD);
        skipLive(30 days);
        uint256 reserves = vault.reserves();
        assertGt(reserves, 0);
        uint256 mayPay = waterfall.coverLeft(address(weth));
        int256 lent = vault.cashOf(lending);
        int256 bidderBefore = assess(bidding).mark.equity;

        setPrice(weth, 1_000);
        vm.prank(keeper);
        LiquidationPlan memory plan = vault.liquidate(loan, bidding, WHOLE, type(int256).max, "");
        assertEq(plan.fraction, WHOLE);
        assertGt(plan.shortfall, 50_000 * WHOLE);
        assertEq(vault.collateralOf(loan, address(weth)), 0);
        assertApproxEqAbs(vault.cashOf(loan), 0, 1e12);
        assertEq(vault.reserves(), 0, "reserves first");
        LossTotals memory lost_ = waterfall.lossesOf(address(weth));
        assertApproxEqAbs(lost_.fromJunior + lost_.fromSenior, mayPay, 1e12, "then the fund, as far as it may");
        assertEq(lost_.fromReserves, reserves);
        int256 lost = lent - vault.cashOf(lending);
        assertGt(lost, 0, "then the lenders");
        assertEq(plan.pay, -int256(plan.shortfall), "all of it was covered");
        assertGe(assess(bidding).mark.equity - bidderBefore, int256(plan.bonus) - lost, "and the bidder has his bonus");
    }

    /// @dev Nobody covers anything: the bidder goes without, if his limit lets him, and the loss stays with him.
    function test_life_whatNobodyCoversTheBidderGoesWithout() public {
        LiquidationTerms memory terms = policy.liquidationTerms();
        terms.socialisationCapBps = 0;
        policy.setLiquidationTerms(terms);
        setPrice(weth, 1_000);
        LiquidationPlan memory promised = vault.preview(loan, WHOLE);
        int256 bidderBefore = assess(bidding).mark.equity;
        vm.startPrank(keeper);
        vm.expectRevert(abi.encodeWithSelector(ILiquidator.PayAboveLimit.selector, 0, promised.pay));
        vault.liquidate(loan, bidding, WHOLE, promised.pay, "");
        vault.liquidate(loan, bidding, WHOLE, 0, "");
        vm.stopPrank();
        assertEq(vault.cashOf(loan), 0);
        int256 due = int256(promised.bonus) - int256(promised.shortfall);
        assertApproxEqAbs(assess(bidding).mark.equity - bidderBefore, due, 10);
    }

    function test_life_pausedAndRepaid() public {
        vault.pause();
        quote.mint(borrower, 1_000 * USD);
        vm.startPrank(borrower);
        quote.approve(address(vault), type(uint256).max);
        vault.repay(loan, 1_000 * USD);
        vault.repay(loan, type(uint256).max);
        vault.withdraw(loan, address(weth), type(uint256).max, borrower);
        vm.stopPrank();
        assertEq(weth.balanceOf(borrower), 100 * WHOLE);
    }
}
