// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {ILiquidator} from "../../../contracts/interfaces/ILiquidator.sol";
import {AccountId, toAccountId} from "../../../contracts/types/AccountId.sol";
import {Assessment} from "../../../contracts/types/Margin.sol";
import {MarginState} from "../../../contracts/types/MarginCall.sol";
import {World} from "./World.sol";

/// @notice Whoever is due can be sold, now and by anybody with money.
abstract contract Liveness is World {
    /// @notice P08: a bidder who comes from nowhere with enough cash takes over every account that is liquidatable,
    /// whatever its owner, its other assets or the tokens do. Nothing but a closed window and, above the critical
    /// health, the pace holds him up.
    /// @dev Changes everything: for an invariant, whose changes are undone.
    function checkLiquidatable() external {
        if (!_isOpen()) return;
        AccountId rescuing = toAccountId(makeAddr("somebody with money"), 0);
        quote.mint(rescuing.owner(), 1e10 * USD);
        vm.startPrank(rescuing.owner());
        quote.approve(address(vault), type(uint256).max);
        vault.deposit(rescuing, address(quote), 1e10 * USD);
        for (uint256 i; i < OWN; ++i) {
            _checkSale(accounts[i], rescuing);
        }
        vm.stopPrank();
    }

    function _checkSale(AccountId account, AccountId rescuing) private {
        MarginState state = vault.stateOf(account);
        if (state != MarginState.Liquidatable && state != MarginState.Insolvent) return;
        Assessment memory before = engine.assess(vault.portfolio(account));
        bytes memory sale = abi.encodeCall(vault.liquidate, (account, rescuing, ONE, type(int256).max, ""));
        uint256 snapshot = vm.snapshotState();
        (bool ok, bytes memory result) = address(vault).call(sale);
        int256 critical = int256(uint256(policy.liquidationTerms().criticalHealthBps)) * 1e14;
        if (!ok) {
            assertEq(bytes4(result), ILiquidator.PaceExceeded.selector, "P08: an account that is due cannot be sold");
            assertGe(before.better.health(), critical, "P08: the pace holds up who cannot wait");
        } else if (before.markCollateral != 0) {
            uint256 left = engine.assess(vault.portfolio(account)).markCollateral;
            assertLt(left, before.markCollateral, "P08: a sale that sold nothing");
        }
        vm.revertToStateAndDelete(snapshot);
    }
}
