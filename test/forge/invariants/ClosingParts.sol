// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {ICloseOut} from "../../../contracts/interfaces/ICloseOut.sol";
import {ILiquidator} from "../../../contracts/interfaces/ILiquidator.sol";
import {ILossWaterfall} from "../../../contracts/interfaces/ILossWaterfall.sol";
import {IVaultCommon} from "../../../contracts/interfaces/IVaultCommon.sol";
import {AccountId} from "../../../contracts/types/AccountId.sol";
import {Holding} from "../../../contracts/types/Portfolio.sol";
import {Closing} from "./Closing.sol";

/// @notice A close-out in parts beside one, from one state that is restored after each (P22).
abstract contract ClosingParts is Closing {
    /// what whoever closes an account out has of it
    struct Tips {
        uint256 parts;
        /// quote WAD
        int256 earned;
        /// parts taken, each of what was there before it, WAD
        uint256 taken;
        /// with what the next part was refused; empty where it was not tried
        bytes stop;
    }

    uint256 private constant MOST_PARTS = 6;

    /// @notice Each part brings no more than its part of the tip: taking an account bit by bit is no trade (A24).
    function splitClosing(uint256 who, uint256 part) public actsAs(this.splitClosing.selector) {
        AccountId account = _borrowing(who);
        if (!closeOut.closable(account)) return;
        Tips memory once = _closeIn(account, ONE);
        Tips memory often = _closeIn(account, _bound(part, ONE / 100, ONE / 2));
        _judgeTips(once);
        _judgeTips(often);
        if (often.parts < 2) return;
        _succeeded();
        _count("closed out in parts");
    }

    function _judgeTips(Tips memory tips) private {
        _allowIf(tips.parts != 0, ILiquidator.NotLiquidatable.selector);
        _allowIf(tips.parts != 0, ICloseOut.LeftToLiquidators.selector);
        _allowIf(true, ILiquidator.PaceExceeded.selector);
        _allowIf(true, ILossWaterfall.CarryAboveCap.selector);
        _allowIf(true, ILossWaterfall.AdvanceShort.selector);
        _allowIf(vault.cashOf(_payee()) < 0, IVaultCommon.DebtBelowMinimum.selector);
        _judge(tips.stop.length == 0, tips.stop);
        uint256 most = uint256(closeOut.terms().tipCents) * 1e16 * tips.taken / ONE;
        _claim("P22", tips.earned <= int256(most) + WEI, "tips of more than the parts taken");
    }

    /// @dev Up to so much at a time until nothing more is taken; where that would leave too little, the whole rest.
    function _closeIn(AccountId account, uint256 part) private returns (Tips memory tips) {
        flush();
        uint256 snapshot = vm.snapshotState();
        int256 before = vault.cashOf(_payee());
        for (; tips.parts < MOST_PARTS; ++tips.parts) {
            Holding[] memory held = vault.portfolio(account).collateral;
            (bool ok, bytes memory result) = _closeOnce(account, tips.parts + 1 == MOST_PARTS ? ONE : part);
            if (!ok && bytes4(result) == ILiquidator.FullCloseRequired.selector) {
                (ok, result) = _closeOnce(account, ONE);
            }
            if (!ok) {
                tips.stop = result;
                break;
            }
            tips.taken += _takenOf(account, held);
        }
        tips.earned = vault.cashOf(_payee()) - before;
        _restore(snapshot);
    }

    function _closeOnce(AccountId account, uint256 part) private returns (bool ok, bytes memory result) {
        bytes memory data = abi.encodeCall(closeOut.closeOut, (account, part, _payee()));
        vm.prank(stranger);
        return address(closeOut).call(data);
    }

    /// @dev The largest part of any collateral, up to a token unit; all, where there was none.
    function _takenOf(AccountId account, Holding[] memory held) private view returns (uint256 most) {
        if (held.length == 0) return ONE;
        for (uint256 i; i < held.length; ++i) {
            uint256 had = held[i].amount;
            uint256 taken = (had - vault.collateralOf(account, held[i].asset) + 1) * ONE / had;
            if (taken > most) most = taken;
        }
    }
}
