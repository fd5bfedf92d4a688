// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IMarginCalls} from "../../../contracts/interfaces/IMarginCalls.sol";
import {MarginCall} from "../../../contracts/types/MarginCall.sol";
import {AccountId, toAccountId} from "../../../contracts/types/AccountId.sol";
import {Margin} from "../../../contracts/types/Margin.sol";
import {LiquidationTerms} from "../../../contracts/types/PolicyParams.sol";
import {EndCheck} from "./EndCheck.sol";
import {Standing} from "./World.sol";

/// @notice Margin calls and their clearing, each outcome foretold by the formulas of the design.
abstract contract Calling is EndCheck {
    function callMargin(uint256 who, uint256 by) public actsAs(this.callMargin.selector) {
        AccountId account = _account(who);
        address caller = by % 4 == 0 ? account.owner() : keeper;
        Margin memory better = _standing(account).margin.better;
        int256 health = better.health();
        bool callable = health < HEALTHY && better.maintenance != 0; // where no leg has a price nobody is called
        bool known = vault.callOf(account).calledAt != 0;
        _allowIf(!callable, IMarginCalls.NotCallable.selector);
        _allowIf(callable && known, IMarginCalls.AlreadyCalled.selector);
        Standing[] memory before = _standings();
        (bool ok,) = _try(caller, address(vault), abi.encodeCall(vault.call, (account)));
        _claim("P07", ok == (callable && !known), "a call went otherwise than foretold");
        if (ok) {
            _claimDeadline(account, health);
            _count("call");
        }
        _claimFee(account, toAccountId(caller, 0), before, ok);
        _watchClocks(false);
    }

    function clearCall(uint256 who) public acts {
        AccountId account = _account(who);
        MarginCall memory made = vault.callOf(account);
        bool known = made.calledAt != 0;
        Standing memory s = _standing(account);
        // the buffer is asked of who has grace left; afterwards a call that stood on would strike without any
        int256 buffer = int256(uint256(policy.liquidationTerms().cureBufferBps)) * 1e14;
        if (vault.liveTime() >= made.deadline) buffer = 0;
        bool cured = s.cash >= 0 || s.margin.mark.health() >= HEALTHY + buffer;
        _allowIf(!known, IMarginCalls.NotCalled.selector);
        _allowIf(known && !cured, IMarginCalls.NotCured.selector);
        (bool ok,) = _try(stranger, address(vault), abi.encodeCall(vault.clear, (account)));
        _claim("P07", ok == (known && cured), "a call was cleared otherwise than foretold");
        if (ok) _count("call cleared");
        if (ok && s.cash < 0 && vault.liveTime() >= made.deadline) _count("cleared overdue");
        _watchClocks(false);
    }

    /// @dev The longest grace at health one, none at the critical health, on a line between.
    function _claimDeadline(AccountId account, int256 health) private {
        LiquidationTerms memory terms = policy.liquidationTerms();
        int256 critical = int256(uint256(terms.criticalHealthBps)) * 1e14;
        uint256 grace =
            health <= critical ? 0 : terms.maxGrace * uint256(health - critical) / uint256(HEALTHY - critical);
        MarginCall memory made = vault.callOf(account);
        uint256 now_ = vault.liveTime();
        _claim("P07", made.calledAt == now_ && made.deadline == now_ + grace, "a deadline is not what health gives");
    }

    /// @dev Only the account pays, only the caller gains, and nobody else is touched.
    function _claimFee(AccountId account, AccountId payee, Standing[] memory before, bool ok) private {
        uint256 fee = uint256(policy.liquidationTerms().callFeeCents) * 1e16;
        for (uint256 i; i < accounts.length; ++i) {
            Standing memory current = _standing(accounts[i]);
            if (ok && accounts[i] == account) {
                int256 equity = before[i].margin.mark.equity;
                int256 most = equity <= 0 ? int256(0) : equity < int256(fee) ? equity : int256(fee);
                _claim("P06", current.cash + most + WEI >= before[i].cash, "a call cost more than its fee");
            } else if (ok && accounts[i] == payee) {
                _claim("P14", current.cash >= before[i].cash, "a call cost whoever made it");
                bool wasHealthy = before[i].margin.better.health() >= HEALTHY;
                _claim("P06", !wasHealthy || current.margin.better.health() >= HEALTHY, "a call hurt another account");
                _claim("P15", current.cash <= before[i].cash + int256(fee), "a call paid more than its fee");
            } else {
                _claimUntouched(before[i], current);
            }
        }
        cashMoves += 2;
    }
}
