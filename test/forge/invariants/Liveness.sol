// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {ILiquidator} from "../../../contracts/interfaces/ILiquidator.sol";
import {AccountId, toAccountId} from "../../../contracts/types/AccountId.sol";
import {LiquidationPlan} from "../../../contracts/math/LiquidationMath.sol";
import {Assessment} from "../../../contracts/types/Margin.sol";
import {MarginState} from "../../../contracts/types/MarginCall.sol";
import {Holding} from "../../../contracts/types/Portfolio.sol";
import {World} from "./World.sol";

/// @notice Whoever is due can be sold, now and by anybody with money.
abstract contract Liveness is World {
    /// @notice P08: a bidder who comes from nowhere with enough cash takes over every account that is liquidatable,
    /// whatever its owner, its other assets or the tokens do. Nothing but a closed window, an
    /// alarm and, above the critical health, the pace holds him up.
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
        Holding[] memory legs = vault.portfolio(account).collateral;
        uint256 room = _room(legs, before);
        bytes memory sale = abi.encodeCall(vault.liquidate, (account, rescuing, ONE, type(int256).max, ""));
        uint256 snapshot = vm.snapshotState();
        (bool ok, bytes memory result) = address(vault).call(sale);
        bool critical = before.better.health() < _critical();
        if (!isUp() && !critical) {
            assertEq(bytes4(result), ILiquidator.NotLiquidatable.selector, "P08: sold in alarm");
            vm.revertToStateAndDelete(snapshot);
            return;
        }
        if (!ok) {
            assertEq(bytes4(result), ILiquidator.PaceExceeded.selector, "P08: an account that is due cannot be sold");
            assertFalse(critical, "P08: the pace holds up who cannot wait");
            assertEq(room, 0, "P08: the pace holds up what it has room for");
        } else {
            uint256 fraction = abi.decode(result, (LiquidationPlan)).fraction;
            _checkSlice(account, legs, before.downLegs, fraction);
            if (fraction != ONE) _checkEnough(account, before, critical ? ONE : room, fraction);
        }
        vm.revertToStateAndDelete(snapshot);
    }

    /// @dev What the sale said it would take, of every leg that has a price.
    function _checkSlice(AccountId account, Holding[] memory legs, uint256 downLegs, uint256 fraction) private view {
        for (uint256 i; i < legs.length; ++i) {
            uint256 sold = downLegs & (1 << i) != 0 ? 0 : uint256(legs[i].amount) * fraction / ONE;
            uint256 left = vault.collateralOf(account, legs[i].asset);
            assertEq(left, legs[i].amount - sold, "P08: a sale sold something else");
        }
    }

    /// @dev A part is enough where it brings health to its target; where prices are in doubt or dead it is known at the
    /// prices that decide only that the account is no sicker. Or it is all that the buckets had room for.
    function _checkEnough(AccountId account, Assessment memory before, uint256 room, uint256 fraction) private view {
        Assessment memory left = engine.assess(vault.portfolio(account));
        bool certain = before.downLegs == 0 && before.mark.equity == before.better.equity;
        int256 target = int256(uint256(policy.liquidationTerms().targetHealthBps)) * 1e14;
        // a wei of equity in eight is worth this much health, and the fraction is rounded too
        int256 wei_ = 8e18 / int256(left.better.maintenance + 1) + 1e9;
        bool cured = !certain || left.better.health() + wei_ >= target;
        assertTrue(cured || fraction >= room, "P08: a sale sold too little");
        assertGt(fraction, 0, "P08: a sale that sold nothing");
    }

    /// @dev The part of the account that the buckets have room for, WAD.
    function _room(Holding[] memory legs, Assessment memory a) private view returns (uint256 part) {
        part = ONE;
        for (uint256 i; i < legs.length; ++i) {
            uint256 room = vault.paceAvailable(legs[i].asset);
            if (room >= a.legValues[i]) continue;
            uint256 ofLeg = room * ONE / a.legValues[i];
            if (ofLeg < part) part = ofLeg;
        }
    }
}
