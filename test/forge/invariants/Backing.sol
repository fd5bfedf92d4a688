// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {NANO} from "../../../contracts/math/Units.sol";
import {ERC4626} from "@openzeppelin/contracts/token/ERC20/extensions/ERC4626.sol";
import {DefaultFund} from "../../../contracts/backstop/DefaultFund.sol";
import {DepositRequest, IDefaultFund, RedeemRequest} from "../../../contracts/interfaces/IDefaultFund.sol";
import {EndCheck} from "./EndCheck.sol";

/// @notice Those who back the default fund, and those who try to enter and to leave it in time.
abstract contract Backing is EndCheck {
    function askToEnter(uint256 who, uint256 amount) public actsAs(this.askToEnter.selector) {
        (address backer, DefaultFund tranche) = _backer(who);
        amount = _bound(amount, 1, 200_000 * USD);
        Frame memory frame = _frame(_entryOf(tranche, backer));
        _try(backer, address(tranche), abi.encodeCall(tranche.requestDeposit, (amount)));
        _bookCustody(address(quote), int256(amount));
        ++cashMoves;
        _claim("V66", tranche.maxDeposit(backer) == 0, "whoever asks to enter is in");
        _count("fund entry asked for");
        _settle(frame, true);
        _watchShares(false);
    }

    /// @notice Claims what may be claimed, or, before it is due, what may not.
    function back(uint256 who, uint256 amount) public actsAs(this.back.selector) {
        (address backer, DefaultFund tranche) = _backer(who);
        uint256 most = tranche.maxDeposit(backer);
        DepositRequest memory r = tranche.depositRequestOf(backer);
        bool due = block.timestamp >= r.claimableFrom && block.timestamp <= r.claimableUntil;
        _claim("V66", due || most == 0, "money enters before its time");
        amount = most == 0 ? 1 : _bound(amount, 1, most);
        _allowIf(most == 0, ERC4626.ERC4626ExceededMaxDeposit.selector);
        Frame memory frame = _frame(tranche.fundAccount(), _entryOf(tranche, backer));
        uint256 total = tranche.totalAssets();
        (bool ok, bytes memory result) =
            _try(backer, address(tranche), abi.encodeCall(tranche.deposit, (amount, backer)));
        if (ok) {
            ++cashMoves;
            uint256 shares = abi.decode(result, (uint256));
            _claim("P21", tranche.previewRedeem(shares) <= amount, "a share is worth more than it cost");
            _claim("P20", tranche.totalAssets() + 1 >= total + amount, "a deposit lowered the share price");
            _count("fund deposit");
        }
        _settle(frame, ok);
        _watchShares(false);
    }

    function changeMind(uint256 who, uint256 amount) public actsAs(this.changeMind.selector) {
        (address backer, DefaultFund tranche) = _backer(who);
        int256 cash = vault.cashOf(_entryOf(tranche, backer));
        uint256 has = cash > 0 ? uint256(cash) / 1e12 : 0;
        uint256 can = has < vault.liquidity() ? has : vault.liquidity();
        if (can == 0) return;
        amount = _bound(amount, 1, can);
        Frame memory frame = _frame(_entryOf(tranche, backer));
        _try(backer, address(tranche), abi.encodeCall(tranche.cancelDeposit, (amount, backer)));
        _bookCustody(address(quote), -int256(amount));
        ++cashMoves;
        _count("fund entry cancelled");
        _settle(frame, true);
        _watchShares(false);
    }

    function giveNotice(uint256 who, uint256 shares) public actsAs(this.giveNotice.selector) {
        (address backer, DefaultFund tranche) = _backer(who);
        uint256 balance = tranche.balanceOf(backer);
        shares = _bound(shares, 0, balance + balance / 8);
        _allowIf(shares > balance, IDefaultFund.RequestAboveBalance.selector);
        _try(backer, address(tranche), abi.encodeCall(tranche.requestRedeem, (shares)));
        _count("fund notice");
    }

    /// @notice Redeems what may be redeemed, or, without due notice, what may not.
    function redeem(uint256 who, uint256 shares) public actsAs(this.redeem.selector) {
        (address backer, DefaultFund tranche) = _backer(who);
        RedeemRequest memory notice = tranche.requestOf(backer);
        bool due = block.timestamp >= notice.redeemableFrom && block.timestamp <= notice.redeemableUntil;
        uint256 most = tranche.maxRedeem(backer);
        _claim("V66", due || most == 0, "shares leave without notice");
        _claim("V66", most == 0 || !tranche.lossOpen(), "shares leave while a loss is open");
        _claim(
            "V66", most <= notice.shares && notice.shares <= tranche.balanceOf(backer), "notice for more than is held"
        );
        shares = most == 0 ? 1 : _bound(shares, 1, most);
        if (most != 0 && tranche.previewRedeem(shares) == 0) return; // less than a token unit
        uint256 assetsOut = most == 0 ? 0 : tranche.previewRedeem(shares);
        _allowIf(most == 0, ERC4626.ERC4626ExceededMaxRedeem.selector);
        Frame memory frame = _frame(tranche.fundAccount());
        uint256 total = tranche.totalAssets();
        (bool ok,) = _try(backer, address(tranche), abi.encodeCall(tranche.redeem, (shares, backer, backer)));
        if (ok) {
            _bookCustody(address(quote), -int256(assetsOut));
            ++cashMoves;
            _claim("P20", tranche.totalAssets() + 1 + assetsOut >= total, "a redemption took more than it showed");
            _count("fund redeemed");
        }
        _settle(frame, ok);
        _watchShares(false);
    }

    function passShares(uint256 who, uint256 shares) public actsAs(this.passShares.selector) {
        (address from, DefaultFund tranche) = _backer(who);
        address to = from == alice ? erin : alice;
        uint256 balance = tranche.balanceOf(from);
        if (balance == 0) return;
        shares = _bound(shares, 1, balance);
        uint256 noticeTo = tranche.requestOf(to).shares;
        uint256 noticeFrom = tranche.requestOf(from).shares;
        _try(from, address(tranche), abi.encodeCall(tranche.transfer, (to, shares)));
        _claim("V66", tranche.requestOf(to).shares == noticeTo, "shares brought notice with them");
        uint256 least = noticeFrom < balance - shares ? noticeFrom : balance - shares;
        _claim("V66", tranche.requestOf(from).shares == least, "notice stayed for shares that left");
        _count("fund shares passed");
    }

    /// @notice Reserves above their target go to the tranches; nobody's shares jump by it.
    function replenish() public actsAs(this.replenish.selector) {
        uint256 before = vault.reserves();
        uint256[2] memory total = [junior.totalAssets(), senior.totalAssets()];
        (, bytes memory result) = _try(stranger, address(waterfall), abi.encodeCall(waterfall.replenish, ()));
        (uint256 toJunior, uint256 toSenior) = abi.decode(result, (uint256, uint256));
        cashMoves += 2;
        uint256 current = vault.reserves() + toJunior + toSenior;
        // each draw rounds what is left down to a billionth of a quote unit
        _claim("P13", current <= before && current + 2 * NANO > before, "a gain from nowhere");
        bool jumped = junior.totalAssets() > total[0] + 1 || senior.totalAssets() > total[1] + 1;
        _claim("V66", !jumped, "a gain is there for whoever comes for it");
        if (toJunior + toSenior != 0) _count("fund replenished");
        _watchClocks(false);
        _watchShares(false);
    }

    function reportLoss(uint256 who) public actsAs(this.reportLoss.selector) {
        int256 equity = _standing(_account(who)).margin.better.equity;
        (, bytes memory result) =
            _try(stranger, address(openLosses), abi.encodeCall(openLosses.report, (_account(who))));
        uint256 loss = abi.decode(result, (uint256));
        _claim("V66", loss == (equity < 0 ? uint256(-equity) : 0), "a loss reported as something else");
        if (loss != 0) _count("loss reported");
    }

    function _backer(uint256 who) internal view returns (address, DefaultFund) {
        return (who % 2 == 0 ? alice : erin, (who >> 1) % 4 == 0 ? senior : junior);
    }
}
