// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Test} from "forge-std/Test.sol";
import {PaceBucket, PaceLimits} from "../../contracts/math/PaceLimits.sol";
import {Haircut} from "../../contracts/math/Haircut.sol";
import {LiquidationMath, LiquidationRates} from "../../contracts/math/LiquidationMath.sol";
import {Rounding} from "../../contracts/math/Rounding.sol";
import {BPS} from "../../contracts/math/Units.sol";
import {LiquidationTerms, PaceLimit} from "../../contracts/types/PolicyParams.sol";

/// @notice All inputs in a small range against the plainest way to say the same: what a solver cannot decide about
/// full-precision products and quotients, and what a random search meets only by luck.
contract SmallNumbersTest is Test {
    using PaceLimits for PaceBucket;

    int256 private constant MOST = 12;
    PaceBucket private _bucket;

    /// @dev `floor <= x * y / d <= ceil`, a unit apart at most, and equal exactly where nothing is left over.
    function test_roundings_ofAllSmallProducts() public pure {
        for (int256 x = -MOST; x <= MOST; ++x) {
            for (int256 y; y <= MOST; ++y) {
                for (int256 d = 1; d <= MOST; ++d) {
                    int256 floor = Rounding.mulDivFloor(x, uint256(y), uint256(d));
                    int256 ceil = Rounding.mulDivCeil(x, uint256(y), uint256(d));
                    assert(floor * d <= x * y && x * y < (floor + 1) * d);
                    assert((ceil - 1) * d < x * y && x * y <= ceil * d);
                    if (x < 0) continue;
                    assert(int256(Rounding.mulDivDown(uint256(x), uint256(y), uint256(d))) == floor);
                    assert(int256(Rounding.mulDivUp(uint256(x), uint256(y), uint256(d))) == ceil);
                    if (y == 1) assert(int256(Rounding.divUp(uint256(x), uint256(d))) == ceil);
                }
            }
        }
    }

    /// @dev Never more than the value less its haircut, no less for more value, no more for a larger haircut.
    function test_haircut_ofAllSmallHoldings() public pure {
        uint256[4] memory haircuts = [uint256(0), 1, 2_500, 9_500];
        for (uint256 value; value <= 40; ++value) {
            for (uint256 amount; amount <= 12; ++amount) {
                for (uint256 depth = 1; depth <= 12; ++depth) {
                    uint256 last = type(uint256).max;
                    for (uint256 i; i < haircuts.length; ++i) {
                        uint256 counted = Haircut.countedDown(value, haircuts[i], amount, depth);
                        assert(counted == value * (BPS - haircuts[i]) * depth / (BPS * (depth + amount)));
                        assert(counted * BPS <= value * (BPS - haircuts[i]) && counted <= last);
                        assert(counted <= Haircut.countedDown(value + 1, haircuts[i], amount, depth));
                        last = counted;
                    }
                }
            }
        }
    }

    /// @dev Within zero and the longest, on the line between, and never shorter for a healthier account.
    function test_grace_ofAllHealthsInSteps() public pure {
        uint16[4] memory criticals = [uint16(1), 5_000, 8_500, 9_999];
        uint32[4] memory longest = [uint32(0), 1, 59, 1 hours];
        for (uint256 i; i < criticals.length; ++i) {
            for (uint256 k; k < longest.length; ++k) {
                LiquidationTerms memory terms;
                (terms.criticalHealthBps, terms.maxGrace) = (criticals[i], longest[k]);
                uint256 last;
                for (int256 bps = -100; bps <= 10_100; bps += 17) {
                    uint256 grace = LiquidationMath.grace(bps * 1e14, terms);
                    assert(grace == _grace(bps, terms) && last <= grace);
                    last = grace;
                }
            }
        }
    }

    /// @dev Bonus and fee together never pass `kappa` of the health that pays, so that a part sale helps; the bonus
    /// never passes its bounds, and falls with neither time nor depth.
    function test_rates_ofAllHealthsTimesAndTerms() public pure {
        for (uint256 seed; seed < 3 ** 5; ++seed) {
            LiquidationTerms memory terms = _terms(seed);
            for (int256 bps = -500; bps < 10_000; bps += 1_499) {
                uint256 last;
                for (uint256 elapsed; elapsed <= 8; ++elapsed) {
                    LiquidationRates memory r = LiquidationMath.rates(bps * 1e14, bps * 1e14, elapsed, terms);
                    uint256 most = bps <= 0 ? 0 : uint256(bps) * 1e14 * terms.kappaBps / BPS;
                    assert(r.bonus + r.fee <= most && r.fee <= uint256(terms.feeBps) * 1e14);
                    assert(r.bonus <= uint256(terms.bonusMaxBps) * 1e14 && last <= r.bonus);
                    last = r.bonus;
                }
            }
        }
    }

    /// @dev Against a bucket that is filled second by second: never above its capacity, nor below nothing.
    function test_pace_ofAllSmallBuckets() public {
        for (uint128 capacity = 1; capacity <= 5; ++capacity) {
            for (uint128 rate = 1; rate <= 3; ++rate) {
                delete _bucket;
                PaceLimit memory limit = PaceLimit(capacity, rate);
                uint256 left = capacity;
                for (uint256 step; step < 7 * 4; ++step) {
                    assertEq(_bucket.available(limit), left);
                    uint256 value = step % 7;
                    _bucket.use(limit, value);
                    left = value > left ? 0 : left - value;
                    assertEq(_bucket.available(limit), left);
                    skip(step % 3);
                    for (uint256 second; second < step % 3; ++second) {
                        left = left + rate > capacity ? capacity : left + rate;
                    }
                }
            }
        }
    }

    function _grace(int256 bps, LiquidationTerms memory terms) private pure returns (uint256) {
        int256 critical = int256(uint256(terms.criticalHealthBps));
        if (bps <= critical) return 0;
        if (bps >= int256(BPS)) return terms.maxGrace;
        return terms.maxGrace * uint256(bps - critical) / uint256(int256(BPS) - critical);
    }

    /// @dev Each of five terms low, middling or high, as `seed` says in base three.
    function _terms(uint256 seed) private pure returns (LiquidationTerms memory terms) {
        terms.bonusMinBps = [uint16(1), 500, 2_000][seed % 3];
        terms.bonusMaxBps = terms.bonusMinBps + [uint16(0), 1_500, 3_000][seed / 3 % 3];
        terms.feeBps = [uint16(0), 300, 2_000][seed / 9 % 3];
        terms.kappaBps = [uint16(5_000), 8_000, 9_500][seed / 27 % 3];
        terms.criticalHealthBps = [uint16(1_000), 8_500, 9_500][seed / 81 % 3];
        terms.bonusRamp = 6;
    }
}
