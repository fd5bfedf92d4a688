// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {SlotDerivation} from "@openzeppelin/contracts/utils/SlotDerivation.sol";
import {TransientSlot} from "@openzeppelin/contracts/utils/TransientSlot.sol";
import {AccountId} from "../types/AccountId.sol";
import {Assessment, Margin} from "../types/Margin.sol";

/// @notice How safe an account was before the first step of a batch touched it; without initial requirements.
struct SafetyBefore {
    /// false where nothing was recorded
    bool known;
    Margin worse;
    Margin better;
}

/// @notice The accounts that the running call has touched and why they must be checked at its end. Lives in transient
/// storage and only grows until it is drained.
library CheckQueue {
    using SlotDerivation for bytes32;
    using TransientSlot for bytes32;
    using TransientSlot for TransientSlot.Uint256Slot;
    using TransientSlot for TransientSlot.Int256Slot;
    using TransientSlot for TransientSlot.Bytes32Slot;

    /// risk was added: initial margin must hold
    uint8 internal constant RISK = 1;
    /// debt was changed: it must be none or at least the minimum
    uint8 internal constant DEBT = 2;

    /// marks an account as queued even when nothing of it is to be checked
    uint256 private constant SEEN = 1 << 8;
    /// how safe it was before is recorded
    uint256 private constant REMEMBERED = 1 << 9;

    bytes32 private constant LENGTH = keccak256("plimsoll.CheckQueue.length");
    bytes32 private constant ENTRIES = keccak256("plimsoll.CheckQueue.entries");
    bytes32 private constant FLAGS = keccak256("plimsoll.CheckQueue.flags");
    bytes32 private constant BEFORE = keccak256("plimsoll.CheckQueue.before");

    /// @notice Queues `account` and adds `flags` to its reasons. Returns whether this is its first touch.
    function push(AccountId account, uint8 flags) internal returns (bool first) {
        TransientSlot.Uint256Slot slot = _flags(account);
        uint256 known = slot.tload();
        first = known == 0;
        if (first) {
            uint256 count = LENGTH.asUint256().tload();
            ENTRIES.offset(count).asBytes32().tstore(AccountId.unwrap(account));
            LENGTH.asUint256().tstore(count + 1);
        }
        slot.tstore(known | flags | SEEN);
    }

    /// @notice Whether the running call has touched `account`, whose end check is still to come.
    function isQueued(AccountId account) internal view returns (bool) {
        return _flags(account).tload() != 0;
    }

    /// @notice Whether the running call has added risk to `account` so far.
    function addsRisk(AccountId account) internal view returns (bool) {
        return _flags(account).tload() & RISK != 0;
    }

    /// @notice Records how safe `account` is before anything changes it.
    function remember(AccountId account, Assessment memory assessment) internal {
        TransientSlot.Uint256Slot slot = _flags(account);
        slot.tstore(slot.tload() | REMEMBERED);
        bytes32 base = _before(account);
        base.asInt256().tstore(assessment.worse.equity);
        base.offset(1).asUint256().tstore(assessment.worse.maintenance);
        base.offset(2).asInt256().tstore(assessment.better.equity);
        base.offset(3).asUint256().tstore(assessment.better.maintenance);
    }

    function length() internal view returns (uint256) {
        return LENGTH.asUint256().tload();
    }

    /// @notice Takes entry `i` out, leaving its transient storage as it was before the call.
    function take(uint256 i) internal returns (AccountId account, uint256 flags) {
        TransientSlot.Bytes32Slot entry = ENTRIES.offset(i).asBytes32();
        account = AccountId.wrap(entry.tload());
        entry.tstore(0);
        TransientSlot.Uint256Slot slot = _flags(account);
        flags = slot.tload();
        slot.tstore(0);
    }

    /// @notice How safe an account taken with `flags` was before, leaving its transient storage as it was.
    function recall(AccountId account, uint256 flags) internal returns (SafetyBefore memory before) {
        if (flags & REMEMBERED == 0) return before;
        bytes32 base = _before(account);
        before = SafetyBefore({
            known: true,
            worse: Margin(base.asInt256().tload(), 0, base.offset(1).asUint256().tload()),
            better: Margin(base.offset(2).asInt256().tload(), 0, base.offset(3).asUint256().tload())
        });
        for (uint256 k; k < 4; ++k) {
            base.offset(k).asUint256().tstore(0);
        }
    }

    /// @notice Marks the queue empty once every entry is taken.
    function clear() internal {
        LENGTH.asUint256().tstore(0);
    }

    /// @notice Whether an account that was as safe as `before` has only been made safer. One that cannot pay what it
    /// owes has not: what it closes would leave to lenders what winners go without (ADL-02).
    function improved(SafetyBefore memory before, Assessment memory current) internal pure returns (bool) {
        return before.known && current.better.equity >= 0 && _safer(before.worse, current.worse)
            && _safer(before.better, current.better);
    }

    /// @dev Less is required, and neither what lies above it nor health is lower. Health, because below one the owner
    /// could else take all collateral out for its counted value, and leave a debt with nothing behind it.
    function _safer(Margin memory before, Margin memory current) private pure returns (bool) {
        return current.maintenance <= before.maintenance
            && current.equity - int256(current.maintenance) >= before.equity - int256(before.maintenance)
            && current.health() >= before.health();
    }

    function _flags(AccountId account) private pure returns (TransientSlot.Uint256Slot) {
        return FLAGS.deriveMapping(AccountId.unwrap(account)).asUint256();
    }

    function _before(AccountId account) private pure returns (bytes32) {
        return BEFORE.deriveMapping(AccountId.unwrap(account));
    }
}
