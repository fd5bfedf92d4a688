// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IERC20Metadata} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Metadata.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {IMarginCalls} from "../interfaces/IMarginCalls.sol";
import {IMarginPolicy} from "../interfaces/IMarginPolicy.sol";
import {IVaultCommon} from "../interfaces/IVaultCommon.sol";
import {CashPool, InterestIndex} from "../math/InterestIndex.sol";
import {INDEX_ONE} from "../math/Units.sol";
import {AccountId} from "../types/AccountId.sol";
import {CashWord} from "../types/CashWord.sol";
import {MarginCall} from "../types/MarginCall.sol";
import {HoldingSlot, Holdings, MOST_COLLATERALS} from "./Holdings.sol";
import {PaceBucket} from "../math/PaceLimits.sol";

/// @dev What an account is, but for its collateral and its positions. One slot: 16 + 1 + 1 + 10 + 1 bytes.
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
    /// how many positions there are, so that an account without any reads no further slot
    uint8 positions;
}

/// @title The vault's books
/// @notice Cash and collateral by account, and the pool behind the cash. Nothing here moves a token or asks a price.
abstract contract Ledger is IVaultCommon {
    using SafeCast for uint256;
    using SafeCast for int256;
    using InterestIndex for CashPool;
    using Holdings for HoldingSlot[MOST_COLLATERALS];

    address public immutable quote;
    uint256 public immutable quoteScale;
    IMarginPolicy public immutable policy;

    CashPool internal _pool;
    mapping(AccountId account => AccountState) internal _accounts;
    mapping(AccountId account => HoldingSlot[MOST_COLLATERALS]) internal _holdings;
    mapping(address asset => uint256 amount) internal _totalCollateral;

    mapping(address asset => PaceBucket) internal _pace;

    /// a token is being moved, and the books are not complete: nobody may enter or look
    bool internal transient _locked;

    constructor(IERC20Metadata quote_, IMarginPolicy policy_) {
        quote = address(quote_);
        quoteScale = 10 ** (18 - quote_.decimals());
        policy = policy_;
        _pool.supplyIndex = uint96(INDEX_ONE); // fits: INDEX_ONE < 2**80
        _pool.borrowIndex = uint96(INDEX_ONE);
        _pool.accruedAt = uint40(block.timestamp); // fits: for 34,000 years
    }

    /* CASH */

    function _currentPool() internal view returns (CashPool memory pool_) {
        pool_ = _pool;
        if (pool_.accruedAt == block.timestamp) return pool_;
        return pool_.accrued(policy.cashWord().reserveFactorBps(), block.timestamp);
    }

    /// @dev Cash of `principal` with interest up to now. What a debtor owes takes one slot of the pool and no terms.
    function _cashNow(int256 principal) internal view returns (int256) {
        if (principal == 0) return 0;
        if (principal > 0) return _currentPool().toCashFloor(principal);
        CashPool storage pool_ = _pool;
        uint256 elapsed = block.timestamp - pool_.accruedAt;
        uint256 index = InterestIndex.borrowIndexAt(pool_.borrowIndex, pool_.borrowRatePpm, elapsed);
        return InterestIndex.toCashFloor(principal, index);
    }

    /// @dev The pool brought up to now, and the terms it goes by. Whoever opens it closes it.
    function _openPool() internal view returns (CashPool memory pool_, CashWord terms) {
        terms = policy.cashWord();
        pool_ = _openPool(terms);
    }

    function _openPool(CashWord terms) internal view returns (CashPool memory pool_) {
        pool_ = _pool;
        if (pool_.accruedAt != block.timestamp) pool_ = pool_.accrued(terms.reserveFactorBps(), block.timestamp);
    }

    /// @dev Stores the pool with the rate that its new utilisation asks for.
    function _closePool(CashPool memory pool_, CashWord terms) internal {
        pool_.borrowRatePpm = uint24(pool_.borrowRate(terms.terms())); // fits: policy keeps rates below 4,000,000
        _pool = pool_;
        emit PoolChanged(pool_.supplyIndex, pool_.borrowIndex, pool_.borrowRatePpm, pool_.reserves());
    }

    /// @dev Rounds against the account. Returns its cash, quote WAD.
    function _addCash(CashPool memory pool_, AccountId account, int256 delta) internal returns (int256 cash) {
        AccountState storage state = _accounts[account];
        int256 before = state.principal;
        cash = pool_.toCashFloor(before) + delta;
        int128 principal = pool_.toPrincipalFloor(cash).toInt128();
        pool_.supplyPrincipal = (uint256(pool_.supplyPrincipal) + _positive(principal) - _positive(before)).toUint96();
        pool_.borrowPrincipal =
            (uint256(pool_.borrowPrincipal) + _positive(-int256(principal)) - _positive(-before)).toUint96();
        state.principal = principal;
        emit CashChanged(account, delta, principal);
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

    /// @return joined whether the account held none of it before
    function _addCollateral(AccountId account, address asset, uint256 amount) internal returns (bool joined) {
        uint256 most = _accounts[account].maxCollaterals;
        uint256 total;
        (total, joined) = _holdings[account].add(account, asset, amount, most == 0 ? MOST_COLLATERALS : most);
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

    function _callOf(AccountId account) internal view returns (MarginCall memory) {
        AccountState storage state = _accounts[account];
        return MarginCall(state.calledAt, state.deadline);
    }

    function _endCall(AccountId account, int256 health, address by) internal {
        AccountState storage state = _accounts[account];
        state.calledAt = 0;
        state.deadline = 0;
        emit IMarginCalls.CallCleared(account, by, health);
    }

    function _requireUnlocked() internal view {
        if (_locked) revert Locked();
    }

    function _positive(int256 x) private pure returns (uint256) {
        return x > 0 ? uint256(x) : 0;
    }
}
