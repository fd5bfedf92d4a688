// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IERC20Metadata} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Metadata.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {Address} from "@openzeppelin/contracts/utils/Address.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {IMarginPolicy} from "../interfaces/IMarginPolicy.sol";
import {IMarginVault} from "../interfaces/IMarginVault.sol";
import {IPriceOracle} from "../interfaces/IPriceOracle.sol";
import {IRiskEngine} from "../interfaces/IRiskEngine.sol";
import {CashPool, InterestIndex} from "../math/InterestIndex.sol";
import {Rounding} from "../math/Rounding.sol";
import {BPS, WAD} from "../math/Units.sol";
import {AccountId} from "../types/AccountId.sol";
import {Assessment} from "../types/Margin.sol";
import {MarginCall} from "../types/MarginCall.sol";
import {Holding, Portfolio} from "../types/Portfolio.sol";
import {ModuleRight} from "../types/ModuleRight.sol";
import {OperatorRight} from "../types/OperatorRight.sol";
import {TakeOver} from "../types/TakeOver.sol";
import {Authority} from "./Authority.sol";
import {CheckQueue, SafetyBefore} from "./CheckQueue.sol";
import {Holdings, MOST_COLLATERALS} from "./Holdings.sol";
import {AccountState, Ledger} from "./Ledger.sol";

