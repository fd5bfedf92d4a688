// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {DefaultFund} from "../../../contracts/backstop/DefaultFund.sol";
import {Attempts} from "./Attempts.sol";
import {Backing} from "./Backing.sol";
import {Books} from "./Books.sol";
import {Calling} from "./Calling.sol";
import {ClosingParts} from "./ClosingParts.sol";
import {Comparing} from "./Comparing.sol";
import {Governing} from "./Governing.sol";
import {Lending} from "./Lending.sol";
import {Liquidating} from "./Liquidating.sol";
import {Liveness} from "./Liveness.sol";
import {Market} from "./Market.sol";
import {Mixing} from "./Mixing.sol";
import {Owning} from "./Owning.sol";
import {Provoking} from "./Provoking.sol";
import {Rebuilt} from "./Rebuilt.sol";
import {Signing} from "./Signing.sol";

/// @notice All actions of all actors, and which of them a run may choose from.
contract Handler is
    Lending,
    Owning,
    Calling,
    Liquidating,
    ClosingParts,
    Governing,
    Market,
    Backing,
    Signing,
    Mixing,
    Provoking,
    Comparing,
    Books,
    Liveness,
    Rebuilt
{
    /// @inheritdoc Attempts
    function actions() public pure override returns (bytes4[] memory list) {
        bytes4[31] memory all = [
            this.lend.selector,
            this.unlend.selector,
            this.pledge.selector,
            this.unpledge.selector,
            this.borrow.selector,
            this.repay.selector,
            this.move.selector,
            this.chooseMode.selector,
            this.lever.selector,
            this.delever.selector,
            this.leaveTheDebt.selector,
            this.delegate.selector,
            this.leave.selector,
            this.clearCall.selector,
            this.callMargin.selector,
            this.liquidate.selector,
            this.hunt.selector,
            this.govern.selector,
            this.backFund.selector,
            this.closeOrBuy.selector,
            this.print.selector,
            this.crash.selector,
            this.printSecond.selector,
            this.alarm.selector,
            this.calm.selector,
            this.wait_.selector,
            this.tend.selector,
            this.sign.selector,
            this.mix.selector,
            this.provoke.selector,
            this.compare.selector
        ];
        list = new bytes4[](all.length);
        for (uint256 i; i < all.length; ++i) {
            list[i] = all[i];
        }
    }

    /// @inheritdoc Attempts
    function parts() public pure override returns (bytes4[] memory list) {
        bytes4[35] memory all = [
            this.unpause.selector,
            this.pause.selector,
            this.changeCollateral.selector,
            this.changeCash.selector,
            this.changePace.selector,
            this.changeLiquidation.selector,
            this.restrict.selector,
            this.settleRamps.selector,
            this.council_.selector,
            this.askToEnter.selector,
            this.back.selector,
            this.changeMind.selector,
            this.giveNotice.selector,
            this.redeem.selector,
            this.passShares.selector,
            this.replenish.selector,
            this.reportLoss.selector,
            this.buyStock.selector,
            this.closeThroughFund.selector,
            this.killFeed.selector,
            this.reviveFeed.selector,
            this.poke.selector,
            this.accrue.selector,
            this.permit.selector,
            this.runSigned.selector,
            this.judgeLast.selector,
            this.judgeFirst.selector,
            this.setOperator.selector,
            this.operate.selector,
            this.turn.selector,
            this.usurp.selector,
            this.split.selector,
            this.splitSale.selector,
            this.splitClosing.selector,
            this.present.selector
        ];
        list = new bytes4[](all.length);
        for (uint256 i; i < all.length; ++i) {
            list[i] = all[i];
        }
    }

    /// @notice What a keeper does: calls the least healthy borrower, waits for the deadline, and liquidates. Most of
    /// the time the market falls just then.
    function hunt(uint256 part, uint256 drop) external acts {
        (uint256 least, int256 health) = _leastHealthy();
        for (uint256 i; i < 4 && health >= HEALTHY && drop % 4 != 0; ++i) {
            crash(drop >> (8 * i));
            (least, health) = _leastHealthy();
        }
        if (health >= HEALTHY) return;
        uint256 deadline = vault.callOf(accounts[least]).deadline;
        if (deadline == 0) callMargin(least, 1);
        else if (vault.liveTime() < deadline && !ghostPaused) wait_(deadline - vault.liveTime(), 2);
        if (part % 4 == 2) splitSale(least - 2, part);
        if (part % 8 == 5) return _leaveToTheFund(least, part);
        if (part % 16 == 1) killFeed(drop);
        if (part % 16 == 3) reportLoss(least);
        if (part % 16 == 9) _raiseAlarm(drop);
        uint256 by = part % 8 == 7 ? 5 : part % 3 == 0 ? FLASH_AT : 8;
        _liquidate(least, by, part % 4 != 0 ? ONE : _bound(part, ONE / 100, ONE));
    }

    /// @dev The sequencer is said to be down, and all goes on.
    function _raiseAlarm(uint256 drop) private {
        if (!isDown) alarm(0);
        wait_(1, 1);
        crash(drop);
    }

    /// @dev Nobody takes it, so the fund does, and sooner or later somebody buys.
    function _leaveToTheFund(uint256 who, uint256 part) private {
        wait_(closeOut.terms().patience, 2);
        splitClosing(who - 2, part);
        closeThroughFund(who);
        for (uint256 i; i < assets.length; ++i) {
            buyStock(i, who);
        }
    }

    function delegate(uint256 who, uint256 amount, uint256 to) external acts {
        if (to % 3 == 0) setOperator(who, amount, to);
        else operate(who, amount, to);
    }

    /// @notice Pauses are rarer than their ends.
    function govern(uint256 what, uint256 a, uint256 b, uint256 c) external acts {
        if (ghostPaused && what % 2 == 0) return unpause();
        what = what % 12;
        if (what == 0) {
            pause();
        } else if (what <= 2) {
            changeCollateral(a, b, c, a >> 128);
        } else if (what <= 4) {
            changeCash(a, b, c);
        } else if (what == 5) {
            changePace(a, b);
        } else if (what <= 7) {
            changeLiquidation(a, b, c, a >> 128);
        } else if (what == 8) {
            restrict(a, b, c);
        } else if (what == 9) {
            settleRamps();
        } else if (what == 10 || pendingFrom == 0) {
            council_(a, b, c, a >> 128);
        } else {
            for (uint256 i; i < 4; ++i) {
                wait_(COUNCIL_DELAY / 3, a >> 4 | 1);
            }
            council_(a, b, c, a >> 128);
        }
    }

    function backFund(uint256 what, uint256 who, uint256 amount) external acts {
        what = what % 12;
        if ((who >> 8) % 2 == 0) _waitUntilDue(who, what);
        if (what <= 2) askToEnter(who, amount);
        else if (what <= 5) back(who, amount);
        else if (what == 6) changeMind(who, amount);
        else if (what == 7) giveNotice(who, amount);
        else if (what == 8) redeem(who, amount);
        else if (what == 9) passShares(who, amount);
        else if (what == 10) replenish();
        else _report(who, amount);
    }

    /// @dev On the least healthy account, or any.
    function _report(uint256 who, uint256 which) private {
        (uint256 least,) = _leastHealthy();
        reportLoss(which % 2 == 0 ? least : who);
    }

    /// @dev Who has asked to enter, or given notice, comes back when it is due.
    function _waitUntilDue(uint256 who, uint256 what) private {
        (address backer, DefaultFund tranche) = _backer(who);
        uint256 due = tranche.requestOf(backer).redeemableFrom;
        if (what >= 3 && what <= 5) due = tranche.depositRequestOf(backer).claimableFrom;
        else if (what != 8) return;
        if (block.timestamp < due) wait_(due - block.timestamp, 16);
    }

    /// @notice The least healthy account, or any, is closed through the fund; or somebody buys what is there.
    function closeOrBuy(uint256 what, uint256 who, uint256 amount) external acts {
        what = what % 4;
        (uint256 least,) = _leastHealthy();
        if (what == 0) buyStock(who, amount);
        else closeThroughFund(what == 1 ? who : least);
    }

    /// @notice Feeds die and come back, anyone records prices and interest.
    function tend(uint256 what, uint256 which) external acts {
        if (ghostPaused && which % 2 == 0) unpause();
        if (isDown && which % 4 <= 1) alarm(which);
        what = what % 6;
        if (what == 0) killFeed(which);
        else if (what <= 2) reviveFeed(which);
        else if (what <= 4) poke();
        else accrue();
    }

    function sign(uint256 who, uint256 amount, uint256 how) external acts {
        if ((how >> 16) % 3 == 0) permit(who, amount, how);
        else runSigned(who, amount, how);
    }

    /// @notice The least healthy account, or any, is judged in a batch.
    function mix(uint256 who, uint256 change, uint256 judgement) external acts {
        (uint256 least,) = _leastHealthy();
        if (judgement % 2 == 0) who = least - 2;
        if (change % 4 == 0) judgeLast(who, change >> 8, judgement >> 8);
        else judgeFirst(who, change >> 8, judgement >> 8);
    }

    function provoke(uint256 what, uint256 which) external acts {
        if (what % 2 == 0) turn(what >> 8, which);
        else usurp(what >> 8, which);
    }

    /// @notice What would have come of doing something in parts, or of a gift.
    function compare(uint256 who, uint256 what, uint256 amount, uint256 how) external acts {
        (uint256 least,) = _leastHealthy();
        if (how % 8 == 0) splitClosing(least - 2, amount);
        else if (how % 4 == 0) splitSale(least - 2, amount);
        else if (how % 4 == 1) present(who, what, amount);
        else split(who, what, amount, how);
    }

    function _leastHealthy() private view returns (uint256 least, int256 health) {
        (least, health) = (2, type(int256).max);
        for (uint256 i = 2; i < 8; ++i) {
            int256 at = _standing(accounts[i]).margin.better.health();
            if (at < health) (least, health) = (i, at);
        }
    }

    /// @inheritdoc Attempts
    function check() external override {
        this.checkCustody();
        this.checkDebts();
        this.checkPrincipals();
        this.checkBacking();
        uint256 snapshot = vm.snapshotState();
        this.checkLiquidatable();
        vm.revertToState(snapshot);
        this.checkExit();
        vm.revertToStateAndDelete(snapshot);
    }
}
