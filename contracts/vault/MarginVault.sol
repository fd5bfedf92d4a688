// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IERC20Metadata} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Metadata.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {Proxy} from "@openzeppelin/contracts/proxy/Proxy.sol";
import {Address} from "@openzeppelin/contracts/utils/Address.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {IDeleveraging} from "../interfaces/IDeleveraging.sol";
import {ILiquidator} from "../interfaces/ILiquidator.sol";
import {IMarginPolicy} from "../interfaces/IMarginPolicy.sol";
import {IPositionBook} from "../interfaces/IPositionBook.sol";
import {IRiskEngine} from "../interfaces/IRiskEngine.sol";
import {ITrading} from "../interfaces/ITrading.sol";
import {IVaultCommon} from "../interfaces/IVaultCommon.sol";
import {IVaultCore} from "../interfaces/IVaultCore.sol";
import {CashPool, InterestIndex} from "../math/InterestIndex.sol";
import {Rounding} from "../math/Rounding.sol";
import {WAD} from "../math/Units.sol";
import {AccountId} from "../types/AccountId.sol";
import {CashWord} from "../types/CashWord.sol";
import {Portfolio} from "../types/Portfolio.sol";
import {OperatorRight} from "../types/OperatorRight.sol";
import {CheckQueue} from "./CheckQueue.sol";
import {HoldingSlot, Holdings, MOST_COLLATERALS} from "./Holdings.sol";
import {MarginCalls} from "./MarginCalls.sol";
import {Steps} from "./Steps.sol";

