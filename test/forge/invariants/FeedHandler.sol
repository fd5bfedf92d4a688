// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Haircut} from "../../../contracts/math/Haircut.sol";
import {MockERC20} from "../../../contracts/mocks/MockERC20.sol";
import {AccountId, toAccountId} from "../../../contracts/types/AccountId.sol";
import {CollateralRisk} from "../../../contracts/types/PolicyParams.sol";
import {Price, PriceStatus} from "../../../contracts/types/Price.sol";
import {Feeds} from "./Feeds.sol";

/// @notice Borrowers of one collateral each, and one of all three, whose feeds fail.
contract FeedHandler is Feeds {
    uint256 private constant USD = 1e6;

    address private immutable lender = makeAddr("lender");
    address private immutable borrower = makeAddr("borrower");
    address private immutable bidder = makeAddr("bidder");
    AccountId private immutable bidding = toAccountId(bidder, 0);
    /// 0 to 2 with the collateral of that number, 3 with all of them
    AccountId[4] private borrowers;

    constructor() {
        give(lender, toAccountId(lender, 0), quote, 20_000_000 * USD);
        give(bidder, bidding, quote, 20_000_000 * USD);
        for (uint256 i; i < 4; ++i) {
            borrowers[i] = toAccountId(borrower, uint96(i));
            _stock(i);
            vm.prank(borrower);
            vault.borrow(borrowers[i], 60_000 * USD, borrower);
        }
    }

    function actions() external pure returns (bytes4[] memory list) {
        bytes4[12] memory all = [
            this.print.selector,
            this.print.selector,
            this.printSecond.selector,
            this.breakOrMend.selector,
            this.breakOrMend.selector,
            this.alarm.selector,
            this.wait_.selector,
            this.poke.selector,
            this.borrow.selector,
            this.withdraw.selector,
            this.repay.selector,
            this.liquidate.selector
        ];
        list = new bytes4[](all.length);
        for (uint256 i; i < all.length; ++i) {
            list[i] = all[i];
        }
    }

    /// @notice More debt, which no failed feed may carry.
    function borrow(uint256 who, uint256 amount) external {
        AccountId account = borrowers[who % 4];
        if (vault.portfolio(account).collateral.length == 0) _stock(who % 4);
        uint256 room = engine.largestBorrow(vault.portfolio(account)) / 1e12;
        // more often than not as much as there is room for
        if (room == 0) amount = _bound(amount, 100 * USD, 1_000 * USD);
        else amount = amount % 4 != 0 ? room : _bound(amount, 1, room);
        vm.prank(borrower);
        (bool ok,) = address(vault).call(abi.encodeCall(vault.borrow, (account, amount, borrower)));
        if (ok) _claimCarried(account, "borrowed on a failed feed");
        _count(ok ? bytes32("borrow") : bytes32("no borrow"));
        _settle();
    }

    /// @notice Collateral out from beside a debt, which needs the rest to carry it.
    function withdraw(uint256 who, uint256 what, uint256 amount) external {
        AccountId account = borrowers[who % 4];
        address asset = assets[what % 3];
        uint256 held = vault.collateralOf(account, asset);
        if (held < 4) return;
        amount = _bound(amount, 1, held / 4);
        vm.prank(borrower);
        (bool ok,) = address(vault).call(abi.encodeCall(vault.withdraw, (account, asset, amount, borrower)));
        if (ok && vault.cashOf(account) < 0) _claimCarried(account, "withdrew on a failed feed");
        // what is Down goes back to where it stands alone only (VLT-39)
        bool alone = vault.portfolio(account).collateral.length == 1;
        if (ok && (alone || oracle.read(asset).status != PriceStatus.Down)) {
            give(borrower, account, MockERC20(asset), amount);
        }
        _count(ok ? bytes32("withdraw") : bytes32("no withdraw"));
        _settle();
    }

    /// @notice Repayment never fails, whatever the feeds do.
    function repay(uint256 who, uint256 part) external {
        AccountId account = borrowers[who % 4];
        uint256 debt = vault.debtOf(account);
        if (debt == 0) return;
        uint256 amount = part % 2 == 0 || debt < 1_000 * USD ? type(uint256).max : debt / 3;
        quote.mint(borrower, debt);
        vm.startPrank(borrower);
        quote.approve(address(vault), debt);
        (bool ok,) = address(vault).call(abi.encodeCall(vault.repay, (account, amount)));
        vm.stopPrank();
        _claim("P25", ok, "repayment failed");
        _count("repay");
        _settle();
    }

    /// @notice A sale of the whole account: what is dead stays, and what is doubtful sells nobody by itself.
    function liquidate(uint256 who, uint256 drop) external {
        AccountId account = borrowers[who % 4];
        if (drop % 2 == 0 && vault.cashOf(account) < 0) {
            for (uint256 i; i < 3; ++i) {
                if (who % 4 == i || who % 4 == 3) crash(i, drop);
            }
        }
        int256 cash = vault.cashOf(account);
        uint256[3] memory held;
        bool oneUnhealthy = true;
        for (uint256 i; i < 3; ++i) {
            held[i] = vault.collateralOf(account, assets[i]);
            if (held[i] != 0 && who % 4 < 3) oneUnhealthy = _isUnhealthyByAll(assets[i], held[i], cash);
        }
        bytes memory data = abi.encodeCall(vault.liquidate, (account, bidding, 1e18, type(int256).max, new bytes(0)));
        vm.prank(bidder);
        (bool ok,) = address(vault).call(data);
        _count(ok ? bytes32("liquidation") : bytes32("no liquidation"));
        if (!ok) return;
        // where no leg has a price nothing is sold, and a liquidation of who owes more than he last had moves nothing
        bool sold;
        for (uint256 i; i < 3; ++i) {
            if (vault.collateralOf(account, assets[i]) != held[i]) sold = true;
        }
        _claim("P25", oneUnhealthy || !sold, "sold by a failed feed alone");
        for (uint256 i; i < 3; ++i) {
            bool isDown_ = oracle.read(assets[i]).status == PriceStatus.Down;
            bool kept = vault.collateralOf(account, assets[i]) == held[i];
            _claim("P25", !isDown_ || kept, "sold at a dead price");
            if (held[i] != 0 && isDown_) _count("sold beside a dead feed");
            if (held[i] != 0 && !isDown_ && isFailed(assets[i])) _count("sold by a doubtful feed");
        }
        _settle();
    }

    /// @dev Collateral for about 100,000 where the feeds began: of one asset, or a third of all.
    function _stock(uint256 who) private {
        uint256[3] memory worth = [uint256(50e18), 2.5e8, 40e6];
        for (uint256 j; j < 3; ++j) {
            if (who == j) give(borrower, borrowers[who], MockERC20(assets[j]), worth[j]);
            else if (who == 3) give(borrower, borrowers[who], MockERC20(assets[j]), worth[j] / 3);
        }
    }

    /* CLAIMS */

    /// @dev The debt is covered by legs whose feeds have not failed, at their lower side.
    function _claimCarried(AccountId account, string memory what) private {
        uint256 counted;
        for (uint256 i; i < 3; ++i) {
            uint256 held = vault.collateralOf(account, assets[i]);
            if (held == 0 || isFailed(assets[i])) continue;
            counted += _counted(assets[i], held, oracle.read(assets[i]).low, false);
        }
        _claim("P25", int256(counted) + vault.cashOf(account) >= 0, what);
    }

    /// @dev Whether a debt is more than what counts of the one collateral by every witness that there is: both sources
    /// while they are alive, and the smoothed price. A dead feed is no witness, and without one nobody is sold.
    function _isUnhealthyByAll(address asset, uint256 held, int256 cash) private view returns (bool) {
        Price memory price = oracle.read(asset);
        if (price.status == PriceStatus.Down) return false;
        uint256 best = primary[asset].price;
        if (!isAlive(primary[asset])) {
            best = second[asset].price + second[asset].doubt;
        } else if (hasSecond(asset) && isAlive(second[asset]) && isFailed(asset) && second[asset].price > best) {
            best = second[asset].price;
        }
        // the smoothed price is a witness of what is doubtful only
        if (isFailed(asset) && price.high > best) best = price.high;
        return int256(_counted(asset, held, best, true)) + cash < 0;
    }

    function _counted(address asset, uint256 held, uint256 price, bool maintenance) private view returns (uint256) {
        CollateralRisk memory risk = policy.collateralRisk(asset);
        uint256 haircut = maintenance ? risk.maintenanceHaircutBps : risk.initialHaircutBps;
        return Haircut.countedDown(Haircut.valueDown(held, price, risk.decimals), haircut, held, risk.depth);
    }
}
