// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IAccessManager} from "@openzeppelin/contracts/access/manager/IAccessManager.sol";
import {IMarginPolicy} from "../../../contracts/interfaces/IMarginPolicy.sol";
import {IVaultCommon} from "../../../contracts/interfaces/IVaultCommon.sol";
import {Assessment} from "../../../contracts/types/Margin.sol";
import {CashTerms, CollateralRisk, LiquidationTerms, PaceLimit} from "../../../contracts/types/PolicyParams.sol";
import {EndCheck} from "./EndCheck.sol";
import {Standing} from "./World.sol";

/// @notice The guardian's pause and what he restricts, changes of policy within the bounds, and a council that waits.
abstract contract Governing is EndCheck {
    /// what the council wants, scheduled where there is a time from which it may be done
    bytes internal pending;
    uint256 internal pendingFrom;

    function pause() public actsAs(this.pause.selector) {
        _allowIf(ghostPaused, IVaultCommon.AlreadyPaused.selector);
        (bool ok,) = _try(address(this), address(vault), abi.encodeCall(vault.pause, ()));
        if (ok) _count("pause");
        ghostPaused = true;
        _watchClocks(false);
    }

    function unpause() public actsAs(this.unpause.selector) {
        _allowIf(!ghostPaused, IVaultCommon.NotPaused.selector);
        (bool ok,) = _try(address(this), address(vault), abi.encodeCall(vault.unpause, ()));
        if (ok) ghostOpensAt = block.timestamp + 10 minutes;
        ghostPaused = false;
        _watchClocks(false);
    }

    function changeCollateral(uint256 what, uint256 maintenance, uint256 step, uint256 depth)
        public
        actsAs(this.changeCollateral.selector)
    {
        (address asset, bytes memory data) = _collateralChange(what, maintenance, step, depth);
        (, uint256 cap) = policy.intakeOf(asset);
        _release(asset);
        _set(address(this), data);
        (, uint256 capNow) = policy.intakeOf(asset);
        _claim("P29", capNow <= cap, "a cap rose in the block of a change");
    }

    /// @notice The guardian's functions lower risk and do nothing else.
    function restrict(uint256 how, uint256 what, uint256 by) public actsAs(this.restrict.selector) {
        address asset = address(_asset(what));
        (CollateralRisk memory target,,) = policy.collateralTarget(asset);
        if (how % 4 == 0) {
            uint256 least = vault.totalCollateral(asset) / 2;
            if (least > target.supplyCap) least = target.supplyCap;
            _set(
                address(this),
                abi.encodeCall(policy.lowerSupplyCap, (asset, uint96(_bound(by, least, target.supplyCap))))
            );
        } else if (how % 4 == 1) {
            uint256 haircut = _bound(by, target.initialHaircutBps, uint256(target.initialHaircutBps) + 300);
            _set(address(this), abi.encodeCall(policy.raiseInitialHaircut, (asset, uint16(haircut))));
        } else if (how % 4 == 2) {
            uint48 cap = policy.cashTerms().borrowCap;
            _set(address(this), abi.encodeCall(policy.lowerBorrowCap, (uint48(_bound(by, cap / 2, cap)))));
        } else {
            _allowIf(true, IMarginPolicy.WouldLoosen.selector);
            bytes memory data = abi.encodeCall(policy.raiseInitialHaircut, (asset, target.initialHaircutBps - 1));
            (bool ok,) = _try(address(this), address(policy), data);
            _claim("P29", !ok, "the guardian loosened");
        }
        _count("restrict");
    }

    /// @notice The council schedules a change, or tries to make the one it scheduled, too early more often than not.
    function council_(uint256 what, uint256 maintenance, uint256 step, uint256 depth)
        public
        actsAs(this.council_.selector)
    {
        if (pending.length == 0) {
            (, pending) = _collateralChange(what, maintenance, step, depth);
            if (step % 2 == 0) {
                _try(council, address(manager), abi.encodeCall(manager.schedule, (address(policy), pending, 0)));
                pendingFrom = block.timestamp + COUNCIL_DELAY;
                _count("scheduled");
            }
        }
        bool scheduled = pendingFrom != 0;
        bool ready = scheduled && block.timestamp >= pendingFrom;
        bool expired = ready && block.timestamp >= pendingFrom + manager.expiration();
        _allowIf(!scheduled, IAccessManager.AccessManagerNotScheduled.selector);
        _allowIf(scheduled && !ready, IAccessManager.AccessManagerNotReady.selector);
        _allowIf(expired, IAccessManager.AccessManagerExpired.selector);
        // what was within reach when it was scheduled may be too far by now
        _allowIf(ready && !expired, IMarginPolicy.RampTooLong.selector);
        // the guardian may have been there in between, and the council has not heard of it
        _allowIf(ready && !expired, IMarginPolicy.Restricted.selector);
        bool ok = _set(council, pending);
        _claim("P29", !ok || (ready && !expired), "a change did not wait");
        if (ok) _count("waited for");
        if (ready || !scheduled) (pending, pendingFrom) = ("", 0);
    }

    function settleRamps() public actsAs(this.settleRamps.selector) {
        Standing[] memory before = _standings();
        _try(stranger, address(policy), abi.encodeCall(policy.settle, (assets)));
        _claimNothingTurned(before, policy.liquidationTerms().criticalHealthBps);
        for (uint256 i; i < before.length; ++i) {
            bytes32 margin = keccak256(abi.encode(before[i].margin));
            _claim("P29", margin == keccak256(abi.encode(_standing(accounts[i]).margin)), "settling turned an account");
        }
    }

    /// @dev Interest is brought up to now first: the vault reckons it since the last accrual at the terms of the day.
    function changeCash(uint256 rate, uint256 reserveFactor, uint256 minDebt) public actsAs(this.changeCash.selector) {
        CashTerms memory terms = policy.cashTerms();
        terms.slopeHighBps = uint32(_bound(rate, 0, 30_000));
        terms.reserveFactorBps = uint16(_bound(reserveFactor, 0, 5_000));
        terms.minDebt = uint48(_bound(minDebt, 100, 1_000));
        terms.borrowCap = uint48(_bound(minDebt >> 64, 500_000, 20_000_000));
        vault.accrue();
        uint48 cap = policy.cashTerms().borrowCap;
        _release(address(quote));
        _set(address(this), abi.encodeCall(policy.setCashTerms, (terms)));
        _claim("P29", policy.cashTerms().borrowCap <= cap, "the borrow cap rose in the block of a change");
    }

    function changeLiquidation(uint256 bonus, uint256 fee, uint256 critical, uint256 grace)
        public
        actsAs(this.changeLiquidation.selector)
    {
        LiquidationTerms memory terms = policy.liquidationTerms();
        terms.bonusMinBps = uint16(_bound(bonus, 1, 2_000));
        terms.bonusMaxBps = uint16(terms.bonusMinBps + _bound(bonus >> 16, 0, 3_000));
        terms.feeBps = uint16(_bound(fee, 0, 2_000));
        terms.kappaBps = uint16(_bound(fee >> 16, 5_000, 9_500));
        terms.criticalHealthBps = uint16(_bound(critical, 1_000, 9_500));
        terms.maxGrace = uint32(_bound(grace, 0, 1 hours));
        terms.bonusRamp = uint32(_bound(grace >> 32, 0, 1 hours));
        terms.socialisationCapBps = uint16(_bound(critical >> 16, 0, 1_000));
        _set(address(this), abi.encodeCall(policy.setLiquidationTerms, (terms)));
    }

    function changePace(uint256 what, uint256 capacity) public actsAs(this.changePace.selector) {
        uint128 room = uint128(_bound(capacity, 100_000, 50_000_000) * ONE);
        _set(address(this), abi.encodeCall(policy.setPace, (address(_asset(what)), PaceLimit(room, room / 1 hours))));
    }

    /// @dev So that a change may loosen again what the guardian has restricted.
    function _release(address subject) private {
        uint64 restriction = policy.restrictedAt(subject);
        if (restriction != 0) _set(address(this), abi.encodeCall(policy.release, (subject, restriction)));
    }

    /// @dev Within what one ramp can cut, and with a cap about what is there.
    function _collateralChange(uint256 what, uint256 maintenance, uint256 step, uint256 depth)
        private
        view
        returns (address asset, bytes memory data)
    {
        asset = address(_asset(what));
        CollateralRisk memory risk = policy.collateralRisk(asset);
        risk.maintenanceHaircutBps = uint16(_bound(maintenance, 500, 4_000));
        risk.initialHaircutBps = uint16(risk.maintenanceHaircutBps + _bound(step, 0, 1_000));
        uint256 least = _worth(asset, 1_000_000);
        uint256 cut = uint256(risk.depth) / 20;
        risk.depth = uint96(_bound(depth, cut > least ? cut : least, _worth(asset, 500_000_000)));
        uint256 total = vault.totalCollateral(asset);
        risk.supplyCap = uint96(_bound(depth >> 96, total / 2, 4 * total + least));
        data = abi.encodeCall(policy.setCollateral, (asset, risk));
    }

    /// @dev P29: in its block a change makes no account less healthy, and none sold at a health it was not sold at.
    function _set(address by, bytes memory data) private returns (bool ok) {
        uint64 version = policy.version();
        Standing[] memory before = _standings();
        uint16 critical = policy.liquidationTerms().criticalHealthBps;
        (ok,) = _try(by, address(policy), data);
        _claim("P29", policy.version() == (ok ? version + 1 : version), "a change of policy without a version");
        _claimNothingTurned(before, critical);
        if (ok) _count("policy");
        _watchClocks(false);
    }

    function _claimNothingTurned(Standing[] memory before, uint16 critical) private {
        for (uint256 i; i < before.length; ++i) {
            Assessment memory was = before[i].margin;
            Assessment memory current = _standing(accounts[i]).margin;
            bool same = current.mark.equity == was.mark.equity && current.better.equity == was.better.equity;
            bool lower = current.mark.maintenance <= was.mark.maintenance
                && current.better.maintenance <= was.better.maintenance
                && current.worse.maintenance <= was.worse.maintenance;
            _claim("P29", same && lower, "a change turned an account in its block");
        }
        bool later = policy.liquidationTerms().criticalHealthBps <= critical;
        _claim("P29", later, "a change made accounts saleable in its block");
    }
}
