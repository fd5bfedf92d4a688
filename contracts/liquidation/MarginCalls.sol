// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {IMarginCalls, MarginState} from "../interfaces/IMarginCalls.sol";
import {IMarginPolicy} from "../interfaces/IMarginPolicy.sol";
import {IMarginVault} from "../interfaces/IMarginVault.sol";
import {LiquidationMath} from "../math/LiquidationMath.sol";
import {CENT, WAD} from "../math/Units.sol";
import {AccountId, toAccountId} from "../types/AccountId.sol";
import {Assessment} from "../types/Margin.sol";
import {MarginCall} from "../types/MarginCall.sol";
import {LiquidationTerms} from "../types/PolicyParams.sol";
import {Portfolio} from "../types/Portfolio.sol";
import {ModuleRight} from "../types/ModuleRight.sol";

/// @title Margin calls
/// @dev Keeps nothing itself: the vault has each call beside the account it is on.
contract MarginCalls is IMarginCalls {
    IMarginVault public immutable vault;
    IMarginPolicy public immutable policy;

    constructor(IMarginVault vault_) {
        vault = vault_;
        policy = vault_.policy();
    }

    /// @inheritdoc IMarginCalls
    function call(AccountId account) external returns (uint256 deadline) {
        (, Assessment memory assessment, MarginCall memory known) = vault.assess(account);
        int256 health = assessment.better.health();
        // where no leg has a price there is nothing to call for: it may be worth anything when its feed is back (V9)
        bool blind = assessment.better.maintenance == 0;
        if (health >= int256(WAD) || blind) revert NotCallable(account, health);
        if (known.calledAt != 0) revert AlreadyCalled(account, known.deadline);

        LiquidationTerms memory terms = policy.liquidationTerms();
        uint256 calledAt = liveTime();
        deadline = calledAt + LiquidationMath.grace(health, terms);
        uint256 fee = _fee(assessment, terms);
        emit MarginCalled(account, msg.sender, health, calledAt, deadline, fee);
        // the vault's books only: no token moves, nobody is called. Fits: times
        vault.recordCall(account, MarginCall(uint40(calledAt), uint40(deadline)), toAccountId(msg.sender, 0), fee);
    }

    /// @inheritdoc IMarginCalls
    function clear(AccountId account) external {
        (Portfolio memory portfolio, Assessment memory assessment, MarginCall memory known) = vault.assess(account);
        if (known.calledAt == 0) revert NotCalled(account);
        int256 health = assessment.mark.health();
        if (portfolio.cash < 0 || portfolio.positions.length != 0) {
            int256 cured = LiquidationMath.curedHealth(policy.liquidationTerms());
            if (health < cured) revert NotCured(account, health, cured);
        }
        _clear(account, health);
    }

    /// @inheritdoc IMarginCalls
    function close(AccountId account, int256 healthAfter) external {
        if (vault.moduleRights(msg.sender) & ModuleRight.TAKE_OVER == 0) revert OnlyLiquidator(msg.sender);
        if (healthAfter < LiquidationMath.curedHealth(policy.liquidationTerms())) return;
        if (vault.callOf(account).calledAt == 0) return;
        _clear(account, healthAfter);
    }

    /// @inheritdoc IMarginCalls
    function callOf(AccountId account) external view returns (MarginCall memory) {
        return vault.callOf(account);
    }

    /// @inheritdoc IMarginCalls
    function stateOf(AccountId account) external view returns (MarginState) {
        (, Assessment memory assessment, MarginCall memory known) = vault.assess(account);
        return stateGiven(assessment, known);
    }

    /// @inheritdoc IMarginCalls
    function stateGiven(Assessment memory assessment, MarginCall memory marginCall) public view returns (MarginState) {
        int256 health = assessment.better.health();
        if (health >= int256(WAD)) {
            return assessment.mark.excess() >= 0 ? MarginState.Healthy : MarginState.Restricted;
        }
        LiquidationTerms memory terms = policy.liquidationTerms();
        uint256 now_ = marginCall.calledAt == 0 ? 0 : liveTime();
        (bool yes,) = LiquidationMath.liquidatable(health, marginCall, now_, terms);
        if (!yes) return marginCall.calledAt == 0 ? MarginState.Callable : MarginState.Called;
        bool sunk = assessment.downLegs == 0
            && assessment.mark.equity < int256(LiquidationMath.leastBonus(assessment.mark, terms));
        return sunk ? MarginState.Insolvent : MarginState.Liquidatable;
    }

    /// @inheritdoc IMarginCalls
    function liveTime() public view returns (uint256) {
        return vault.liveTime();
    }

    /// @dev Never more than the account's equity at mark, so that the fee makes nobody insolvent.
    function _fee(Assessment memory assessment, LiquidationTerms memory terms) private pure returns (uint256) {
        int256 equity = assessment.mark.equity;
        return equity <= 0 ? 0 : Math.min(terms.callFeeCents * CENT, uint256(equity));
    }

    function _clear(AccountId account, int256 health) private {
        emit CallCleared(account, msg.sender, health);
        vault.recordCall(account, MarginCall(0, 0), account, 0);
    }
}