/// @title The margin vault
/// @dev Five pieces of code on one storage, since together they would not fit a contract: what is used every day is
/// here, liquidations are in `Liquidator`, trades in `Trading`, what else happens to positions in `PositionBook`, and
/// what is seldom used in `VaultSettings`. All are fixed when the vault is deployed, and none can be replaced.
contract MarginVault is Steps, MarginCalls, Proxy, IVaultCore {
    using SafeERC20 for IERC20;
    using SafeCast for uint256;
    using InterestIndex for CashPool;
    using Holdings for HoldingSlot[MOST_COLLATERALS];

    /// @inheritdoc IVaultCore
    address public immutable liquidatorCode;
    /// @inheritdoc IVaultCore
    address public immutable settingsCode;
    /// @inheritdoc IVaultCore
    address public immutable tradingCode;
    /// @inheritdoc IVaultCore
    address public immutable bookCode;

    /// @param liquidatorCode_ made with the same first four
    /// @param settingsCode_ made with the same first four
    /// @param tradingCode_ made with the same first four
    /// @param bookCode_ made with the same first four
    constructor(
        address authority_,
        IERC20Metadata quote_,
        IMarginPolicy policy_,
        IRiskEngine riskEngine_,
        address liquidatorCode_,
        address settingsCode_,
        address tradingCode_,
        address bookCode_
    ) Steps(authority_, quote_, policy_, riskEngine_) {
        _requirePart(liquidatorCode_);
        _requirePart(settingsCode_);
        _requirePart(tradingCode_);
        _requirePart(bookCode_);
        liquidatorCode = liquidatorCode_;
        settingsCode = settingsCode_;
        tradingCode = tradingCode_;
        bookCode = bookCode_;
    }

    /// @dev No function takes ether.
    receive() external payable {
        revert EtherRefused(msg.value);
    }

    /* BATCH */

    /// @inheritdoc IVaultCore
    function batch(bytes[] calldata steps) external step returns (bytes[] memory results) {
        bool outer = _batching;
        _batching = true;
        results = new bytes[](steps.length);
        for (uint256 i; i < steps.length; ++i) {
            results[i] = Address.functionDelegateCall(address(this), steps[i]);
        }
        _batching = outer;
    }

    /* CASH AND COLLATERAL */

    /// @inheritdoc IVaultCore
    function deposit(AccountId account, address asset, uint256 amount) external step returns (uint256 received) {
        address payer = _actorOn(account);
        _requireReceivable(account, asset, payer == account.owner());
        if (asset == quote) {
            _touch(account, CheckQueue.DEBT);
            received = _pull(payer, asset, amount);
            (CashPool memory pool_, CashWord terms) = _openPool();
            _addCash(pool_, account, _toWad(received));
            _closePool(pool_, terms);
        } else {
            (bool listed, uint256 cap) = policy.intakeOf(asset);
            if (!listed) revert AssetNotListed(asset);
            _touch(account, 0);
            received = _pull(payer, asset, amount);
            uint256 total = _totalCollateral[asset] + received;
            if (total > cap) revert SupplyCapExceeded(asset, total, cap);
            _totalCollateral[asset] = total;
            _requirePriced(account, asset, _addCollateral(account, asset, received));
        }
    }

    /// @inheritdoc IVaultCore
    function withdraw(AccountId account, address asset, uint256 amount, address to)
        external
        step
        returns (uint256 sent)
    {
        _requirePayable(account, to);
        _touch(account, CheckQueue.RISK);
        if (asset == quote) {
            (CashPool memory pool_, CashWord terms) = _openPool();
            sent = _clampCash(account, pool_.toCashFloor(_accounts[account].principal), amount);
            _requireLiquidity(sent);
            _addCash(pool_, account, -_toWad(sent));
            _closePool(pool_, terms);
        } else {
            sent = _clampCollateral(account, asset, amount);
            _removeCollateral(account, asset, sent);
            _totalCollateral[asset] -= sent;
        }
        _push(asset, to, sent);
    }

    /// @inheritdoc IVaultCore
    function borrow(AccountId account, uint256 amount, address to) external step {
        _requirePayable(account, to);
        if (amount == 0) revert ZeroAmount();
        _requireLiquidity(amount);
        _touch(account, CheckQueue.RISK | CheckQueue.DEBT);
        (CashPool memory pool_, CashWord terms) = _openPool();
        if (_addCash(pool_, account, -_toWad(amount)) < 0) {
            uint256 cap = terms.borrowCap() * WAD;
            uint256 owed = pool_.totalBorrow();
            if (owed > cap) revert BorrowCapExceeded(owed, cap);
        }
        _closePool(pool_, terms);
        _push(quote, to, amount);
    }

    /// @inheritdoc IVaultCore
    function repay(AccountId account, uint256 amount) external step returns (uint256 repaid) {
        _touch(account, CheckQueue.DEBT);
        (CashPool memory pool_, CashWord terms) = _openPool();
        int256 cash = pool_.toCashFloor(_accounts[account].principal);
        if (cash >= 0) revert NoDebt(account);
        repaid = _pull(_actorOn(account), quote, Math.min(amount, Rounding.divUp(uint256(-cash), quoteScale)));
        _addCash(pool_, account, _toWad(repaid));
        _closePool(pool_, terms);
    }

    /// @inheritdoc IVaultCore
    function transfer(AccountId from, AccountId to, address asset, uint256 amount)
        external
        step
        returns (uint256 moved)
    {
        if (from == to) revert SameAccount(from);
        if (_actorOn(from) != from.owner()) {
            if (!from.sameOwner(to)) revert DifferentOwners(from, to);
            _requireAuthorised(from, OperatorRight.TOP_UP);
        }
        _requireReceivable(to, asset, from.sameOwner(to));
        _touch(from, CheckQueue.RISK);
        _touch(to, asset == quote ? CheckQueue.DEBT : 0);
        if (asset == quote) {
            (CashPool memory pool_, CashWord terms) = _openPool();
            moved = _clampCash(from, pool_.toCashFloor(_accounts[from].principal), amount);
            _addCash(pool_, from, -_toWad(moved));
            _addCash(pool_, to, _toWad(moved));
            _closePool(pool_, terms);
        } else {
            moved = _clampCollateral(from, asset, amount);
            _removeCollateral(from, asset, moved);
            _requirePriced(to, asset, _addCollateral(to, asset, moved));
        }
    }

    /* VIEWS */

    /// @inheritdoc IVaultCore
    function portfolio(AccountId account) external view returns (Portfolio memory) {
        _requireUnlocked();
        return _portfolio(account);
    }

    /// @inheritdoc IVaultCore
    function cashOf(AccountId account) external view returns (int256) {
        _requireUnlocked();
        return _cashNow(_accounts[account].principal);
    }

    /// @inheritdoc IVaultCore
    function liquidity() public view returns (uint256) {
        return IERC20(quote).balanceOf(address(this));
    }

    /// @inheritdoc IVaultCore
    function isAuthorised(AccountId account, address caller, uint8 right) external view returns (bool) {
        return _isAuthorised(account, caller, right);
    }

    /// @dev Which code runs what is not here.
    function _implementation() internal view override returns (address) {
        bytes4 wanted = msg.sig;
        bool liquidation = wanted == ILiquidator.liquidate.selector || wanted == ILiquidator.preview.selector
            || wanted == ILiquidator.liquidatable.selector || wanted == ILiquidator.paceAvailable.selector;
        if (liquidation) return liquidatorCode;
        bool trade = wanted == ITrading.fill.selector || wanted == ITrading.cancelOrder.selector
            || wanted == ITrading.cancelOrders.selector || wanted == ITrading.filledOf.selector
            || wanted == ITrading.orderEpochOf.selector;
        if (trade) return tradingCode;
        bool book = wanted == IPositionBook.settle.selector || wanted == IPositionBook.updateFunding.selector
            || wanted == IPositionBook.positionOf.selector || wanted == IPositionBook.marketOf.selector
            || wanted == IPositionBook.fundingIndexOf.selector || wanted == IDeleveraging.deleverage.selector;
        return book ? bookCode : settingsCode;
    }

    function _requirePart(address part) private view {
        IVaultCommon other = IVaultCommon(part);
        bool fits = other.quote() == quote && other.policy() == policy && other.riskEngine() == riskEngine;
        if (!fits) revert PartOfAnother(part);
    }

    /* TOKENS */

    /// @dev Measures what arrives. The token moves before the ledger, because only then is the amount known; the lock
    /// keeps everybody out until it is booked.
    function _pull(address from, address asset, uint256 amount) private returns (uint256 received) {
        if (amount == 0) revert ZeroAmount();
        _locked = true;
        uint256 before = IERC20(asset).balanceOf(address(this));
        IERC20(asset).safeTransferFrom(from, address(this), amount);
        received = IERC20(asset).balanceOf(address(this)) - before;
        _locked = false;
        if (received < amount) revert TransferShort(asset, amount, received);
    }

    /// @dev The ledger is done; the end check follows, and nobody can enter between.
    function _push(address asset, address to, uint256 amount) private {
        _locked = true;
        IERC20(asset).safeTransfer(to, amount);
        _locked = false;
    }

    /* GUARDS */

    function _requireLiquidity(uint256 amount) private view {
        uint256 available = liquidity();
        if (amount > available) revert InsufficientLiquidity(amount, available);
    }

    /// @dev Strangers may add cash or more of the same, so that nobody can fill up the account's list of collaterals.
    function _requireReceivable(AccountId account, address asset, bool own) private view {
        if (account.owner() == address(0)) revert ZeroRecipient();
        if (own || asset == quote) return;
        (, uint256 held) = _holdings[account].find(asset);
        if (held == 0) revert CollateralNotHeld(account, asset);
    }
}
