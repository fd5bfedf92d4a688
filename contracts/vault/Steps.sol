// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {IERC20Metadata} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Metadata.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {IMarginPolicy} from "../interfaces/IMarginPolicy.sol";
import {IPriceOracle} from "../interfaces/IPriceOracle.sol";
import {IRiskEngine} from "../interfaces/IRiskEngine.sol";
import {WAD} from "../math/Units.sol";
import {AccountId} from "../types/AccountId.sol";
import {Assessment} from "../types/Margin.sol";
import {Holding, Portfolio} from "../types/Portfolio.sol";
import {PriceStatus} from "../types/Price.sol";
import {Authority} from "./Authority.sol";
import {Books} from "./Books.sol";
import {CheckQueue, SafetyBefore} from "./CheckQueue.sol";
import {HoldingSlot, Holdings, MOST_COLLATERALS} from "./Holdings.sol";
import {Ledger} from "./Ledger.sol";
import {MOST_POSITIONS} from "./Positions.sol";

/// @title Steps and the check at their end
/// @notice Every function that changes an account is a step: it queues each account before changing it, and the
/// outermost step checks them all.
abstract contract Steps is Books, Authority {
    using CheckQueue for SafetyBefore;
    using Holdings for HoldingSlot[MOST_COLLATERALS];

    IRiskEngine public immutable riskEngine;
    IPriceOracle public immutable oracle;
    bool internal immutable _hasSequencer;

    /// frames of this contract that are open: the outermost one checks
    uint256 private transient _depth;
    /// a batch is open: first touches record how safe the account was
    bool internal transient _batching;

    constructor(address authority_, IERC20Metadata quote_, IMarginPolicy policy_, IRiskEngine riskEngine_)
        AccessManaged(authority_)
        Ledger(quote_, policy_)
    {
        riskEngine = riskEngine_;
        oracle = riskEngine_.oracle();
        _hasSequencer = oracle.hasSequencer();
    }

    /// @dev Every function that changes an account runs inside. Nested frames leave the checks to the outermost one.
    modifier step() {
        _enter();
        _;
        _leave();
    }

    function _enter() private {
        _requireUnlocked();
        ++_depth;
    }

    function _leave() private {
        if (--_depth == 0) _settle();
    }

    /// @dev Queues `account` before a step changes it.
    function _touch(AccountId account, uint8 flags) internal {
        _touch(account, flags, _batching);
    }

    /// @param remembers record how safe it is, so that a step that only makes it safer passes
    function _touch(AccountId account, uint8 flags, bool remembers) internal {
        if (!CheckQueue.push(account, flags) || !remembers || !_owes(account)) return;
        CheckQueue.remember(account, riskEngine.assess(_portfolio(account)));
    }

    /// @dev A collateral whose price is Down counts at its last good price against calls and liquidations, since its
    /// owner cannot help it. But nobody may bring that about: what is worth nothing any more, and cannot be priced,
    /// would shield whatever it stands beside. So it is added only where it stands alone, and what joins it must find
    /// nothing Down, or top a debt up that something else backs as well.
    /// @param joined the account did not hold `asset` before
    function _requirePriced(AccountId account, address asset, bool joined) internal view {
        if (_holdings[account].count() == 1) return;
        if (_isDown(asset)) revert CollateralDown(account, asset);
        if (joined) _requireOthersPriced(account);
    }

    /// @dev Of an account whose last collateral is the one that joined.
    function _requireOthersPriced(AccountId account) internal view {
        Holding[] memory held = _holdings[account].load();
        uint256 others = held.length - 1;
        uint256 down;
        address last;
        for (uint256 i; i < others; ++i) {
            if (!_isDown(held[i].asset)) continue;
            ++down;
            last = held[i].asset;
        }
        // a debt that is older than this call
        bool topsUp = _owes(account) && !CheckQueue.addsRisk(account);
        if (down != 0 && !(topsUp && down < others)) revert CollateralDown(account, last);
    }

    function _isDown(address asset) private view returns (bool) {
        return oracle.read(asset).status == PriceStatus.Down;
    }

    /// @dev Calls and liquidations judge an account for good, so not one that is in the middle of a batch: its owner
    /// could empty it, have it liquidated and let the waterfall pay, all before the end check looks.
    function _requireSettled(AccountId account) internal view {
        if (CheckQueue.isQueued(account)) revert Unsettled(account);
    }

    function _settle() private {
        uint256 count = CheckQueue.length();
        if (count == 0) return;
        for (uint256 i; i < count; ++i) {
            (AccountId account, uint256 flags) = CheckQueue.take(i);
            _check(account, flags, CheckQueue.recall(account, flags));
        }
        CheckQueue.clear();
    }

    function _check(AccountId account, uint256 flags, SafetyBefore memory before) private view {
        if (flags & (CheckQueue.RISK | CheckQueue.DEBT) == 0 || !_owes(account)) return;
        Portfolio memory p = _portfolio(account);
        // with positions the least requirement pays for a liquidation, however small the debt
        uint256 least = p.cash < 0 && p.positions.length == 0 ? uint256(policy.cashWord().minDebt()) * WAD : 0;
        bool tooSmall = p.cash < 0 && uint256(-p.cash) < least;
        if (tooSmall && flags & CheckQueue.DEBT != 0) revert DebtBelowMinimum(account, uint256(-p.cash), least);
        if (flags & CheckQueue.RISK == 0) return;
        bool paused = _clock.pausedAt != 0;
        // a loss, or a position that is closed, may leave a debt too small to pay for its liquidation: nothing that
        // backs it goes, or reserves would pay for it time and again (V20)
        if (!paused && !tooSmall && riskEngine.isCovered(p)) return;
        Assessment memory assessment = riskEngine.assess(p);
        if (before.improved(assessment)) return;
        if (paused) revert Paused(account);
        if (tooSmall) revert DebtBelowMinimum(account, uint256(-p.cash), least);
        revert Undercollateralised(account, assessment.worse.equity, assessment.worse.initial);
    }

    /// @dev How many positions the account's mode allows.
    function _mostPositions(AccountId account) internal view returns (uint256) {
        return Math.min(riskEngine.maxPositions(_accounts[account].mode), MOST_POSITIONS);
    }

    function _outageTime() internal view override returns (uint256) {
        return _hasSequencer ? oracle.outageTime() : 0;
    }
}
