// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {SignedMath} from "@openzeppelin/contracts/utils/math/SignedMath.sol";
import {IMarginCalls} from "../interfaces/IMarginCalls.sol";
import {CashPool} from "../math/InterestIndex.sol";
import {LiquidationMath} from "../math/LiquidationMath.sol";
import {CENT, WAD} from "../math/Units.sol";
import {AccountId, toAccountId} from "../types/AccountId.sol";
import {Assessment} from "../types/Margin.sol";
import {CashWord} from "../types/CashWord.sol";
import {LiquidationTerms} from "../types/PolicyParams.sol";
import {MarginCall} from "../types/MarginCall.sol";
import {AccountState} from "./Ledger.sol";
import {Steps} from "./Steps.sol";

/// @title Margin calls
/// @dev Part of the vault, which keeps each call beside the cash of the account it is on: a call costs what reading the
/// account costs, and hardly more.
abstract contract MarginCalls is Steps, IMarginCalls {
    using SafeCast for uint256;

    /// @inheritdoc IMarginCalls
    /// @dev No step: nothing that the end check looks at changes, unless there is a fee.
    function call(AccountId account) external returns (uint256 deadline) {
        _requireUnlocked();
        _requireSettled(account);
        Assessment memory assessment = riskEngine.assessHeld(_portfolio(account));
        int256 health = assessment.better.health();
        // where no leg has a price there is nothing to call for: it may be worth anything when its feed is back (V9)
        bool blind = assessment.better.maintenance == 0;
        if (health >= int256(WAD) || blind) revert NotCallable(account, health);
        AccountState storage state = _accounts[account];
        if (state.calledAt != 0) revert AlreadyCalled(account, state.deadline);

        LiquidationTerms memory terms = policy.liquidationWord().terms();
        uint256 calledAt = _liveTime();
        deadline = calledAt + LiquidationMath.grace(health, terms);
        // fit: times
        state.calledAt = uint40(calledAt);
        state.deadline = uint40(deadline);
        uint256 fee = _feeOf(assessment, health, terms);
        emit MarginCalled(account, _actor(), health, calledAt, deadline, fee);
        if (fee != 0) _payFee(account, toAccountId(_actor(), 0), fee);
    }

    /// @inheritdoc IMarginCalls
    function clear(AccountId account) external {
        _requireUnlocked();
        _requireSettled(account);
        MarginCall memory marginCall = _callOf(account);
        if (marginCall.calledAt == 0) revert NotCalled(account);
        int256 health = riskEngine.assessHeld(_portfolio(account)).mark.health();
        if (_owes(account)) {
            int256 cured = LiquidationMath.clearableHealth(marginCall, _liveTime(), policy.liquidationWord().terms());
            if (health < cured) revert NotCured(account, health, cured);
        }
        _endCall(account, health, _actor());
    }

    /// @dev Never more than the account's equity at mark, so that the fee makes nobody insolvent, and never more than
    /// half of what it has above `hCritical`: else the fee would take the grace that the call gives, and whoever calls
    /// a small account could sell it at once.
    function _feeOf(Assessment memory assessment, int256 health, LiquidationTerms memory terms)
        private
        pure
        returns (uint256)
    {
        int256 most = assessment.mark.equity;
        int256 critical = LiquidationMath.criticalHealth(terms);
        if (health >= critical) {
            // fits: a requirement is below 2**180; not negative, as health is at least critical
            int256 above = assessment.better.equity - int256(assessment.better.maintenance) * critical / int256(WAD);
            most = SignedMath.min(most, above / 2);
        }
        return most <= 0 ? 0 : Math.min(terms.callFeeCents * CENT, uint256(most));
    }

    function _payFee(AccountId account, AccountId payee, uint256 fee) private step {
        _touch(account, 0);
        _touch(payee, 0);
        (CashPool memory pool_, CashWord terms) = _openPool();
        _addCash(pool_, account, -fee.toInt256());
        _addCash(pool_, payee, fee.toInt256());
        _closePool(pool_, terms);
    }
}
