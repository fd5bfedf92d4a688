// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {IMarginCalls, MarginCall, MarginState} from "../interfaces/IMarginCalls.sol";
import {IMarginVault} from "../interfaces/IMarginVault.sol";
import {IPriceOracle} from "../interfaces/IPriceOracle.sol";
import {LiquidationMath} from "../math/LiquidationMath.sol";
import {CENT, WAD} from "../math/Units.sol";
import {AccountId, toAccountId} from "../types/AccountId.sol";
import {Assessment} from "../types/Margin.sol";
import {LiquidationTerms} from "../types/PolicyParams.sol";
import {Portfolio} from "../types/Portfolio.sol";
import {ModuleRight} from "../types/ModuleRight.sol";

/// @title Margin calls
contract MarginCalls is IMarginCalls {
    IMarginVault public immutable vault;
    IPriceOracle public immutable oracle;

    mapping(AccountId account => MarginCall) private _calls;

    constructor(IMarginVault vault_, IPriceOracle oracle_) {
        vault = vault_;
        oracle = oracle_;
    }

    /// @inheritdoc IMarginCalls
    function call(AccountId account) external returns (uint256 deadline) {
        (, Assessment memory assessment) = _assess(account);
        int256 health = assessment.better.health();
        if (health >= int256(WAD)) revert NotCallable(account, health);
        MarginCall memory known = _calls[account];
        if (known.calledAt != 0) revert AlreadyCalled(account, known.deadline);

        LiquidationTerms memory terms = vault.policy().liquidationTerms();
        uint256 calledAt = liveTime();
        deadline = calledAt + LiquidationMath.grace(health, terms);
        // fits: times; health is below one here
        _calls[account] = MarginCall({
            calledAt: uint40(calledAt), deadline: uint40(deadline), health: health < 0 ? 0 : uint64(uint256(health))
        });
        uint256 fee = _fee(assessment, terms);
        emit MarginCalled(account, msg.sender, health, calledAt, deadline, fee);
        // the vault's books only: no token moves, nobody is called
        if (fee != 0) vault.charge(account, toAccountId(msg.sender, 0), fee);
    }

    /// @inheritdoc IMarginCalls
    function clear(AccountId account) external {
        if (_calls[account].calledAt == 0) revert NotCalled(account);
        (Portfolio memory portfolio, Assessment memory assessment) = _assess(account);
        int256 health = assessment.mark.health();
        if (portfolio.cash < 0 || portfolio.positions.length != 0) {
            int256 cured = LiquidationMath.curedHealth(vault.policy().liquidationTerms());
            if (health < cured) revert NotCured(account, health, cured);
        }
        _clear(account, health);
    }

    /// @inheritdoc IMarginCalls
    function close(AccountId account, int256 healthAfter) external {
        if (vault.moduleRights(msg.sender) & ModuleRight.TAKE_OVER == 0) revert OnlyLiquidator(msg.sender);
        if (_calls[account].calledAt == 0) return;
        if (healthAfter < LiquidationMath.curedHealth(vault.policy().liquidationTerms())) return;
        _clear(account, healthAfter);
    }

    /// @inheritdoc IMarginCalls
    function liquidatable(AccountId account, Assessment calldata assessment)
        external
        view
        returns (bool yes, uint256 elapsed)
    {
        return _liquidatable(account, assessment.better.health(), vault.policy().liquidationTerms());
    }

    /// @inheritdoc IMarginCalls
    function callOf(AccountId account) external view returns (MarginCall memory) {
        return _calls[account];
    }

    /// @inheritdoc IMarginCalls
    function stateOf(AccountId account) external view returns (MarginState) {
        (, Assessment memory assessment) = _assess(account);
        return stateGiven(account, assessment);
    }

    /// @inheritdoc IMarginCalls
    function stateGiven(AccountId account, Assessment memory assessment) public view returns (MarginState) {
        int256 health = assessment.better.health();
        if (health >= int256(WAD)) {
            return assessment.mark.excess() >= 0 ? MarginState.Healthy : MarginState.Restricted;
        }
        LiquidationTerms memory terms = vault.policy().liquidationTerms();
        (bool yes,) = _liquidatable(account, health, terms);
        if (!yes) return _calls[account].calledAt == 0 ? MarginState.Callable : MarginState.Called;
        bool sunk = assessment.downLegs == 0
            && assessment.mark.equity < int256(LiquidationMath.leastBonus(assessment.mark, terms));
        return sunk ? MarginState.Insolvent : MarginState.Liquidatable;
    }

    /// @inheritdoc IMarginCalls
    function liveTime() public view returns (uint256) {
        return vault.liveTime() - oracle.outageTime();
    }

    function _liquidatable(AccountId account, int256 health, LiquidationTerms memory terms)
        private
        view
        returns (bool yes, uint256 elapsed)
    {
        if (health >= int256(WAD)) return (false, 0);
        MarginCall memory known = _calls[account];
        if (known.calledAt != 0) {
            uint256 now_ = liveTime();
            if (now_ >= known.deadline) return (true, now_ - known.deadline);
        }
        return (health < LiquidationMath.criticalHealth(terms), 0);
    }

    function _assess(AccountId account) private view returns (Portfolio memory portfolio, Assessment memory) {
        portfolio = vault.portfolio(account);
        return (portfolio, vault.riskEngine().assess(portfolio));
    }

    /// @dev Never more than the account's equity at mark, so that the fee makes nobody insolvent.
    function _fee(Assessment memory assessment, LiquidationTerms memory terms) private pure returns (uint256) {
        int256 equity = assessment.mark.equity;
        return equity <= 0 ? 0 : Math.min(terms.callFeeCents * CENT, uint256(equity));
    }

    function _clear(AccountId account, int256 health) private {
        delete _calls[account];
        emit CallCleared(account, msg.sender, health);
    }
}
