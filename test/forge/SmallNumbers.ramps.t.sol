// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Test} from "forge-std/Test.sol";
import {LinearRamp, Span} from "../../contracts/math/LinearRamp.sol";
import {GrowingCap} from "../../contracts/policy/GrowingCap.sol";
import {CapGrowth} from "../../contracts/types/PolicyParams.sol";

/// @notice All ramps and caps in a small range against the plainest way to say the same.
contract SmallNumbersRampsTest is Test {
    uint256 private constant MOST = 9;
    uint40 private constant START = 1_700_000_000;

    /// @dev Ends to 9, spans to 9 seconds, each second of them and two after: on the line, rounded towards the old
    /// value, and never back.
    function test_ramp_ofAllEndsAndSpansTo9() public pure {
        for (uint256 from; from <= MOST; ++from) {
            for (uint256 to; to <= MOST; ++to) {
                for (uint256 duration; duration <= MOST; ++duration) {
                    _holdsOnTheLine(from, to, duration);
                }
            }
        }
    }

    /// @dev Caps and growths a day to 4, targets to 12, every eight hours into the third day: what
    /// it was until it starts, then on the line, never less than before, never above its target.
    function test_cap_ofAllGrowthsTo4() public {
        for (uint96 from; from <= 4; ++from) {
            for (uint96 perDay; perDay <= 4; ++perDay) {
                for (uint256 target; target <= 12; ++target) {
                    uint256 last;
                    for (uint256 step; step <= 12; ++step) {
                        // four steps before the start, eight hours each
                        vm.warp(START - 4 * 8 hours + step * 8 hours);
                        uint256 grown = from + (step < 4 ? 0 : perDay * (step - 4) / 3);
                        uint256 cap = GrowingCap.capNow(CapGrowth(from, perDay, START), target);
                        assert(cap == (grown < target ? grown : target) && cap >= last);
                        last = cap;
                    }
                }
            }
        }
    }

    function test_growthFrom_ofAllPartsOfABasisTo30() public pure {
        uint256[5] memory rates = [uint256(1), 333, 2_500, 3_334, 5_000];
        for (uint256 basis; basis <= 30; ++basis) {
            for (uint256 i; i < rates.length; ++i) {
                uint256 perDay = GrowingCap.growthFrom(7, basis, rates[i], START).perDay;
                // a part rounded down, but never nothing, or the cap would never grow
                assert(perDay >= 1 && (perDay == 1 || perDay * 10_000 <= basis * rates[i]));
                assert((perDay + 1) * 10_000 > basis * rates[i]);
            }
        }
    }

    function _holdsOnTheLine(uint256 from, uint256 to, uint256 duration) private pure {
        Span memory span = Span(START, START + uint40(duration));
        uint256 last = duration == 0 ? to : from;
        for (uint256 elapsed; elapsed <= duration + 2; ++elapsed) {
            uint256 value = LinearRamp.at(from, to, span, START + elapsed);
            // a span of no time has come to its end
            uint256 length = duration == 0 ? 1 : duration;
            uint256 way = elapsed < duration ? elapsed : length;
            (uint256 gone, uint256 whole) = from < to ? (value - from, to - from) : (from - value, from - to);
            assert(gone * length <= whole * way && whole * way < (gone + 1) * length);
            assert(from < to ? last <= value : value <= last);
            last = value;
        }
    }
}
