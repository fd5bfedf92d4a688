// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IMarginVault} from "../../../contracts/interfaces/IMarginVault.sol";
import {CashTerms, CollateralRisk, LiquidationTerms, PaceLimit} from "../../../contracts/types/PolicyParams.sol";
import {EndCheck} from "./EndCheck.sol";

/// @notice The guardian's pause and changes of policy within the bounds.
abstract contract Governing is EndCheck {
    function pause() public {
        _allowIf(ghostPaused, IMarginVault.AlreadyPaused.selector);
        (bool ok,) = _try(address(this), address(vault), abi.encodeCall(vault.pause, ()));
        if (ok) _count("pause");
        ghostPaused = true;
        _watchClocks(false);
    }

    function unpause() public {
        _allowIf(!ghostPaused, IMarginVault.NotPaused.selector);
        (bool ok,) = _try(address(this), address(vault), abi.encodeCall(vault.unpause, ()));
        if (ok) ghostOpensAt = block.timestamp + vault.RESUME_WINDOW();
        ghostPaused = false;
        _watchClocks(false);
    }

    function changeCollateral(uint256 what, uint256 maintenance, uint256 step, uint256 depth) public {
        address asset = address(_asset(what));
        CollateralRisk memory risk = policy.collateralRisk(asset);
        risk.maintenanceHaircutBps = uint16(_bound(maintenance, 500, 4_000));
        risk.initialHaircutBps = uint16(risk.maintenanceHaircutBps + _bound(step, 0, 1_000));
        risk.depth = uint96(_worth(asset, _bound(depth, 1_000_000, 500_000_000)));
        _set(abi.encodeCall(policy.setCollateral, (asset, risk)));
    }

    /// @dev Interest is brought up to now first: the vault reckons it since the last accrual at the terms of the day.
    function changeCash(uint256 rate, uint256 reserveFactor, uint256 minDebt) public {
        CashTerms memory terms = policy.cashTerms();
        terms.slopeHighBps = uint32(_bound(rate, 0, 30_000));
        terms.reserveFactorBps = uint16(_bound(reserveFactor, 0, 5_000));
        terms.minDebt = uint48(_bound(minDebt, 100, 1_000));
        vault.accrue();
        _set(abi.encodeCall(policy.setCashTerms, (terms)));
    }

    function changeLiquidation(uint256 bonus, uint256 fee, uint256 critical, uint256 grace) public {
        LiquidationTerms memory terms = policy.liquidationTerms();
        terms.bonusMinBps = uint16(_bound(bonus, 1, 2_000));
        terms.bonusMaxBps = uint16(terms.bonusMinBps + _bound(bonus >> 16, 0, 3_000));
        terms.feeBps = uint16(_bound(fee, 0, 2_000));
        terms.kappaBps = uint16(_bound(fee >> 16, 5_000, 9_500));
        terms.criticalHealthBps = uint16(_bound(critical, 1_000, 9_500));
        terms.maxGrace = uint32(_bound(grace, 0, 1 hours));
        terms.bonusRamp = uint32(_bound(grace >> 32, 0, 1 hours));
        terms.socialisationCapBps = uint16(_bound(critical >> 16, 0, 1_000));
        _set(abi.encodeCall(policy.setLiquidationTerms, (terms)));
    }

    function changePace(uint256 what, uint256 capacity) public {
        uint128 room = uint128(_bound(capacity, 100_000, 50_000_000) * ONE);
        _set(abi.encodeCall(policy.setPace, (address(_asset(what)), PaceLimit(room, room / 1 hours))));
    }

    function _set(bytes memory data) private {
        uint64 version = policy.version();
        _try(address(this), address(policy), data);
        _claim("P29", policy.version() == version + 1, "a change of policy without a version");
        _count("policy");
        _watchClocks(false);
    }
}
