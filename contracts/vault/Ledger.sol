// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IERC20Metadata} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Metadata.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {IMarginPolicy} from "../interfaces/IMarginPolicy.sol";
import {IMarginVault} from "../interfaces/IMarginVault.sol";
import {CashPool, InterestIndex} from "../math/InterestIndex.sol";
import {Rounding} from "../math/Rounding.sol";
import {RAY} from "../math/Units.sol";
import {AccountId} from "../types/AccountId.sol";
import {MarginCall} from "../types/MarginCall.sol";
import {Holding, Portfolio, Position} from "../types/Portfolio.sol";
import {Holdings, MOST_COLLATERALS} from "./Holdings.sol";

/// @dev What an account is, but for its collateral. One slot: 16 + 1 + 1 + 10 bytes.
struct AccountState {
    /// quote WAD at index one; negative is debt
    int128 principal;
    uint8 mode;
    /// collaterals that the mode allows, zero for `MOST_COLLATERALS`
    uint8 maxCollaterals;
    /// the margin call (`MarginCall`, flat: a struct in a struct takes a slot of its own); here and not with the module
    /// that makes calls, because a called account's slot is read and written anyway
    uint40 calledAt;
    uint40 deadline;
}

/// @title The vault's books
/// @notice Cash and collateral by account, and the pool behind the cash. Nothing here moves a token or asks a price.
abstract contract Ledger is IMarginVault {
    using SafeCast for uint256;
    using SafeCast for int256;
    using InterestIndex for CashPool;
    using Holdings for Holding[MOST_COLLATERALS];

    address public immutable quote;
    uint256 public immutable quoteScale;
    IMarginPolicy public immutable policy;

    CashPool internal _pool;
    mapping(AccountId account => AccountState) internal _accounts;
    mapping(AccountId account => Holding[MOST_COLLATERALS]) internal _holdings;
    mapping(address asset => uint256 amount) public totalCollateral;

    /// a token is being moved, and the books are not complete: nobody may enter or look
    bool internal transient _locked;

    constructor(IERC20Metadata quote_, IMarginPolicy policy_) {
        quote = address(quote_);
        quoteScale = 10 ** (18 - quote_.decimals());
        policy = policy_;
        _pool.supplyIndex = uint112(RAY); // fits: RAY < 2**90
        _pool.borrowIndex = uint112(RAY);
        _pool.accruedAt = uint32(block.timestamp); // fits: until the year 2106
    }

    /* VIEWS */

    /// @inheritdoc IMarginVault
    function portfolio(AccountId account) external view returns (Portfolio memory) {
        _requireUnlocked();
        return _portfolio(account);
    }

    /// @inheritdoc IMarginVault
    function cashOf(AccountId account) public view returns (int256) {
        _requireUnlocked();
        return _currentPool().toCashFloor(_accounts[account].principal);
    }

    /// @inheritdoc IMarginVault
    function debtOf(AccountId account) external view returns (uint256) {
        int256 cash = cashOf(account);
        return cash < 0 ? Rounding.divUp(uint256(-cash), quoteScale) : 0;
    }

    /// @inheritdoc IMarginVault
    function collateralOf(AccountId account, address asset) external view returns (uint256 held) {
        _requireUnlocked();
        (, held) = _holdings[account].find(asset);
    }

    /// @inheritdoc IMarginVault
    function principalOf(AccountId account) external view returns (int256) {
        return _accounts[account].principal;
    }

    /// @inheritdoc IMarginVault
    function pool() external view returns (CashPool memory) {
        _requireUnlocked();
        return _currentPool();
    }

    /// @inheritdoc IMarginVault
    function liquidity() public view returns (uint256) {
        return IERC20(quote).balanceOf(address(this));
    }

    /// @inheritdoc IMarginVault
    function callOf(AccountId account) external view returns (MarginCall memory) {
        return _callOf(account);
    }

    /// @inheritdoc IMarginVault
    function modeOf(AccountId account) external view returns (uint8) {
        return _accounts[account].mode;
    }

    /* CASH */

    function _currentPool() internal view returns (CashPool memory pool_) {
        pool_ = _pool;
        if (pool_.accruedAt != block.timestamp) pool_ = pool_.accrued(policy.cashTerms(), block.timestamp);
    }

    /// @dev The pool brought up to now; whoever asks stores it.
    function _accrue() internal returns (CashPool memory pool_) {
        bool due = _pool.accruedAt != block.timestamp;
        pool_ = _currentPool();
        if (due) emit InterestAccrued(pool_.supplyIndex, pool_.borrowIndex, pool_.reserves);
    }

    /// @dev Rounds against the account. Returns its cash, quote WAD.
    function _addCash(CashPool memory pool_, AccountId account, int256 delta) internal returns (int256 cash) {
        AccountState storage state = _accounts[account];
        int256 before = state.principal;
        cash = pool_.toCashFloor(before) + delta;
        int128 principal = pool_.toPrincipalFloor(cash).toInt128();
        pool_.supplyPrincipal = (uint256(pool_.supplyPrincipal) + _positive(principal) - _positive(before)).toUint128();
        pool_.borrowPrincipal =
            (uint256(pool_.borrowPrincipal) + _positive(-int256(principal)) - _positive(-before)).toUint128();
        state.principal = principal;
        emit CashChanged(account, delta, principal);
    }

    function _addReserves(CashPool memory pool_, int256 delta) internal {
        if (delta == 0) return;
        pool_.reserves = (uint256(pool_.reserves).toInt256() + delta).toUint256().toUint128();
        emit ReservesChanged(delta, pool_.reserves);
    }

    function _clampCash(AccountId account, int256 cash, uint256 amount) internal view returns (uint256) {
        uint256 available = cash > 0 ? uint256(cash) / quoteScale : 0;
        if (amount == type(uint256).max) amount = available;
        if (amount == 0) revert ZeroAmount();
        if (amount > available) revert InsufficientCash(account, amount, cash);
        return amount;
    }

    function _toWad(uint256 amount) internal view returns (int256) {
        if (amount > type(uint96).max) revert AmountTooLarge(quote, amount, type(uint96).max);
        // fits: 2**96 * 1e18 < 2**156
        return int256(amount * quoteScale);
    }

    /* COLLATERAL */

    function _addCollateral(AccountId account, address asset, uint256 amount) internal {
        uint256 most = _accounts[account].maxCollaterals;
        uint256 total = _holdings[account].add(account, asset, amount, most == 0 ? MOST_COLLATERALS : most);
        emit CollateralChanged(account, asset, amount.toInt256(), total);
    }

    function _removeCollateral(AccountId account, address asset, uint256 amount) internal {
        uint256 left = _holdings[account].remove(account, asset, amount);
        emit CollateralChanged(account, asset, -amount.toInt256(), left);
    }

    function _clampCollateral(AccountId account, address asset, uint256 amount) internal view returns (uint256) {
        if (amount == type(uint256).max) (, amount) = _holdings[account].find(asset);
        if (amount == 0) revert ZeroAmount();
        return amount;
    }

    /* ACCOUNT */

    function _portfolio(AccountId account) internal view returns (Portfolio memory p) {
        AccountState memory state = _accounts[account];
        p.account = account;
        p.mode = state.mode;
        if (state.principal != 0) p.cash = _currentPool().toCashFloor(state.principal);
        p.collateral = _holdings[account].load();
        p.positions = new Position[](0);
    }

    function _callOf(AccountId account) internal view returns (MarginCall memory) {
        AccountState storage state = _accounts[account];
        return MarginCall(state.calledAt, state.deadline);
    }

    /// @dev An account that owes nothing cannot lose more than it has: it passes with every oracle dead.
    function _owes(Portfolio memory p) internal pure returns (bool) {
        return p.cash < 0 || p.positions.length != 0;
    }

    function _requireUnlocked() internal view {
        if (_locked) revert Locked();
    }

    function _positive(int256 x) private pure returns (uint256) {
        return x > 0 ? uint256(x) : 0;
    }
}
