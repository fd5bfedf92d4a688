// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Test} from "forge-std/Test.sol";
import {IVaultCommon} from "../../contracts/interfaces/IVaultCommon.sol";
import {AccountId} from "../../contracts/types/AccountId.sol";
import {InstrumentId} from "../../contracts/types/InstrumentId.sol";
import {PositionSlot} from "../../contracts/types/Market.sol";
import {MOST_POSITIONS, Positions} from "../../contracts/vault/Positions.sol";

/// @notice The list of positions against a mapping.
contract PositionsTest is Test {
    using Positions for PositionSlot[MOST_POSITIONS];

    uint64 private constant IDS = 40;
    uint256 private constant MOST_CHANGES = 8;
    AccountId private constant ACCOUNT = AccountId.wrap(bytes32(uint256(1)));

    PositionSlot[MOST_POSITIONS] private _list;
    uint256 private _count;
    mapping(uint64 id => int256) private _sizes;
    mapping(uint64 id => int256) private _bases;

    /// [POS-01] [POS-02]
    function testFuzz_add_keepsTheListInOrderAndWhatWasPutIn(uint256 seed) public {
        for (uint256 round; round < 12; ++round) {
            seed = uint256(keccak256(abi.encode(seed)));
            PositionSlot[] memory changes = _random(seed);
            if (_would(changes) > MOST_POSITIONS) {
                bytes4 refusal = IVaultCommon.TooManyPositions.selector;
                vm.expectRevert(abi.encodeWithSelector(refusal, ACCOUNT, MOST_POSITIONS));
                this.add(changes);
                continue;
            }
            this.add(changes);
            for (uint256 i; i < changes.length; ++i) {
                uint64 id = InstrumentId.unwrap(changes[i].instrument);
                _sizes[id] += changes[i].size;
                _bases[id] += changes[i].basis;
            }
            _check();
        }
    }

    /// [POS-03]
    function test_add_refusesWhatNoSlotHolds() public {
        int96 most = type(int96).max;
        this.add(_one(7, most, 0));
        vm.expectRevert();
        this.add(_one(7, 1, 0));
        this.add(_one(8, 0, type(int96).min));
        vm.expectRevert();
        this.add(_one(8, 0, -1));
        _sizes[7] = most;
        _bases[8] = type(int96).min;
        _check();
    }

    /// [POS-02]
    function test_add_dropsWhatHasNeitherSizeNorBasis() public {
        this.add(_one(7, 5, -3));
        this.add(_one(9, 2, 0));
        this.add(_one(7, -5, 0));
        assertEq(_count, 2, "a basis is left to be settled");
        this.add(_one(7, 0, 3));
        this.add(_one(3, 0, 0));
        _sizes[9] = 2;
        _check();
        assertEq(_count, 1);
    }

    function add(PositionSlot[] memory changes) external {
        PositionSlot[] memory current;
        (_count, current) = _list.add(ACCOUNT, _list.load(_count), changes, MOST_POSITIONS);
        PositionSlot[] memory held = _list.load(_count);
        for (uint256 i; i < changes.length; ++i) {
            PositionSlot memory now_ = Positions.find(held, changes[i].instrument);
            assertEq(current[i].size, now_.size);
            assertEq(current[i].basis, now_.basis);
        }
    }

    /* HELPERS */

    function _check() private view {
        uint256 held;
        for (uint64 id; id < IDS; ++id) {
            if (_sizes[id] == 0 && _bases[id] == 0) continue;
            PositionSlot memory position = _list[held++];
            assertEq(InstrumentId.unwrap(position.instrument), id);
            assertEq(position.size, _sizes[id]);
            assertEq(position.basis, _bases[id]);
        }
        assertEq(_count, held);
        for (uint256 i = held; i < MOST_POSITIONS; ++i) {
            assertEq(InstrumentId.unwrap(_list[i].instrument), 0, "something is left behind the end");
        }
        assertEq(_list.load(_count).length, held);
    }

    function _random(uint256 seed) private pure returns (PositionSlot[] memory changes) {
        changes = new PositionSlot[](seed % MOST_CHANGES + 1);
        uint64 id = uint64(seed >> 8) % 4;
        for (uint256 i; i < changes.length; ++i) {
            seed = uint256(keccak256(abi.encode(seed)));
            id += uint64(seed >> 16) % 5 + 1;
            if (id >= IDS) id = IDS - uint64(changes.length - i);
            // few sizes, so that sums come out at nothing
            changes[i] = PositionSlot(
                InstrumentId.wrap(id),
                int96(int256(seed >> 32 & 3)) - 1,
                int96(int256(seed >> 40 & 1)) - int96(int256(seed >> 48 & 1))
            );
        }
        for (uint256 i = 1; i < changes.length; ++i) {
            if (InstrumentId.unwrap(changes[i].instrument) <= InstrumentId.unwrap(changes[i - 1].instrument)) {
                return new PositionSlot[](0);
            }
        }
    }

    function _would(PositionSlot[] memory changes) private view returns (uint256 count) {
        for (uint64 id; id < IDS; ++id) {
            (int256 size, int256 basis) = (_sizes[id], _bases[id]);
            for (uint256 i; i < changes.length; ++i) {
                if (InstrumentId.unwrap(changes[i].instrument) != id) continue;
                (size, basis) = (size + changes[i].size, basis + changes[i].basis);
            }
            if (size != 0 || basis != 0) ++count;
        }
    }

    function _one(uint64 id, int96 size, int96 basis) private pure returns (PositionSlot[] memory changes) {
        changes = new PositionSlot[](1);
        changes[0] = PositionSlot(InstrumentId.wrap(id), size, basis);
    }
}
