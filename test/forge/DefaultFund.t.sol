// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {ERC4626} from "@openzeppelin/contracts/token/ERC20/extensions/ERC4626.sol";
import {RedeemRequest} from "../../contracts/interfaces/IDefaultFund.sol";
import {AccountId, toAccountId} from "../../contracts/types/AccountId.sol";
import {ILossWaterfall} from "../../contracts/interfaces/ILossWaterfall.sol";
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
            quote.approve(address(junior), type(uint256).max);
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

    /// @dev V35, V68: the first depositor buys a share, gives the fund a fortune, and waits for the next. A gift is not
    /// the shares': however large it is, the next one loses rounding, and he all of it.
    function testFuzz_V68_aGiftMovesNoPrice(uint256 first, uint256 gift, uint256 amount) public {
        first = bound(first, 1, 1_000 * USD);
        gift = bound(gift, 1, 1e9 * USD);
        amount = bound(amount, 1, 1e9 * USD);
        uint256 stolen = _deposit(thief, first);
        AccountId fundAccount = junior.fundAccount();
        uint256 price = junior.convertToAssets(1e24);
        vm.prank(thief);
        vault.deposit(fundAccount, address(quote), gift);
        assertApproxEqRel(junior.convertToAssets(1e24), price, 1e18 / first + 1);
        uint256 shares = _deposit(backer, amount);
        assertGe(junior.previewRedeem(shares) + 3 + amount / first / 1_000, amount, "the next one lost");
        // what he may have earned meanwhile is a day's interest
        assertLe(junior.previewRedeem(stolen), first + first / 1_000 + 1, "the thief gained");
    }

    /// @dev V66: whoever comes when a gain is known, and leaves when it is there, shares it for the time that he was
    /// there, and bears the risk of all of it.
    function testFuzz_V66_aGainIsForThoseWhoWereThere(uint256 gain, uint256 late) public {
        _deposit(friend, 10_000 * USD);
        gain = bound(gain, 10 * USD, 1_000 * USD);
        AccountId fundAccount = junior.fundAccount();
        vm.prank(thief);
        vault.deposit(fundAccount, address(quote), gain);
        late = bound(late, 0, 6 days);
        junior.harvest();
        skipLive(late);
        uint256 shares = enter(junior, backer, 10_000 * USD);
        uint256 entered = junior.previewRedeem(shares);
        uint256 interest = junior.previewRedeem(junior.balanceOf(friend));
        assertLe(entered, 10_000 * USD + 2 * USD, "a part of the gain was there at once");
        skipLive(8 days);
        uint256 earned = junior.previewRedeem(shares) - entered;
        // half of what was still to come, and a week's interest
        uint256 most = gain * (7 days - late - FUND_ENTRY) / 7 days / 2 + interest / 100;
        assertLe(earned, late + FUND_ENTRY > 7 days ? interest / 100 : most);
    }

    /// @dev Whatever comes and is paid in between, nothing of it is lost or made: shares and what waits for them are
    /// the account.
    function testFuzz_V68_sharesAndWaitingGainsAreTheAccount(uint256 seed) public {
        _deposit(backer, 1_000 * USD);
        vault.setWaterfall(ILossWaterfall(address(this)));
        AccountId fundAccount = junior.fundAccount();
        for (uint256 i; i < 12; ++i) {
            seed = uint256(keccak256(abi.encode(seed)));
            uint256 amount = bound(seed >> 8, 1, 200 * USD);
            uint256 price = junior.convertToAssets(1e24);
            bool pays = seed % 3 == 0;
            if (pays) {
                junior.pay(fundAccount, amount * 1e12);
            } else if (seed % 3 == 1) {
                vm.prank(thief);
                vault.deposit(fundAccount, address(quote), amount);
            } else {
                junior.harvest();
            }
            assertLe(junior.totalAssets(), uint256(vault.cashOf(fundAccount)) / 1e12);
            if (!pays) assertGe(junior.convertToAssets(1e24) * 1_000_001 / 1_000_000 + 1e16, price);
            skipLive(bound(seed >> 128, 0, 3 days));
        }
    }

    /// @dev Tokens sent to the fund itself are nobody's.
    function test_V68_tokensSentToTheFundCountForNothing() public {
        uint256 shares = _deposit(backer, 1_000 * USD);
        uint256 worth = junior.previewRedeem(shares);
        quote.mint(address(junior), 1_000_000 * USD);
        assertEq(junior.previewRedeem(shares), worth);
    }

    function testFuzz_P21_depositAndRedemptionNeverProfit(uint256 seedMoney, uint256 amount, uint256 interest) public {
        _deposit(friend, bound(seedMoney, 1, 1e6 * USD));
        skipLive(bound(interest, 1, 300 days));
        amount = bound(amount, 1, 1e6 * USD);
        vm.prank(backer);
        junior.requestDeposit(amount);
        skipLive(FUND_ENTRY);
        amount = junior.maxDeposit(backer); // with a day's interest, or a unit less
        if (amount == 0) return;
        uint256 before = junior.previewRedeem(junior.balanceOf(friend));
        vm.prank(backer);
        uint256 shares = junior.deposit(amount, backer);
        assertLe(junior.previewRedeem(shares), amount);
        // a unit for the fund's cash, which is rounded down to units, and one for its own rounding
        assertGe(junior.previewRedeem(junior.balanceOf(friend)) + 2, before, "the others paid");
    }

    /* NOTICE */

    function testFuzz_V66_sharesLeaveOnlyInTheirWindow(uint256 wait, uint256 part) public {
        uint256 shares = _deposit(backer, 1_000 * USD);
        uint256 noticed = bound(part, 1, shares);
        vm.startPrank(backer);
        junior.requestRedeem(noticed);
        uint256 given = block.timestamp;
        skip(bound(wait, 0, 20 days));
        uint256 elapsed = block.timestamp - given;
        if (elapsed < FUND_COOLDOWN || elapsed > FUND_COOLDOWN + FUND_WINDOW) {
            assertEq(junior.maxRedeem(backer), 0);
            assertEq(junior.maxWithdraw(backer), 0);
            vm.expectPartialRevert(ERC4626.ERC4626ExceededMaxRedeem.selector);
            junior.redeem(1, backer, backer);
        } else {
            assertEq(junior.maxRedeem(backer), noticed);
            vm.expectPartialRevert(ERC4626.ERC4626ExceededMaxRedeem.selector);
            junior.redeem(noticed + 1, backer, backer);
            if (junior.previewRedeem(noticed) != 0) junior.redeem(noticed, backer, backer);
            if (junior.balanceOf(backer) == shares - noticed) {
                assertEq(junior.maxRedeem(backer), 0, "notice is used up");
            }
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
            uint256 balance = junior.balanceOf(from);
            uint256 amount = bound(seed >> 8, 0, balance);
            RedeemRequest memory toBefore = junior.requestOf(to);
            vm.prank(from);
            if ((seed >> 4) % 3 == 0) {
                junior.requestRedeem(amount);
            } else {
                junior.transfer(to, amount);
            }
            RedeemRequest memory toAfter = junior.requestOf(to);
            assertEq(abi.encode(toAfter), abi.encode(toBefore), "notice came with shares");
            assertLe(junior.requestOf(from).shares, junior.balanceOf(from));
            skip((seed >> 200) % 2 days);
        }
    }

    function test_V66_sharesUnderNoticeStillPay() public {
        uint256 shares = _deposit(backer, 1_000 * USD);
        vm.prank(backer);
        junior.requestRedeem(shares);
        skip(FUND_COOLDOWN);
        uint256 worth = junior.previewRedeem(shares);
        vault.setWaterfall(ILossWaterfall(address(this)));
        junior.pay(toAccountId(friend, 0), 500e18);
        assertLe(junior.previewRedeem(shares) + 499 * USD, worth);
    }

    /// @dev A fund that has paid everything takes new money, and those who lost do not share in it.
    function testFuzz_V68_afterATotalLossNewMoneyIsItsOwners(uint256 amount) public {
        _deposit(backer, 1_000 * USD);
        ILossWaterfall real = vault.waterfall();
        vault.setWaterfall(ILossWaterfall(address(this)));
        junior.pay(toAccountId(friend, 0), 1_000_000e18);
        vault.setWaterfall(real);
        assertEq(junior.totalAssets(), 0);
        amount = bound(amount, 10 * USD, 1e6 * USD);
        uint256 shares = _deposit(friend, amount);
        assertGe(junior.previewRedeem(shares) + amount / 1_000 + 1, amount);
    }

    /// @dev Found by a run of the invariants: a tranche that had paid all it had, and was filled again three times over
    /// had more shares than notice could be given for, and whoever had brought the last money could not leave [FND-19].
    function test_FND19_whoeverEntersCanGiveNoticeHoweverOftenTheTrancheWasWipedOut() public {
        uint256 entered;
        for (uint256 i; i < 8; ++i) {
            quote.mint(backer, 1_000 * USD);
            vm.startPrank(backer);
            junior.requestDeposit(1_000 * USD);
            skipLive(FUND_ENTRY);
            uint256 most = junior.maxDeposit(backer);
            uint256 back = uint256(vault.cashOf(_entryOf(backer))) / 1e12;
            if (most != 0) junior.deposit(most, backer);
            entered += most == 0 ? 0 : 1;
            // what cannot enter is still his
            if (most < back) junior.cancelDeposit(back - most, backer);
            junior.requestRedeem(junior.balanceOf(backer));
            vm.stopPrank();
            assertLe(junior.totalSupply(), type(uint128).max);
            assertEq(junior.requestOf(backer).shares, junior.balanceOf(backer));
            vm.prank(address(waterfall));
            junior.pay(toAccountId(friend, 0), type(uint128).max);
        }
        assertGt(entered, 2, "it takes more than one loss");
        assertLt(entered, 8, "it never closed");
    }

    function _entryOf(address holder) private view returns (AccountId) {
        return toAccountId(address(junior), junior.depositRequestOf(holder).index);
    }

    function _deposit(address who, uint256 amount) private returns (uint256 shares) {
        uint256 before = quote.balanceOf(who);
        shares = enter(junior, who, amount);
        assertEq(quote.balanceOf(who), before);
    }
}
