// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {ERC4626} from "@openzeppelin/contracts/token/ERC20/extensions/ERC4626.sol";
import {IDefaultFund, RedeemRequest} from "../../../contracts/interfaces/IDefaultFund.sol";
import {EndCheck} from "./EndCheck.sol";

/// @notice Those who back the default fund, and those who try to leave it in time.
abstract contract Backing is EndCheck {
    function back(uint256 who, uint256 amount) public {
        address backer = who % 2 == 0 ? alice : erin;
        amount = _bound(amount, 1, 200_000 * USD);
        Frame memory frame = _frame(fund.fundAccount(), false);
        uint256 total = fund.totalAssets();
        (, bytes memory result) = _try(backer, address(fund), abi.encodeCall(fund.deposit, (amount, backer)));
        _bookCustody(address(quote), int256(amount));
        ++cashMoves;
        uint256 shares = abi.decode(result, (uint256));
        _claim("P21", fund.previewRedeem(shares) <= amount, "a share is worth more than it cost");
        _claim("P20", fund.totalAssets() + 1 >= total + amount, "a deposit lowered the share price");
        _count("fund deposit");
        _settle(frame, true);
    }

    function giveNotice(uint256 who, uint256 shares) public {
        address backer = who % 2 == 0 ? alice : erin;
        uint256 balance = fund.balanceOf(backer);
        shares = _bound(shares, 0, balance + balance / 8);
        _allowIf(shares > balance, IDefaultFund.RequestAboveBalance.selector);
        _try(backer, address(fund), abi.encodeCall(fund.requestRedeem, (shares)));
        _count("fund notice");
    }

    /// @notice Redeems what may be redeemed, or, without due notice, what may not.
    function redeem(uint256 who, uint256 shares) public {
        address backer = who % 2 == 0 ? alice : erin;
        RedeemRequest memory notice = fund.requestOf(backer);
        bool due = block.timestamp >= notice.redeemableFrom && block.timestamp <= notice.redeemableUntil;
        uint256 most = fund.maxRedeem(backer);
        _claim("V66", due || most == 0, "shares leave without notice");
        _claim("V66", most <= notice.shares && notice.shares <= fund.balanceOf(backer), "notice for more than is held");
        shares = most == 0 ? 1 : _bound(shares, 1, most);
        if (most != 0 && fund.previewRedeem(shares) == 0) return; // less than a token unit
        uint256 assetsOut = most == 0 ? 0 : fund.previewRedeem(shares);
        _allowIf(most == 0, ERC4626.ERC4626ExceededMaxRedeem.selector);
        Frame memory frame = _frame(fund.fundAccount(), true);
        uint256 total = fund.totalAssets();
        (bool ok,) = _try(backer, address(fund), abi.encodeCall(fund.redeem, (shares, backer, backer)));
        if (ok) {
            _bookCustody(address(quote), -int256(assetsOut));
            ++cashMoves;
            _claim("P20", fund.totalAssets() + 1 + assetsOut >= total, "a redemption took more than it showed");
            _count("fund redeemed");
        }
        _settle(frame, ok);
    }

    function passShares(uint256 who, uint256 shares) public {
        (address from, address to) = who % 2 == 0 ? (alice, erin) : (erin, alice);
        uint256 balance = fund.balanceOf(from);
        if (balance == 0) return;
        shares = _bound(shares, 1, balance);
        uint256 noticeTo = fund.requestOf(to).shares;
        uint256 noticeFrom = fund.requestOf(from).shares;
        _try(from, address(fund), abi.encodeCall(fund.transfer, (to, shares)));
        _claim("V66", fund.requestOf(to).shares == noticeTo, "shares brought notice with them");
        uint256 least = noticeFrom < balance - shares ? noticeFrom : balance - shares;
        _claim("V66", fund.requestOf(from).shares == least, "notice stayed for shares that left");
        _count("fund shares passed");
    }
}
