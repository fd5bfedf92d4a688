// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Test} from "forge-std/Test.sol";
import {AccessManager} from "@openzeppelin/contracts/access/manager/AccessManager.sol";
import {FeedConfig} from "../../contracts/interfaces/IPriceOracle.sol";
import {MockAggregator} from "../../contracts/mocks/MockAggregator.sol";
import {PriceOracle} from "../../contracts/oracle/PriceOracle.sol";
import {SettlementFeed} from "../../contracts/oracle/SettlementFeed.sol";
import {SettlementStatus} from "../../contracts/types/Settlement.sol";

/// @dev Random prices at random times, against an average that is taken second by second.
contract SettlementFeedTest is Test {
    uint256 private constant WINDOW = 1_800;
    uint256 private constant MAX_HOLD = 180;
    uint256 private constant MIN_COVERED = 1_440;
    uint256 private constant EXPIRY = 1_800_000_000;
    address private constant INDEX = address(0x1de);

    SettlementFeed private _feed;
    PriceOracle private _oracle;
    MockAggregator private _aggregator;

    function setUp() public {
        vm.warp(EXPIRY - WINDOW - 1 hours);
        AccessManager manager = new AccessManager(address(this));
        _oracle = new PriceOracle(address(manager), false);
        _aggregator = new MockAggregator(8, "index");
        _aggregator.push(2_000e8);
        _oracle.configure(
            INDEX,
            FeedConfig({
                primary: address(_aggregator),
                second: address(0),
                secondId: 0,
                openAge: 1 hours,
                liquidationAge: 3 hours,
                halfLife: 10 minutes,
                disagreementBps: 0,
                confidenceBps: 0,
                floor: 1e18,
                ceiling: 1_000_000e18
            })
        );
        _feed = new SettlementFeed(address(manager), _oracle);
    }

    /// @dev [SET-03] [SET-05] [SET-06]
    function testFuzz_settlementOf_isTheAverageOfWhatWasSeen(uint256 seed, uint256 longestGap) public {
        longestGap = bound(longestGap, 1, 400);
        uint256 held; // the price of the last sample
        uint256 heldFor;
        uint256 sum;
        uint256 seen;
        uint256 next = seed % longestGap;
        for (uint256 second; second < WINDOW; ++second) {
            if (second == next) {
                seed = uint256(keccak256(abi.encode(seed)));
                held = 2e18 + seed % 900_000e18 / 1e10 * 1e10;
                heldFor = 0;
                vm.warp(EXPIRY - WINDOW + second);
                // fits: below 2**70
                _aggregator.push(int256(held / 1e10));
                _feed.record(INDEX, EXPIRY);
                next += 1 + seed % longestGap;
            }
            if (held != 0 && heldFor < MAX_HOLD) {
                sum += held;
                ++seen;
                ++heldFor;
            }
            if (second % 97 == 0 && seen != 0) {
                vm.warp(EXPIRY - WINDOW + second + 1);
                (uint256 weight, uint256 average) = _feed.averageSoFar(INDEX, EXPIRY);
                assertEq(weight, seen * 1e18 / (seen + WINDOW - second - 1));
                assertEq(average, sum / seen);
            }
        }
        vm.warp(EXPIRY);
        (uint256 price, SettlementStatus status) = _feed.settlementOf(INDEX, EXPIRY);
        assertEq(price, seen == 0 ? 0 : sum / seen);
        assertTrue(status == (seen < MIN_COVERED ? SettlementStatus.Unresolved : SettlementStatus.Pending));

        // nothing that happens afterwards changes it
        _aggregator.push(5e8);
        _oracle.update(_indexOnly());
        vm.warp(EXPIRY + 2 hours);
        (uint256 later, SettlementStatus final_) = _feed.settlementOf(INDEX, EXPIRY);
        assertEq(later, price);
        assertTrue(final_ == (seen < MIN_COVERED ? SettlementStatus.Unresolved : SettlementStatus.Final));
    }

    function _indexOnly() private pure returns (address[] memory assets) {
        assets = new address[](1);
        assets[0] = INDEX;
    }
}
