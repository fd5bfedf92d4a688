// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IVaultCommon} from "../../../contracts/interfaces/IVaultCommon.sol";
import {CashPool, InterestIndex} from "../../../contracts/math/InterestIndex.sol";
import {AccountId} from "../../../contracts/types/AccountId.sol";
import {Standing, World} from "./World.sol";

/// @notice What must hold of every account after a call by an owner, an operator or a stranger.
abstract contract EndCheck is World {
    using InterestIndex for CashPool;

    /// roundings of one call against an account: its cash twice, each leg once a side
    int256 internal constant WEI = 8;
    int256 internal constant HEALTHY = 1e18;

    /// @dev Before the call and who may change in it.
    struct Frame {
        Standing[] before;
        AccountId first;
        AccountId second;
    }

    function _frame(AccountId first, AccountId second) internal view returns (Frame memory) {
        return Frame(_standings(), first, second);
    }

    function _frame(AccountId only) internal view returns (Frame memory) {
        return _frame(only, only);
    }

    /// @dev For a call that changes nobody.
    function _frame() internal view returns (Frame memory) {
        return _frame(AccountId.wrap(0));
    }

    /// @dev P05, P06, P15, P17 for every account, after a call that succeeded or was refused.
    function _settle(Frame memory frame, bool ok) internal {
        for (uint256 i; i < accounts.length; ++i) {
            AccountId account = accounts[i];
            Standing memory before = frame.before[i];
            Standing memory current = _standing(account);
            if (!ok || !(account == frame.first || account == frame.second)) {
                _claimUntouched(before, current);
                continue;
            }
            bool wasHealthy = before.margin.better.health() >= HEALTHY;
            _claim(
                "P06",
                !wasHealthy || current.margin.better.health() >= HEALTHY,
                "a user's call made a healthy account unhealthy"
            );
            if (current.cash >= 0) continue;
            bool covered = !ghostPaused && current.margin.worse.excess() >= 0;
            bool safer = _isNoLessSafe(before.margin, current.margin, WEI);
            _claim("P05", covered || safer, "below initial margin and not safer than before");
        }
        _watchClocks(false);
    }

    /// @dev Not by a wei, at no prices.
    function _claimUntouched(Standing memory before, Standing memory current) internal {
        _claim("P15", current.digest == before.digest, "a call changed an account it did not name");
        _claim("P17", current.cash == before.cash, "a call changed another account's cash");
        bool same = keccak256(abi.encode(current.margin)) == keccak256(abi.encode(before.margin));
        _claim("P17", same, "a call changed another account's margin");
    }

    /// @dev Cash moves by exactly `delta`, less at most some wei of rounding, and never more.
    function _claimCash(AccountId account, int256 before, int256 delta) internal {
        int256 cash = vault.cashOf(account);
        ++cashMoves;
        _claim("P21", cash <= before + delta, "an account gained by rounding");
        _claim("P02", cash + WEI >= before + delta, "an account lost more than rounding");
    }

    /// @dev After `account` borrowed.
    function _claimBorrowCap(AccountId account) internal {
        uint256 cap = uint256(policy.cashTerms().borrowCap) * ONE;
        bool within = vault.cashOf(account) >= 0 || vault.pool().totalBorrow() <= cap;
        _claim("P27", within, "a borrowing passed the borrow cap");
    }

    /// @dev The errors with which the end check may refuse a call that adds risk to `account`.
    function _allowEndCheck(AccountId account) internal {
        bool owes = vault.cashOf(account) < 0;
        _allowIf(owes && ghostPaused, IVaultCommon.Paused.selector);
        _allowIf(owes && !ghostPaused, IVaultCommon.Undercollateralised.selector);
    }

    /// @dev The errors with which a borrowing of `amount` may be refused; for want of margin only where it is `short`.
    function _allowDebt(AccountId account, uint256 amount, bool short) internal {
        int256 cash = vault.cashOf(account) - int256(amount * 1e12);
        if (cash >= 0) return;
        uint256 owed = vault.pool().totalBorrow() + amount * 1e12;
        uint256 cap = uint256(policy.cashTerms().borrowCap) * ONE;
        _allowIf(_isDustDebt(cash - WEI), IVaultCommon.DebtBelowMinimum.selector);
        _allowIf(ghostPaused, IVaultCommon.Paused.selector);
        _allowIf(!ghostPaused && short, IVaultCommon.Undercollateralised.selector);
        _allowIf(owed > cap, IVaultCommon.BorrowCapExceeded.selector);
    }
}
