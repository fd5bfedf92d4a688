// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IMarginCalls} from "../../../contracts/interfaces/IMarginCalls.sol";
import {IVaultCommon} from "../../../contracts/interfaces/IVaultCommon.sol";
import {AccountId, toAccountId} from "../../../contracts/types/AccountId.sol";
import {EndCheck} from "./EndCheck.sol";

/// @notice Batches in which an account is changed and judged.
abstract contract Mixing is EndCheck {
    /// of the owner, and unused
    uint96 private constant SPARE = 9;

    /// @notice First changed and then called, cleared or liquidated: refused, whatever the change was.
    function judgeLast(uint256 who, uint256 change, uint256 judgement) public actsAs(this.judgeLast.selector) {
        AccountId account = _borrowing(who);
        address asset = address(_asset(change >> 8));
        bytes[] memory steps = new bytes[](2);
        steps[0] = _change(account, asset, change);
        steps[1] = _judgement(account, judgement);
        _allowIf(true, IVaultCommon.Unsettled.selector);
        // the change may be refused before
        _allowIf(true, IVaultCommon.InsufficientCollateral.selector);
        _allowIf(true, IVaultCommon.InsufficientLiquidity.selector);
        _allowIf(true, IVaultCommon.BorrowCapExceeded.selector);
        _allowToken(asset);
        Frame memory frame = _frame(account);
        (bool ok,) = _try(account.owner(), address(vault), abi.encodeCall(vault.batch, (steps)));
        _claim("P26", !ok, "an account was judged in the middle of a batch");
        _settle(frame, false);
        _succeeded(); // being refused is what it is for
        _count("judged too early");
    }

    /// @notice First cleared or called and then changed, as an owner may.
    function judgeFirst(uint256 who, uint256 amount, uint256 judgement) public actsAs(this.judgeFirst.selector) {
        AccountId account = _borrowing(who);
        if (judgement % 2 == 0) _clearAndWithdraw(account, amount);
        else _callAndRepay(account, amount);
    }

    function _clearAndWithdraw(AccountId account, uint256 amount) private {
        address asset = address(_asset(amount >> 8));
        uint256 held = vault.collateralOf(account, asset);
        if (held == 0 || vault.callOf(account).calledAt == 0) return;
        amount = _bound(amount, 1, held);
        address owner = account.owner();
        bytes[] memory steps = new bytes[](2);
        steps[0] = abi.encodeCall(vault.clear, (account));
        steps[1] = abi.encodeCall(vault.withdraw, (account, asset, amount, owner));
        _allowIf(true, IMarginCalls.NotCured.selector);
        _allowEndCheck(account);
        _allowToken(asset);
        Frame memory frame = _frame(account);
        (bool ok,) = _try(owner, address(vault), abi.encodeCall(vault.batch, (steps)));
        if (ok) {
            _book(account, asset, -int256(amount));
            _bookCustody(asset, -int256(amount));
            _claim("P07", vault.callOf(account).calledAt == 0, "a call that was cleared still stands");
            _count("cleared and withdrew");
        }
        _settle(frame, ok);
    }

    /// @dev The fee goes from one of the owner's accounts to another, or from the account to itself.
    function _callAndRepay(AccountId account, uint256 amount) private {
        uint256 debt = vault.debtOf(account);
        if (debt == 0) return;
        amount = _bound(amount, 1, debt);
        int256 cash = vault.cashOf(account);
        AccountId payee = toAccountId(account.owner(), 0);
        int256 payeeCash = vault.cashOf(payee);
        bytes[] memory steps = new bytes[](2);
        steps[0] = abi.encodeCall(vault.call, (account));
        steps[1] = abi.encodeCall(vault.repay, (account, amount));
        _allowIf(true, IMarginCalls.NotCallable.selector);
        _allowIf(true, IMarginCalls.AlreadyCalled.selector);
        _allowIf(_isDustDebt(cash + int256(amount * 1e12)), IVaultCommon.DebtBelowMinimum.selector);
        _allowIf(_isDustDebt(cash + int256(amount * 1e12) - _mostFee()), IVaultCommon.DebtBelowMinimum.selector);
        Frame memory frame = _frame(account, payee);
        (bool ok,) = _try(account.owner(), address(vault), abi.encodeCall(vault.batch, (steps)));
        if (ok) {
            _bookCustody(address(quote), int256(amount));
            cashMoves += 3;
            int256 gained = vault.cashOf(account) - cash;
            if (!(account == payee)) gained += vault.cashOf(payee) - payeeCash;
            _claim("P21", gained <= int256(amount * 1e12), "an owner gained by calling himself");
            _count("called and repaid");
        }
        // a fee of less than half of what is above the critical health may be more than what was repaid
        _settleOthers(frame);
    }

    function _settleOthers(Frame memory frame) private {
        for (uint256 i; i < accounts.length; ++i) {
            if (accounts[i] == frame.first || accounts[i] == frame.second) continue;
            _claimUntouched(frame.before[i], _standing(accounts[i]));
        }
        _watchClocks(false);
    }

    function _change(AccountId account, address asset, uint256 how) private view returns (bytes memory) {
        how = how % 5;
        address owner = account.owner();
        if (how == 0) return abi.encodeCall(vault.deposit, (account, address(quote), USD));
        if (how == 1) return abi.encodeCall(vault.borrow, (account, USD, owner));
        if (how == 2) return abi.encodeCall(vault.withdraw, (account, asset, 1, owner));
        if (how == 3) return abi.encodeCall(vault.transfer, (account, toAccountId(owner, SPARE), asset, 1));
        return abi.encodeCall(vault.setMode, (account, vault.modeOf(account)));
    }

    function _judgement(AccountId account, uint256 how) private view returns (bytes memory) {
        how = how % 3;
        if (how == 0) return abi.encodeCall(vault.call, (account));
        if (how == 1) return abi.encodeCall(vault.clear, (account));
        AccountId spare = toAccountId(account.owner(), SPARE);
        return abi.encodeCall(vault.liquidate, (account, spare, ONE, type(int256).max, ""));
    }

    function _mostFee() private view returns (int256) {
        return int256(uint256(policy.liquidationTerms().callFeeCents) * 1e16);
    }
}
