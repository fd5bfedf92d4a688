// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Test} from "forge-std/Test.sol";
import {AccountId} from "../../contracts/types/AccountId.sol";
import {Assessment, Margin} from "../../contracts/types/Margin.sol";
import {CheckQueue, SafetyBefore} from "../../contracts/vault/CheckQueue.sol";
import {TransientProbe, TransientReader} from "./fixtures/TransientProbe.sol";

contract QueueHolder {
    function push(AccountId account, uint8 flags) external returns (bool) {
        return CheckQueue.push(account, flags);
    }

    function remember(AccountId account, Assessment memory assessment) external {
        CheckQueue.remember(account, assessment);
    }

    function take(uint256 i) external returns (AccountId account, uint256 flags, SafetyBefore memory before) {
        (account, flags) = CheckQueue.take(i);
        before = CheckQueue.recall(account, flags);
    }

    function clear() external {
        CheckQueue.clear();
    }

    function length() external view returns (uint256) {
        return CheckQueue.length();
    }

    function improved(SafetyBefore memory before, Assessment memory current) external pure returns (bool) {
        return CheckQueue.improved(before, current);
    }
}

/// @notice The queue of the end check (P26, V41): it only grows, comes out whole, and leaves nothing.
contract CheckQueueTest is Test {
    uint256 private constant ACCOUNTS = 6;
    uint256 private constant PUSHES = 30;

    QueueHolder private queue = new QueueHolder();
    bytes private readerCode = type(TransientReader).runtimeCode;
    AccountId[] private accounts;
    mapping(AccountId account => uint256) private ghostFlags;
    mapping(AccountId account => Assessment) private ghostBefore;
    AccountId[] private ghostOrder;

    function setUp() public {
        for (uint256 i = 1; i <= ACCOUNTS; ++i) {
            accounts.push(AccountId.wrap(bytes32(i << 96)));
        }
    }

    function testFuzz_P26_whatWentInComesOutOnceAndNothingIsLeft(uint256 seed) public {
        bytes32[] memory slots = TransientProbe.slotsOf(accounts);
        // twice over: a second call of the same transaction starts from nothing
        for (uint256 round; round < 2; ++round) {
            seed = _pushMany(seed);
            assertLt(TransientProbe.firstSet(address(queue), readerCode, slots), slots.length, "the probe is blind");
            _takeAll();
            assertEq(TransientProbe.firstSet(address(queue), readerCode, slots), slots.length, "something is left");
        }
    }

    function testFuzz_improved_onlyWhereNothingIsWorseAndWhatIsOwedCanBePaid(
        int128 equity,
        uint128 need,
        int64 a,
        int64 b,
        int64 c,
        int64 d
    ) public view {
        need = uint128(bound(need, 2 ** 64, type(uint96).max));
        Assessment memory before = _assessment(equity, need, equity, need);
        Assessment memory current = _assessment(
            int256(equity) + a,
            uint256(int256(uint256(need)) + b),
            int256(equity) + c,
            uint256(int256(uint256(need)) + d)
        );
        SafetyBefore memory known = SafetyBefore({known: true, worse: before.worse, better: before.better});
        bool safer = b <= 0 && d <= 0 && int256(a) >= b && int256(c) >= d
            && current.worse.health() >= before.worse.health() && current.better.health() >= before.better.health()
            && current.better.equity >= 0;
        assertEq(queue.improved(known, current), safer);
        known.known = false;
        assertFalse(queue.improved(known, current));
    }

    function _pushMany(uint256 seed) private returns (uint256) {
        for (uint256 i; i < PUSHES; ++i) {
            seed = uint256(keccak256(abi.encode(seed)));
            AccountId account = accounts[seed % ACCOUNTS];
            uint8 flags = uint8((seed >> 8) % 4);
            bool first = true;
            for (uint256 k; k < ghostOrder.length; ++k) {
                if (ghostOrder[k] == account) first = false;
            }
            assertEq(queue.push(account, flags), first);
            ghostFlags[account] |= flags;
            if (!first) continue;
            ghostOrder.push(account);
            if ((seed >> 16) % 2 == 0) continue;
            ghostBefore[account] = _assessment(int64(uint64(seed >> 24)), seed >> 192, int64(uint64(seed >> 88)), 7);
            queue.remember(account, ghostBefore[account]);
        }
        return seed;
    }

    function _takeAll() private {
        assertEq(queue.length(), ghostOrder.length);
        for (uint256 i; i < ghostOrder.length; ++i) {
            (AccountId account, uint256 flags, SafetyBefore memory before) = queue.take(i);
            assertTrue(account == ghostOrder[i], "out of order");
            assertEq(flags & 3, ghostFlags[account], "a reason was lost");
            Assessment memory a = ghostBefore[account];
            assertEq(before.known, a.better.maintenance != 0);
            assertEq(before.worse.equity, a.worse.equity);
            assertEq(before.worse.maintenance, a.worse.maintenance);
            assertEq(before.better.equity, a.better.equity);
            assertEq(before.better.maintenance, a.better.maintenance);
            delete ghostFlags[account];
            delete ghostBefore[account];
        }
        delete ghostOrder;
        queue.clear();
        assertEq(queue.length(), 0);
    }

    function _assessment(int256 worse, uint256 worseNeed, int256 better, uint256 betterNeed)
        private
        pure
        returns (Assessment memory a)
    {
        a.worse = Margin(worse, worseNeed, worseNeed);
        a.better = Margin(better, betterNeed, betterNeed);
    }
}
