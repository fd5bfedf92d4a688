// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IVaultCommon} from "../../../contracts/interfaces/IVaultCommon.sol";
import {MockERC20} from "../../../contracts/mocks/MockERC20.sol";
import {AccountId} from "../../../contracts/types/AccountId.sol";
import {OperatorRight} from "../../../contracts/types/OperatorRight.sol";
import {Margin} from "../../../contracts/types/Margin.sol";
import {MarginMode, Portfolio} from "../../../contracts/types/Portfolio.sol";
import {EndCheck} from "./EndCheck.sol";

/// @notice Moves between accounts, modes, operators, batches, and the way out.
abstract contract Owning is EndCheck {
    /// @notice From one account to another, of the same owner or not.
    function move(uint256 fromWho, uint256 toWho, uint256 what, uint256 amount) external acts {
        AccountId from = _account(fromWho);
        AccountId to = _account(toWho);
        if (from == to) return;
        bool isCash = what % 4 == 0;
        address asset = isCash ? address(quote) : address(_asset(what));
        uint256 held = _available(from, asset);
        if (held == 0) return;
        amount = _bound(amount, 1, held);
        int256 toCash = vault.cashOf(to);
        if (isCash) {
            _allowIf(_isDustDebt(toCash + int256(amount * 1e12)), IVaultCommon.DebtBelowMinimum.selector);
        } else {
            bool gift = !from.sameOwner(to) && !_holds(to, asset);
            _allowIf(gift, IVaultCommon.CollateralNotHeld.selector);
            _allowIf(_isFull(to, asset), IVaultCommon.TooManyCollaterals.selector);
            _allowIf(_isShielding(to, asset, false), IVaultCommon.CollateralDown.selector);
            _allowEndCheck(from);
        }
        int256 fromCash = vault.cashOf(from);
        Frame memory frame = _frame(from, to);
        bytes memory step = abi.encodeCall(vault.transfer, (from, to, asset, amount));
        (bool ok,) = _try(from.owner(), address(vault), step);
        if (ok) {
            _book(from, asset, -int256(amount));
            _book(to, asset, int256(amount));
            _claimCash(from, fromCash, isCash ? -int256(amount * 1e12) : int256(0));
            _claimCash(to, toCash, isCash ? int256(amount * 1e12) : int256(0));
            _count("move");
        }
        _settle(frame, ok);
    }

    function chooseMode(uint256 who, uint256 mode) external acts {
        AccountId account = _borrowing(who);
        uint8 chosen = mode % 2 == 0 ? MarginMode.CROSS : MarginMode.ISOLATED;
        uint256 legs = vault.portfolio(account).collateral.length;
        _allowIf(chosen == MarginMode.ISOLATED && legs > 1, IVaultCommon.TooManyCollaterals.selector);
        _allowEndCheck(account);
        Frame memory frame = _frame(account);
        bytes memory step = abi.encodeCall(vault.setMode, (account, chosen));
        (bool ok,) = _try(account.owner(), address(vault), step);
        if (ok) _count("mode");
        _settle(frame, ok);
    }

    /// @notice Borrows first and brings the collateral afterwards: only the end of the batch counts.
    function lever(uint256 who, uint256 what, uint256 whole, uint256 share) external acts {
        AccountId account = _borrowing(who);
        MockERC20 asset = _asset(what);
        whole = _bound(whole, 1_000, 200_000);
        uint256 amount = _worth(address(asset), whole);
        uint256 debt = whole * USD * _bound(share, 40, 88) / 100;
        if (debt > vault.liquidity()) return;
        (, uint256 cap) = policy.intakeOf(address(asset));
        if (amount + vault.totalCollateral(address(asset)) > cap) return;
        int256 cash = vault.cashOf(account);
        _allowDebt(account, debt, true);
        _allowIf(_isFull(account, address(asset)), IVaultCommon.TooManyCollaterals.selector);
        _allowIf(_isShielding(account, address(asset), true), IVaultCommon.CollateralDown.selector);
        _allowToken(address(asset));
        Frame memory frame = _frame(account);
        bytes[] memory steps = new bytes[](2);
        steps[0] = abi.encodeCall(vault.borrow, (account, debt, account.owner()));
        steps[1] = abi.encodeCall(vault.deposit, (account, address(asset), amount));
        (bool ok,) = _try(account.owner(), address(vault), abi.encodeCall(vault.batch, (steps)));
        if (ok) {
            _book(account, address(asset), int256(amount));
            _bookCustody(address(asset), int256(amount));
            _bookCustody(address(quote), -int256(debt));
            _claimCash(account, cash, -int256(debt * 1e12));
            _claimBorrowCap(account);
            _count("lever");
        }
        _settle(frame, ok);
    }

    /// @notice Takes collateral out and repays in one batch: what an account short of initial margin, or one that is
    /// paused, may still do if it ends safer.
    function delever(uint256 who, uint256 what, uint256 whole, uint256 share) external acts {
        AccountId account = _borrowing(who);
        MockERC20 asset = _asset(what);
        uint256 held = vault.collateralOf(account, address(asset));
        if (held == 0) return;
        uint256 amount = _worth(address(asset), _bound(whole, 1, 50_000));
        if (amount > held) amount = held;
        _delever(account, asset, amount, _quoteFor(address(asset), amount) * _bound(share, 70, 130) / 100 + 1);
    }

    /// @notice All of one collateral out for what of it counts: leaves `E - Rm` as it is and nothing to require.
    function leaveTheDebt(uint256 who, uint256 what) external acts {
        AccountId account = _borrowing(who);
        MockERC20 asset = _asset(what);
        uint256 held = vault.collateralOf(account, address(asset));
        if (held == 0) return;
        Margin memory mark = engine.assess(vault.portfolio(account)).mark;
        // of one collateral exactly, of several about: by its part of the whole
        uint256 counted = uint256(mark.equity - vault.portfolio(account).cash) - mark.maintenance;
        uint256 all = engine.assess(vault.portfolio(account)).markCollateral;
        if (all == 0) return;
        uint256 part = counted * (_quoteFor(address(asset), held) * 1e12) / all;
        _count("leave the debt");
        _delever(account, asset, held, part / 1e12 + 1);
    }

    function _delever(AccountId account, MockERC20 asset, uint256 amount, uint256 paid) private {
        uint256 debt = vault.debtOf(account);
        if (debt == 0) return;
        if (paid > debt) paid = debt;
        int256 cash = vault.cashOf(account);
        _allowIf(_isDustDebt(cash + int256(paid * 1e12)), IVaultCommon.DebtBelowMinimum.selector);
        _allowEndCheck(account);
        _allowToken(address(asset));
        Frame memory frame = _frame(account);
        bool short = vault.portfolio(account).cash < 0 && engine.excess(vault.portfolio(account)) < 0;
        bytes[] memory steps = new bytes[](2);
        steps[0] = abi.encodeCall(vault.withdraw, (account, address(asset), amount, account.owner()));
        steps[1] = abi.encodeCall(vault.repay, (account, paid));
        (bool ok,) = _try(account.owner(), address(vault), abi.encodeCall(vault.batch, (steps)));
        if (ok) {
            _book(account, address(asset), -int256(amount));
            _bookCustody(address(asset), -int256(amount));
            _bookCustody(address(quote), int256(paid));
            _claimCash(account, cash, int256(paid * 1e12));
            _count("delever");
            if (short || ghostPaused) _count("only made safer");
        }
        _settle(frame, ok);
    }

    function setOperator(uint256 who, uint256 rights, uint256 lasts) public actsAs(this.setOperator.selector) {
        AccountId account = _borrowing(who);
        uint8 given = uint8(_bound(rights, 0, OperatorRight.ALL));
        uint40 expiry = uint40(block.timestamp + _bound(lasts, 0, 2 days));
        _try(account.owner(), address(vault), abi.encodeCall(vault.setOperator, (account, keeper, given, expiry)));
        _count("operator set");
    }

    /// @notice The operator borrows to the owner, or to itself, which no right allows.
    function operate(uint256 who, uint256 amount, uint256 to) public actsAs(this.operate.selector) {
        AccountId account = _borrowing(who);
        amount = _bound(amount, 1, 10_000 * USD);
        if (amount > vault.liquidity()) return;
        bool may = vault.isAuthorised(account, keeper, OperatorRight.WITHDRAW);
        _claim("P15", may == _mayWithdraw(account), "an operator without the right");
        address payee = to % 2 == 0 ? account.owner() : keeper;
        int256 cash = vault.cashOf(account);
        _allowDebt(account, amount, true);
        _allowIf(!may, IVaultCommon.NotAuthorised.selector);
        _allowIf(may && payee == keeper, IVaultCommon.RecipientNotOwner.selector);
        Frame memory frame = _frame(account);
        (bool ok,) = _try(keeper, address(vault), abi.encodeCall(vault.borrow, (account, amount, payee)));
        if (ok) {
            _claim("P15", may && payee == account.owner(), "an operator did what it may not");
            _bookCustody(address(quote), -int256(amount));
            _claimCash(account, cash, -int256(amount * 1e12));
            _claimBorrowCap(account);
            _count("operator acted");
        }
        _settle(frame, ok);
    }

    function _mayWithdraw(AccountId account) private view returns (bool) {
        (uint8 rights, uint40 expiry) = vault.operatorOf(account, keeper);
        return rights & OperatorRight.WITHDRAW != 0 && block.timestamp < expiry;
    }

    /// @notice Everything repaid and everything out, whatever the feeds and the guardian do. Nothing refuses it,
    /// but a token itself.
    function leave(uint256 who, uint256 really) external acts {
        if (really % 8 != 0) return;
        AccountId account = _borrowing(who);
        address owner = account.owner();
        Frame memory frame = _frame(account);
        uint256 debt = vault.debtOf(account);
        if (debt != 0) {
            _try(owner, address(vault), abi.encodeCall(vault.repay, (account, type(uint256).max)));
            _bookCustody(address(quote), int256(debt));
        }
        Portfolio memory p = vault.portfolio(account);
        for (uint256 i; i < p.collateral.length; ++i) {
            (address asset, uint256 held) = (p.collateral[i].asset, p.collateral[i].amount);
            _allowToken(asset);
            (bool ok,) =
                _try(owner, address(vault), abi.encodeCall(vault.withdraw, (account, asset, type(uint256).max, owner)));
            if (!ok) continue;
            _book(account, asset, -int256(held));
            _bookCustody(asset, -int256(held));
        }
        uint256 stuck = _holds(account, address(hostile)) ? 1 : 0;
        _claim("P16", vault.portfolio(account).collateral.length == stuck, "an account kept what its owner took out");
        _count("leave");
        _settle(frame, true);
    }

    /// @dev Whole token units that may be moved, as far as the account has them.
    function _available(AccountId account, address asset) private view returns (uint256) {
        if (asset != address(quote)) return vault.collateralOf(account, asset);
        int256 cash = vault.cashOf(account);
        return cash <= 0 ? 0 : uint256(cash) / 1e12;
    }

    /// @dev Quote token units that `amount` is worth at the last print.
    function _quoteFor(address asset, uint256 amount) private view returns (uint256) {
        return amount * _priceOf(asset) / 10 ** MockERC20(asset).decimals() / 1e12;
    }
}
