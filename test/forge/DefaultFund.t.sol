// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {ERC4626} from "@openzeppelin/contracts/token/ERC20/extensions/ERC4626.sol";
import {RedeemRequest} from "../../contracts/interfaces/IDefaultFund.sol";
import {AccountId, toAccountId} from "../../contracts/types/AccountId.sol";
import {ModuleRight} from "../../contracts/types/ModuleRight.sol";
import {System} from "./fixtures/System.sol";

/// @notice Shares of the default fund: no way to inflate them, to leave early, or to carry notice along.
contract DefaultFundTest is System {
    uint256 private constant USD = 1e6;

    address private immutable thief = makeAddr("thief");
    address private immutable backer = makeAddr("backer");
    address private immutable friend = makeAddr("friend");

    function setUp() public {
        deploySystem();
        address[3] memory holders = [thief, backer, friend];
        for (uint256 i; i < holders.length; ++i) {
            quote.mint(holders[i], 1e12 * USD);
            vm.startPrank(holders[i]);
            quote.approve(address(fund), type(uint256).max);
            quote.approve(address(vault), type(uint256).max);
            vm.stopPrank();
        }
        // somebody owes and somebody lends, so that the fund's cash grows
        AccountId debtor = toAccountId(makeAddr("debtor"), 0);
        give(makeAddr("bank"), toAccountId(makeAddr("bank"), 0), quote, 1_000_000 * USD);
        give(debtor.owner(), debtor, weth, 500e18);
        vm.prank(debtor.owner());
        vault.borrow(debtor, 700_000 * USD, debtor.owner());
    }

    /// @dev V35, V68: the first depositor buys a share, gives the fund a fortune, and waits for the next. Whatever the
    /// gift, he loses more than the other, who loses at most a thousandth of the gift's size, and a token unit.
    function testFuzz_V68_aGiftRobsNobodyOfMoreThanAThousandthOfIt(uint256 first, uint256 gift, uint256 amount) public {
        first = bound(first, 1, 1_000 * USD);
        gift = bound(gift, 1, 1e9 * USD);
        amount = bound(amount, 1, 1e9 * USD);
        uint256 stolen = _deposit(thief, first);
        AccountId fundAccount = fund.fundAccount();
        vm.prank(thief);
        vault.deposit(fundAccount, address(quote), gift);
        uint256 shares = _deposit(backer, amount);
        uint256 worth = fund.previewRedeem(shares);
        uint256 lost = amount - worth;
        assertLe(lost, gift / 1_000 / first + 2);
        assertLe(fund.previewRedeem(stolen), first + gift, "the thief gained");
        assertLe(fund.previewRedeem(stolen) + worth, first + gift + amount);
    }

    /// @dev Tokens sent to the fund itself are nobody's.
    function test_V68_tokensSentToTheFundCountForNothing() public {
        uint256 shares = _deposit(backer, 1_000 * USD);
        uint256 worth = fund.previewRedeem(shares);
        quote.mint(address(fund), 1_000_000 * USD);
        assertEq(fund.previewRedeem(shares), worth);
    }

    function testFuzz_P21_depositAndRedemptionNeverProfit(uint256 seedMoney, uint256 amount, uint256 interest) public {
        _deposit(friend, bound(seedMoney, 1, 1e6 * USD));
        skipLive(bound(interest, 1, 300 days));
        amount = bound(amount, 1, 1e6 * USD);
        uint256 before = fund.previewRedeem(fund.balanceOf(friend));
        uint256 shares = _deposit(backer, amount);
        assertLe(fund.previewRedeem(shares), amount);
        // a unit for the fund's cash, which is rounded down to units, and one for its own rounding
        assertGe(fund.previewRedeem(fund.balanceOf(friend)) + 2, before, "the others paid");
    }

    /* NOTICE */

    function testFuzz_V66_sharesLeaveOnlyInTheirWindow(uint256 wait, uint256 part) public {
        uint256 shares = _deposit(backer, 1_000 * USD);
        uint256 noticed = bound(part, 1, shares);
        vm.startPrank(backer);
        fund.requestRedeem(noticed);
        skip(bound(wait, 0, 20 days));
        uint256 elapsed = block.timestamp - START;
        if (elapsed < FUND_COOLDOWN || elapsed > FUND_COOLDOWN + FUND_WINDOW) {
            assertEq(fund.maxRedeem(backer), 0);
            assertEq(fund.maxWithdraw(backer), 0);
            vm.expectPartialRevert(ERC4626.ERC4626ExceededMaxRedeem.selector);
            fund.redeem(1, backer, backer);
        } else {
            assertEq(fund.maxRedeem(backer), noticed);
            vm.expectPartialRevert(ERC4626.ERC4626ExceededMaxRedeem.selector);
            fund.redeem(noticed + 1, backer, backer);
            if (fund.previewRedeem(noticed) != 0) fund.redeem(noticed, backer, backer);
            if (fund.balanceOf(backer) == shares - noticed) assertEq(fund.maxRedeem(backer), 0, "notice is used up");
        }
        vm.stopPrank();
    }

    /// @dev Any order of passing shares to and fro: notice is never for more than is held and never moves.
    function testFuzz_V66_noticePassesWithNoShare(uint256 seed) public {
        _deposit(backer, 1_000 * USD);
        _deposit(friend, 500 * USD);
        for (uint256 i; i < 16; ++i) {
            seed = uint256(keccak256(abi.encode(seed)));
            (address from, address to) = seed % 2 == 0 ? (backer, friend) : (friend, backer);
            uint256 balance = fund.balanceOf(from);
            uint256 amount = bound(seed >> 8, 0, balance);
            RedeemRequest memory toBefore = fund.requestOf(to);
            vm.prank(from);
            if ((seed >> 4) % 3 == 0) {
                fund.requestRedeem(amount);
            } else {
                fund.transfer(to, amount);
            }
            RedeemRequest memory toAfter = fund.requestOf(to);
            assertEq(abi.encode(toAfter), abi.encode(toBefore), "notice came with shares");
            assertLe(fund.requestOf(from).shares, fund.balanceOf(from));
            skip((seed >> 200) % 2 days);
        }
    }

    function test_V66_sharesUnderNoticeStillPay() public {
        uint256 shares = _deposit(backer, 1_000 * USD);
        vm.prank(backer);
        fund.requestRedeem(shares);
        skip(FUND_COOLDOWN);
        uint256 worth = fund.previewRedeem(shares);
        vault.setModule(address(this), ModuleRight.COVER_LOSS);
        fund.payLoss(toAccountId(friend, 0), 500e18);
        assertLe(fund.previewRedeem(shares) + 499 * USD, worth);
    }

    /// @dev A fund that has paid everything takes new money, and those who lost do not share in it.
    function testFuzz_V68_afterATotalLossNewMoneyIsItsOwners(uint256 amount) public {
        _deposit(backer, 1_000 * USD);
        vault.setModule(address(this), ModuleRight.COVER_LOSS);
        fund.payLoss(toAccountId(friend, 0), 1_000_000e18);
        assertEq(fund.totalAssets(), 0);
        amount = bound(amount, 10 * USD, 1e6 * USD);
        uint256 shares = _deposit(friend, amount);
        assertGe(fund.previewRedeem(shares) + amount / 1_000 + 1, amount);
    }

    function _deposit(address who, uint256 amount) private returns (uint256) {
        vm.prank(who);
        return fund.deposit(amount, who);
    }
}
