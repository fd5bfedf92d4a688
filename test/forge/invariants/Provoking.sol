// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IAccessManaged} from "@openzeppelin/contracts/access/manager/IAccessManaged.sol";
import {IAccessManager} from "@openzeppelin/contracts/access/manager/IAccessManager.sol";
import {ILossWaterfall} from "../../../contracts/interfaces/ILossWaterfall.sol";
import {IVaultCommon} from "../../../contracts/interfaces/IVaultCommon.sol";
import {Mood} from "../fixtures/HostileToken.sol";
import {EndCheck} from "./EndCheck.sol";

/// @notice A collateral whose issuer turns on its holders, and people who try what they have no role for.
abstract contract Provoking is EndCheck {
    /// longer than the arguments of every function that is tried
    uint256 private constant ARGUMENTS = 32 * 32;

    function turn(uint256 mood, uint256 how) public actsAs(this.turn.selector) {
        bytes[4] memory entries = [
            abi.encodeCall(vault.accrue, ()),
            abi.encodeCall(vault.batch, (new bytes[](0))),
            abi.encodeCall(vault.cashOf, (accounts[0])),
            abi.encodeCall(vault.call, (accounts[2 + (how >> 8) % 6]))
        ];
        Mood next = Mood(mood % 3 == 0 ? 0 : how % 6);
        hostile.setMood(next, address(vault), entries[how % 4]);
        _succeeded();
        _count(next == Mood.Honest ? bytes32("token behaves") : bytes32("token turned"));
    }

    /// @notice A function of a role, or of a part of the system, by somebody who is neither.
    function usurp(uint256 who, uint256 what) public actsAs(this.usurp.selector) {
        address[5] memory actors = [stranger, bidder, keeper, carol, council];
        (address target, bytes4 selector) = _restricted(what);
        address actor = actors[who % 5];
        _allowIf(true, IAccessManaged.AccessManagedUnauthorized.selector);
        _allowIf(true, IAccessManager.AccessManagerUnauthorizedAccount.selector);
        // whose role it is, but after a delay
        _allowIf(actor == council, IAccessManager.AccessManagerNotScheduled.selector);
        _allowIf(true, IVaultCommon.OnlyWaterfall.selector);
        _allowIf(true, ILossWaterfall.OnlyVault.selector);
        _allowIf(true, ILossWaterfall.OnlyCloseOut.selector);
        Frame memory frame = _frame();
        (bool ok,) = _try(actor, target, bytes.concat(selector, new bytes(ARGUMENTS)));
        _claim("P15", !ok, "somebody did what is not his to do");
        _settle(frame, false);
        _succeeded(); // being refused is what it is for
        _count("usurped in vain");
    }

    function _restricted(uint256 what) private view returns (address, bytes4) {
        bytes4[5] memory ofVault = [
            vault.pause.selector,
            vault.unpause.selector,
            vault.setWaterfall.selector,
            vault.drawReserves.selector,
            vault.socialise.selector
        ];
        bytes4[14] memory ofPolicy = [
            policy.listCollateral.selector,
            policy.setCollateral.selector,
            policy.setPace.selector,
            policy.setPair.selector,
            policy.setCashTerms.selector,
            policy.setLiquidationTerms.selector,
            policy.setRampSpeeds.selector,
            policy.seal.selector,
            policy.release.selector,
            policy.raiseInitialHaircut.selector,
            policy.raisePairInitialHaircut.selector,
            policy.lowerSupplyCap.selector,
            policy.lowerBorrowCap.selector,
            policy.closeToNewRisk.selector
        ];
        bytes4[5] memory ofWaterfall = [
            waterfall.setTerms.selector,
            waterfall.setCloseOut.selector,
            waterfall.cover.selector,
            waterfall.advance.selector,
            waterfall.returnAdvance.selector
        ];
        uint256 which = what >> 8;
        what = what % 6;
        if (what <= 1) return (address(vault), ofVault[which % 5]);
        if (what == 2) return (address(policy), ofPolicy[which % 14]);
        if (what == 3) return (address(waterfall), ofWaterfall[which % 5]);
        if (what == 4) {
            return (address(oracle), which % 2 == 0 ? oracle.configure.selector : oracle.configureSequencer.selector);
        }
        if (which % 3 == 0) return (address(engine), engine.addModel.selector);
        if (which % 3 == 1) return (address(closeOut), closeOut.setTerms.selector);
        return (address(manager), manager.grantRole.selector);
    }
}
