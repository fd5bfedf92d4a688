// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IERC20Metadata} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Metadata.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {ILossWaterfall} from "../interfaces/ILossWaterfall.sol";
import {IMarginPolicy} from "../interfaces/IMarginPolicy.sol";
import {IRiskEngine} from "../interfaces/IRiskEngine.sol";
import {IVaultSettings} from "../interfaces/IVaultSettings.sol";
import {CashPool, InterestIndex} from "../math/InterestIndex.sol";
import {LiquidationMath} from "../math/LiquidationMath.sol";
import {Rounding} from "../math/Rounding.sol";
import {BPS} from "../math/Units.sol";
import {AccountId} from "../types/AccountId.sol";
import {Assessment} from "../types/Margin.sol";
import {MarginCall, MarginState} from "../types/MarginCall.sol";
import {CashWord} from "../types/CashWord.sol";
import {Portfolio} from "../types/Portfolio.sol";
import {Operator} from "./Authority.sol";
import {CheckQueue} from "./CheckQueue.sol";
import {HoldingSlot, Holdings, MOST_COLLATERALS} from "./Holdings.sol";
import {AccountState} from "./Ledger.sol";
import {LiveClock, LiveClocks} from "./LiveClock.sol";
import {Permits} from "./Permits.sol";
import {Steps} from "./Steps.sol";

