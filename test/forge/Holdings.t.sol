// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Test} from "forge-std/Test.sol";
import {IVaultCommon} from "../../contracts/interfaces/IVaultCommon.sol";
import {AccountId} from "../../contracts/types/AccountId.sol";
import {Holding} from "../../contracts/types/Portfolio.sol";
import {HoldingSlot, Holdings, MOST_COLLATERALS} from "../../contracts/vault/Holdings.sol";

/// @notice The list of an account's collaterals against a plain mapping.
contract HoldingsTest is Test {
    using Holdings for HoldingSlot[MOST_COLLATERALS];

    uint256 private constant CHANGES = 60;
    uint160 private constant ASSETS = 10; // two more than fit
    AccountId private constant ACCOUNT = AccountId.wrap("account");

    HoldingSlot[MOST_COLLATERALS] private list;
    /// never written: its place is that of the slot after the list's
    bytes32 private neighbour = "untouched";
    mapping(address asset => uint256) private ghost;
    uint256 private ghostCount;

    function add(address asset, uint256 amount, uint256 most) external returns (uint256) {
        (uint256 total,) = list.add(ACCOUNT, asset, amount, most);
        return total;
    }

    function remove(address asset, uint256 amount) external returns (uint256) {
        return list.remove(ACCOUNT, asset, amount);
    }

    function testFuzz_list_isTheMappingWithoutGaps(uint256 seed) public {
        for (uint256 i; i < CHANGES; ++i) {
            seed = uint256(keccak256(abi.encode(seed)));
            address asset = address(uint160(seed % ASSETS) + 1);
            if ((seed >> 8) % 5 < 3) _add(asset, seed >> 128);
            else _remove(asset, seed >> 128);
            _compare();
        }
    }

    function testFuzz_add_refusesWhatTheModeHasNoRoomFor(uint256 most) public {
        most = bound(most, 1, MOST_COLLATERALS);
        for (uint160 i = 1; i <= most; ++i) {
            this.add(address(i), i, most);
        }
        this.add(address(1), 1, most);
        vm.expectRevert(abi.encodeWithSelector(IVaultCommon.TooManyCollaterals.selector, ACCOUNT, most));
        this.add(address(99), 1, most);
    }

    function testFuzz_add_refusesWhatDoesNotFitASlot(uint256 first, uint256 second) public {
        first = bound(first, 1, Holdings.MOST_AMOUNT);
        second = bound(second, Holdings.MOST_AMOUNT - first + 1, type(uint128).max);
        this.add(address(1), first, MOST_COLLATERALS);
        vm.expectPartialRevert(IVaultCommon.AmountTooLarge.selector);
        this.add(address(1), second, MOST_COLLATERALS);
    }

    function test_add_takesAllThatASlotHolds() public {
        uint256 most = 2 ** 95 - 1;
        this.add(address(1), most, MOST_COLLATERALS);
        vm.expectRevert(abi.encodeWithSelector(IVaultCommon.AmountTooLarge.selector, address(1), most + 1, most));
        this.add(address(1), 1, MOST_COLLATERALS);
    }

    function testFuzz_remove_refusesMoreThanIsHeld(uint256 held, uint256 more) public {
        held = bound(held, 1, Holdings.MOST_AMOUNT);
        more = bound(more, held + 1, type(uint256).max);
        this.add(address(1), held, MOST_COLLATERALS);
        vm.expectRevert(
            abi.encodeWithSelector(IVaultCommon.InsufficientCollateral.selector, ACCOUNT, address(1), more, held)
        );
        this.remove(address(1), more);
    }

    function _add(address asset, uint256 amount) private {
        amount = bound(amount, 1, 1e18);
        if (ghost[asset] == 0 && ghostCount == MOST_COLLATERALS) {
            bytes4 error_ = IVaultCommon.TooManyCollaterals.selector;
            vm.expectRevert(abi.encodeWithSelector(error_, ACCOUNT, MOST_COLLATERALS));
            this.add(asset, amount, MOST_COLLATERALS);
            return;
        }
        if (ghost[asset] == 0) ++ghostCount;
        ghost[asset] += amount;
        assertEq(this.add(asset, amount, MOST_COLLATERALS), ghost[asset]);
    }

    function _remove(address asset, uint256 amount) private {
        if (ghost[asset] == 0) return;
        // all of it half the time
        amount = amount % 2 == 0 ? ghost[asset] : bound(amount, 1, ghost[asset]);
        ghost[asset] -= amount;
        if (ghost[asset] == 0) --ghostCount;
        assertEq(this.remove(asset, amount), ghost[asset]);
    }

    function _compare() private view {
        Holding[] memory held = list.load();
        assertEq(held.length, ghostCount);
        assertEq(list.count(), ghostCount);
        for (uint256 i; i < held.length; ++i) {
            assertNotEq(held[i].amount, 0, "an entry of nothing");
            assertEq(held[i].amount, ghost[held[i].asset]);
            (uint256 at, uint256 amount) = list.find(held[i].asset);
            assertEq(at, i, "an asset twice");
            assertEq(amount, held[i].amount);
        }
        for (uint256 i = held.length; i < MOST_COLLATERALS; ++i) {
            assertEq(list[i].asset, address(0), "a gap");
            assertEq(list[i].amountAndMore, 0);
        }
        assertEq(neighbour, "untouched");
    }
}