/// @title The margin vault
contract MarginVault is Ledger, Authority {
    using SafeERC20 for IERC20;
    using SafeCast for uint256;
    using InterestIndex for CashPool;
    using Holdings for Holding[MOST_COLLATERALS];
    using CheckQueue for SafetyBefore;

    IRiskEngine public immutable riskEngine;
    IPriceOracle public immutable oracle;

    /// frames of this contract that are open: the outermost one checks
    uint256 private transient _depth;
    /// a batch is open: first touches record how safe the account was
    bool private transient _batching;

    constructor(address authority_, IERC20Metadata quote_, IMarginPolicy policy_, IRiskEngine riskEngine_)
        AccessManaged(authority_)
        Ledger(quote_, policy_)
    {
        riskEngine = riskEngine_;
        oracle = riskEngine_.oracle();
    }

    /// @dev Every function that changes an account runs inside. Nested frames leave the checks to the outermost one.
    modifier step() {
        _enter();
        _;
        _leave();
    }

    /* VIEWS */

    /// @inheritdoc IMarginVault
    function assess(AccountId account)
        external
        view
        returns (Portfolio memory p, Assessment memory assessment, MarginCall memory marginCall)
    {
        _requireUnlocked();
        p = _portfolio(account);
        return (p, riskEngine.assess(p), _callOf(account));
    }

    /* BATCH */

    /// @inheritdoc IMarginVault
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

    /// @inheritdoc IMarginVault
    function deposit(AccountId account, address asset, uint256 amount) external step returns (uint256 received) {
        _requireReceivable(account, asset, msg.sender == account.owner());
        if (asset == quote) {
            _touch(account, CheckQueue.DEBT);
            received = _pull(asset, amount);
            CashPool memory pool_ = _accrue();
            _addCash(pool_, account, _toWad(received));
            _pool = pool_;
        } else {
            (bool listed, uint256 cap) = policy.intakeOf(asset);
            if (!listed) revert AssetNotListed(asset);
            _touch(account, 0);
            received = _pull(asset, amount);
            uint256 total = totalCollateral[asset] + received;
            if (total > cap) revert SupplyCapExceeded(asset, total, cap);
            totalCollateral[asset] = total;
            _addCollateral(account, asset, received);
        }
    }

    /// @inheritdoc IMarginVault
    function withdraw(AccountId account, address asset, uint256 amount, address to)
        external
        step
        returns (uint256 sent)
    {
        _requirePayable(account, to);
        _touch(account, CheckQueue.RISK);
        if (asset == quote) {
            CashPool memory pool_ = _accrue();
            sent = _clampCash(account, pool_.toCashFloor(_accounts[account].principal), amount);
            _requireLiquidity(sent);
            _addCash(pool_, account, -_toWad(sent));
            _pool = pool_;
        } else {
            sent = _clampCollateral(account, asset, amount);
            _removeCollateral(account, asset, sent);
            totalCollateral[asset] -= sent;
        }
        _push(asset, to, sent);
    }

    /// @inheritdoc IMarginVault
    function borrow(AccountId account, uint256 amount, address to) external step {
        _requirePayable(account, to);
        if (amount == 0) revert ZeroAmount();
        _requireLiquidity(amount);
        _touch(account, CheckQueue.RISK | CheckQueue.DEBT);
        CashPool memory pool_ = _accrue();
        if (_addCash(pool_, account, -_toWad(amount)) < 0) {
            uint256 cap = policy.cashTerms().borrowCap * WAD;
            uint256 owed = pool_.totalBorrow();
            if (owed > cap) revert BorrowCapExceeded(owed, cap);
        }
        _pool = pool_;
        _push(quote, to, amount);
    }

    /// @inheritdoc IMarginVault
    function repay(AccountId account, uint256 amount) external step returns (uint256 repaid) {
        _touch(account, CheckQueue.DEBT);
        CashPool memory pool_ = _accrue();
        int256 cash = pool_.toCashFloor(_accounts[account].principal);
        if (cash >= 0) revert NoDebt(account);
        repaid = _pull(quote, Math.min(amount, Rounding.divUp(uint256(-cash), quoteScale)));
        _addCash(pool_, account, _toWad(repaid));
        _pool = pool_;
    }

    /// @inheritdoc IMarginVault
    function transfer(AccountId from, AccountId to, address asset, uint256 amount)
        external
        step
        returns (uint256 moved)
    {
        if (from == to) revert SameAccount(from);
        if (msg.sender != from.owner()) {
            if (!from.sameOwner(to)) revert DifferentOwners(from, to);
            _requireAuthorised(from, OperatorRight.TOP_UP);
        }
        _requireReceivable(to, asset, from.sameOwner(to));
        _touch(from, CheckQueue.RISK);
        _touch(to, asset == quote ? CheckQueue.DEBT : 0);
        if (asset == quote) {
            CashPool memory pool_ = _accrue();
            moved = _clampCash(from, pool_.toCashFloor(_accounts[from].principal), amount);
            _addCash(pool_, from, -_toWad(moved));
            _addCash(pool_, to, _toWad(moved));
            _pool = pool_;
        } else {
            moved = _clampCollateral(from, asset, amount);
            _removeCollateral(from, asset, moved);
            _addCollateral(to, asset, moved);
        }
    }

    /// @inheritdoc IMarginVault
    function contribute(AccountId account, uint256 amount) external step returns (uint256 contributed) {
        _requireOwner(account);
        _touch(account, CheckQueue.RISK);
        CashPool memory pool_ = _accrue();
        int256 cash = pool_.toCashFloor(_accounts[account].principal);
        contributed = cash > 0 ? Math.min(amount, uint256(cash)) : 0;
        _addCash(pool_, account, -contributed.toInt256());
        _addReserves(pool_, contributed.toInt256());
        _pool = pool_;
    }

    /// @inheritdoc IMarginVault
    function accrue() external step {
        _pool = _accrue();
    }

    /* OWNER'S CHOICES */

    /// @inheritdoc IMarginVault
    function setMode(AccountId account, uint8 mode) external step {
        _requireOwner(account);
        _touch(account, CheckQueue.RISK);
        uint256 most = Math.min(riskEngine.maxCollaterals(mode), MOST_COLLATERALS);
        if (_holdings[account].count() > most) revert TooManyCollaterals(account, most);
        AccountState storage state = _accounts[account];
        state.mode = mode;
        state.maxCollaterals = uint8(most); // fits: at most 8
        emit ModeChanged(account, mode, uint8(most));
    }

    /* MODULES */

    /// @inheritdoc IMarginVault
    function takeOver(TakeOver calldata t)
        external
        step
        onlyModule(ModuleRight.TAKE_OVER)
        returns (int256 cashMoved, uint256[] memory amounts)
    {
        _touch(t.account, 0);
        _touch(t.bidder, CheckQueue.RISK | CheckQueue.DEBT);
        cashMoved = _takeCash(t);
        address[] memory assets;
        (assets, amounts) = _takeCollateral(t);
        emit TakenOver(t.account, t.bidder, t.fraction, t.pay, t.fee);
        // last, so that the callee finds everything in place; it may re-enter, since its account is checked afterwards
        if (address(t.callee) != address(0)) {
            t.callee.onTakeOver(t.account, t.bidder, cashMoved, assets, amounts, t.data);
        }
    }

    /// @inheritdoc IMarginVault
    function recordCall(AccountId account, MarginCall calldata marginCall, AccountId payee, uint256 fee)
        external
        step
        onlyModule(ModuleRight.CALL)
    {
        _accounts[account].calledAt = marginCall.calledAt;
        _accounts[account].deadline = marginCall.deadline;
        if (fee == 0) return;
        _touch(account, 0);
        _touch(payee, 0);
        CashPool memory pool_ = _accrue();
        _addCash(pool_, account, -fee.toInt256());
        _addCash(pool_, payee, fee.toInt256());
        _pool = pool_;
    }

    /// @inheritdoc IMarginVault
    function drawReserves(AccountId account, uint256 amount)
        external
        step
        onlyModule(ModuleRight.COVER_LOSS)
        returns (uint256 drawn)
    {
        _touch(account, 0);
        CashPool memory pool_ = _accrue();
        drawn = Math.min(amount, pool_.reserves);
        _addReserves(pool_, -drawn.toInt256());
        _addCash(pool_, account, drawn.toInt256());
        _pool = pool_;
    }

    /// @inheritdoc IMarginVault
    function socialise(AccountId account, uint256 amount, uint256 capBps)
        external
        step
        onlyModule(ModuleRight.COVER_LOSS)
        returns (uint256 covered)
    {
        _touch(account, 0);
        CashPool memory pool_ = _accrue();
        uint256 supplied = pool_.totalSupply();
        covered = Math.min(amount, supplied * capBps / BPS);
        if (covered != 0) {
            // rounded down: lenders together lose at least what the account is credited with. Fits: it falls
            pool_.supplyIndex = uint112(Rounding.mulDivDown(pool_.supplyIndex, supplied - covered, supplied));
            emit LossSocialised(account, covered, pool_.supplyIndex);
            _addCash(pool_, account, covered.toInt256());
        }
        _pool = pool_;
    }

    /* END CHECK */

    function _enter() private {
        _requireUnlocked();
        ++_depth;
    }

    function _leave() private {
        if (--_depth == 0) _settle();
    }

    /// @dev Queues `account` before a step changes it.
    function _touch(AccountId account, uint8 flags) private {
        if (!CheckQueue.push(account, flags) || !_batching) return;
        Portfolio memory p = _portfolio(account);
        if (_owes(p)) CheckQueue.remember(account, riskEngine.assess(p));
    }

    function _outageTime() internal view override returns (uint256) {
        return oracle.outageTime();
    }

    function _settle() private {
        uint256 count = CheckQueue.length();
        for (uint256 i; i < count; ++i) {
            (AccountId account, uint256 flags, SafetyBefore memory before) = CheckQueue.take(i);
            if (flags & (CheckQueue.RISK | CheckQueue.DEBT) != 0) _check(account, flags, before);
        }
        CheckQueue.clear();
    }

    function _check(AccountId account, uint256 flags, SafetyBefore memory before) private view {
        Portfolio memory p = _portfolio(account);
        if (!_owes(p)) return;
        if (flags & CheckQueue.DEBT != 0 && p.cash < 0) {
            uint256 least = policy.cashTerms().minDebt * WAD;
            if (uint256(-p.cash) < least) revert DebtBelowMinimum(account, uint256(-p.cash), least);
        }
        if (flags & CheckQueue.RISK == 0) return;
        Assessment memory assessment = riskEngine.assess(p);
        bool paused = _clock.pausedAt != 0;
        if (!paused && assessment.worse.excess() >= 0) return;
        if (before.improved(assessment)) return;
        if (paused) revert Paused(account);
        revert Undercollateralised(account, assessment.worse.equity, assessment.worse.initial);
    }

    function _takeCash(TakeOver calldata t) private returns (int256 cashMoved) {
        CashPool memory pool_ = _accrue();
        // floor: the bidder takes over less credit or more debt
        int256 slice = Rounding.mulDivFloor(pool_.toCashFloor(_accounts[t.account].principal), t.fraction, WAD);
        cashMoved = slice - t.pay;
        _addCash(pool_, t.account, -cashMoved - t.fee.toInt256());
        _addCash(pool_, t.bidder, cashMoved);
        _addReserves(pool_, t.fee.toInt256());
        _pool = pool_;
    }

    function _takeCollateral(TakeOver calldata t) private returns (address[] memory assets, uint256[] memory amounts) {
        Holding[] memory legs = _holdings[t.account].load();
        assets = new address[](legs.length);
        amounts = new uint256[](legs.length);
        for (uint256 i; i < legs.length; ++i) {
            assets[i] = legs[i].asset;
            if (t.skippedLegs & (1 << i) != 0) continue;
            // down: the bidder takes over less
            amounts[i] = Rounding.mulDivDown(legs[i].amount, t.fraction, WAD);
            if (amounts[i] == 0) continue;
            _removeCollateral(t.account, assets[i], amounts[i]);
            _addCollateral(t.bidder, assets[i], amounts[i]);
        }
    }

    /* TOKENS */

    /// @dev Measures what arrives. The token moves before the ledger, because only then is the amount known; the lock
    /// keeps everybody out until it is booked.
    function _pull(address asset, uint256 amount) private returns (uint256 received) {
        if (amount == 0) revert ZeroAmount();
        _locked = true;
        uint256 before = IERC20(asset).balanceOf(address(this));
        IERC20(asset).safeTransferFrom(msg.sender, address(this), amount);
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