/// @title The vault's seldom used functions
/// @dev Runs on the vault's storage, by the vault's `fallback`. On its own it holds nothing, and nobody but the vault
/// has anything from calling it.
contract VaultSettings is Steps, Permits, IVaultSettings {
    using SafeCast for uint256;
    using InterestIndex for CashPool;
    using Holdings for HoldingSlot[MOST_COLLATERALS];
    using LiveClocks for LiveClock;

    /// @dev Seconds between the end of a pause and the first liquidation: time to repay or top up first.
    uint256 private constant RESUME_WINDOW = 10 minutes;

    constructor(address authority_, IERC20Metadata quote_, IMarginPolicy policy_, IRiskEngine riskEngine_)
        Steps(authority_, quote_, policy_, riskEngine_)
    {}

    /* OWNER'S CHOICES */

    /// @inheritdoc IVaultSettings
    function setOperator(AccountId account, address operator, uint8 rights, uint40 expiry) external {
        _requireOwner(account);
        _setOperator(account, operator, rights, expiry);
    }

    /// @inheritdoc IVaultSettings
    function setMode(AccountId account, uint8 mode) external step {
        _requireOwner(account);
        _touch(account, CheckQueue.RISK);
        uint256 most = Math.min(riskEngine.maxCollaterals(mode), MOST_COLLATERALS);
        if (_holdings[account].count() > most) revert TooManyCollaterals(account, most);
        AccountState storage state = _accounts[account];
        state.mode = mode;
        if (state.positions > _mostPositions(account)) revert TooManyPositions(account, _mostPositions(account));
        state.maxCollaterals = uint8(most); // fits: at most 8
        emit ModeChanged(account, mode, uint8(most));
    }

    /// @inheritdoc IVaultSettings
    function contribute(AccountId account, uint256 amount) external step returns (uint256 contributed) {
        _requireOwner(account);
        _touch(account, CheckQueue.RISK);
        (CashPool memory pool_, CashWord terms) = _openPool();
        int256 cash = pool_.toCashFloor(_accounts[account].principal);
        contributed = cash > 0 ? Math.min(amount, uint256(cash)) : 0;
        _addCash(pool_, account, -contributed.toInt256());
        pool_.addReserves(contributed);
        _closePool(pool_, terms);
    }

    /* GOVERNANCE */

    /// @inheritdoc IVaultSettings
    function pause() external restricted {
        _clock.pause(_outageTime());
        _emitPause(true);
    }

    /// @inheritdoc IVaultSettings
    function unpause() external restricted {
        _clock.resume(_outageTime(), RESUME_WINDOW);
        _emitPause(false);
    }

    /// @inheritdoc IVaultSettings
    function setWaterfall(ILossWaterfall newWaterfall) external restricted {
        _waterfall = newWaterfall;
        emit WaterfallChanged(newWaterfall);
    }

    /* LOSSES */

    /// @inheritdoc IVaultSettings
    function drawReserves(AccountId account, uint256 amount) external step returns (uint256 drawn) {
        _requireWaterfall();
        _touch(account, 0);
        (CashPool memory pool_, CashWord terms) = _openPool();
        drawn = pool_.takeReserves(amount);
        _addCash(pool_, account, drawn.toInt256());
        _closePool(pool_, terms);
    }

    /// @inheritdoc IVaultSettings
    function socialise(AccountId account, uint256 amount, uint256 capBps) external step returns (uint256 covered) {
        _requireWaterfall();
        _touch(account, 0);
        (CashPool memory pool_, CashWord terms) = _openPool();
        uint256 own = _creditOf(pool_, account);
        uint256 supplied = pool_.totalSupply() - own; // fits: a part of it
        covered = Math.min(amount, supplied * capBps / BPS);
        if (covered != 0) {
            // rounded down: lenders together lose at least what the account is credited with. Fits: it falls
            pool_.supplyIndex = uint96(Rounding.mulDivDown(pool_.supplyIndex, supplied - covered, supplied));
            emit LossSocialised(account, covered);
            // what it loses of its own by that is given back, less the wei that rounding may have added: whoever owes
            // by positions may have cash, which is all reckoned with in what he lacks
            uint256 returned = Math.saturatingSub(own - _creditOf(pool_, account), 1);
            _addCash(pool_, account, (covered + returned).toInt256());
        }
        _closePool(pool_, terms);
    }

    /// @dev Positive cash, quote WAD, rounded down.
    function _creditOf(CashPool memory pool_, AccountId account) private view returns (uint256) {
        int256 cash = pool_.toCashFloor(_accounts[account].principal);
        return cash > 0 ? uint256(cash) : 0;
    }

    /* INTEREST */

    /// @inheritdoc IVaultSettings
    function accrue() external step {
        (CashPool memory pool_, CashWord terms) = _openPool();
        _closePool(pool_, terms);
    }

    /* VIEWS */

    /// @inheritdoc IVaultSettings
    function assess(AccountId account)
        external
        view
        returns (Portfolio memory p, Assessment memory assessment, MarginCall memory marginCall)
    {
        _requireUnlocked();
        p = _portfolio(account);
        return (p, riskEngine.assess(p), _callOf(account));
    }

    /// @inheritdoc IVaultSettings
    function debtOf(AccountId account) external view returns (uint256) {
        _requireUnlocked();
        int256 cash = _cashNow(_accounts[account].principal);
        return cash < 0 ? Rounding.divUp(uint256(-cash), quoteScale) : 0;
    }

    /// @inheritdoc IVaultSettings
    function collateralOf(AccountId account, address asset) external view returns (uint256 held) {
        _requireUnlocked();
        (, held) = _holdings[account].find(asset);
    }

    /// @inheritdoc IVaultSettings
    function totalCollateral(address asset) external view returns (uint256) {
        return _totalCollateral[asset];
    }

    /// @inheritdoc IVaultSettings
    function principalOf(AccountId account) external view returns (int256) {
        return _accounts[account].principal;
    }

    /// @inheritdoc IVaultSettings
    function pool() external view returns (CashPool memory) {
        _requireUnlocked();
        return _currentPool();
    }

    /// @inheritdoc IVaultSettings
    function reserves() external view returns (uint256) {
        _requireUnlocked();
        return _currentPool().reserves();
    }

    /// @inheritdoc IVaultSettings
    function callOf(AccountId account) external view returns (MarginCall memory) {
        return _callOf(account);
    }

    /// @inheritdoc IVaultSettings
    function stateOf(AccountId account) external view returns (MarginState) {
        _requireUnlocked();
        return LiquidationMath.stateOf(
            riskEngine.assessHeld(_portfolio(account)), _callOf(account), _liveTime(), policy.liquidationWord().terms()
        );
    }

    /// @inheritdoc IVaultSettings
    function liveTime() external view returns (uint256) {
        return _liveTime();
    }

    /// @inheritdoc IVaultSettings
    function liquidationsOpen() external view returns (bool) {
        return _clock.isOpen();
    }

    /// @inheritdoc IVaultSettings
    function isSettled(AccountId account) external view returns (bool) {
        return !CheckQueue.isQueued(account);
    }

    /// @inheritdoc IVaultSettings
    function modeOf(AccountId account) external view returns (uint8) {
        return _accounts[account].mode;
    }

    /// @inheritdoc IVaultSettings
    function operatorOf(AccountId account, address operator) external view returns (uint8 rights, uint40 expiry) {
        Operator memory known = _operators[account][operator];
        return (known.rights, known.expiry);
    }

    /// @inheritdoc IVaultSettings
    function waterfall() external view returns (ILossWaterfall) {
        return _waterfall;
    }

    function _emitPause(bool paused) private {
        LiveClock memory clock = _clock;
        emit PauseChanged(msg.sender, paused, clock.opensAt, clock.stoppedAt, clock.outageBefore);
    }
}
