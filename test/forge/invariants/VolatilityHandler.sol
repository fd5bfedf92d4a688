// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {AccessManager} from "@openzeppelin/contracts/access/manager/AccessManager.sol";
import {CommonBase} from "forge-std/Base.sol";
import {StdCheats} from "forge-std/StdCheats.sol";
import {StdUtils} from "forge-std/StdUtils.sol";
import {FeedConfig} from "../../../contracts/interfaces/IPriceOracle.sol";
import {VolatilityState} from "../../../contracts/interfaces/IRealisedVolatility.sol";
import {Decay} from "../../../contracts/math/Decay.sol";
import {RAY, WAD} from "../../../contracts/math/Units.sol";
import {FeedMode, MockAggregator} from "../../../contracts/mocks/MockAggregator.sol";
import {PriceOracle} from "../../../contracts/oracle/PriceOracle.sol";
import {RealisedVolatility} from "../../../contracts/risk/RealisedVolatility.sol";
import {PriceStatus} from "../../../contracts/types/Price.sol";
import {VolatilityTerms} from "../../../contracts/types/VolatilityTerms.sol";

/// @notice Prices, samples, changes of terms, failures and time in any order. After each action it compares the scales
/// with those before; what does not hold it keeps, in words.
contract VolatilityHandler is CommonBase, StdCheats, StdUtils {
    uint256 private constant CLAMP_LESS_ONE = 15;

    RealisedVolatility public immutable volatility;
    PriceOracle private immutable oracle;
    MockAggregator private immutable feed;
    address public immutable asset = makeAddr("asset");

    /// @notice The first thing that did not hold.
    string public broken;
    uint256 public samples;
    uint256 public changes;

    uint256 private _price = 2_000e8;
    uint256 private _maintenance = WAD;
    uint256 private _checkedAt;
    uint256 private _rampBps;

    constructor() {
        vm.warp(1_700_000_000);
        AccessManager manager = new AccessManager(address(this));
        oracle = new PriceOracle(address(manager), false);
        feed = new MockAggregator(8, "asset");
        feed.push(int256(_price));
        oracle.configure(
            asset,
            FeedConfig({
                primary: address(feed),
                second: address(0),
                secondId: 0,
                openAge: 1 hours,
                liquidationAge: 3 hours,
                halfLife: 10 minutes,
                disagreementBps: 0,
                confidenceBps: 0,
                floor: 1e12,
                ceiling: 79_200_000_000e18
            })
        );
        volatility = new RealisedVolatility(address(manager), oracle);
        _checkedAt = block.timestamp;
    }

    /// @notice A price near the one before, or anywhere.
    function print(uint256 price, bool anywhere) external {
        if (anywhere) _price = _bound(price, 1e3, 1e18);
        else _price = _bound(price, _price - _price / 50, _price + _price / 50);
        if (_price < 1e3) _price = 1e3;
        feed.push(int256(_price));
    }

    function wait_(uint256 seconds_, bool long) external {
        vm.warp(block.timestamp + _bound(seconds_, 1, long ? 30 days : 20 minutes));
        _check();
    }

    /// @notice Time, the same price anew, and a sample: what most keepers do.
    function keep(uint256 seconds_) external {
        vm.warp(block.timestamp + _bound(seconds_, 1, 1 hours));
        feed.push(int256(_price));
        _check();
        sample();
    }

    function sample() public {
        VolatilityState memory before = volatility.stateOf(asset);
        VolatilityTerms memory terms = volatility.termsOf(asset);
        volatility.sample(_assets());
        VolatilityState memory now_ = volatility.stateOf(asset);
        if (now_.sampledAt != before.sampledAt) {
            ++samples;
            _claim(oracle.read(asset).status == PriceStatus.Live, "sampled what is not Live");
            _claim(now_.sampledAt - before.sampledAt >= terms.minInterval, "sampled too early");
            if (before.price != 0) _claimStep(before, now_, terms);
        } else {
            _claim(keccak256(abi.encode(before)) == keccak256(abi.encode(now_)), "changed without a sample");
        }
        _check();
    }

    function configure(uint256 seed) external {
        uint256 standard = _bound(seed, 500, 50_000);
        uint256 fast = _bound(seed >> 32, 1 hours, 1 days);
        VolatilityTerms memory terms = VolatilityTerms({
            referenceBps: uint32(standard),
            floorBps: uint32(_bound(seed >> 64, standard / 8, standard)),
            capBps: uint32(_bound(seed >> 96, standard, 4 * standard)),
            rampBpsPerHour: uint16(_bound(seed >> 128, 1, 1_000)),
            minInterval: uint24(_bound(seed >> 160, 1 minutes, fast / 16)),
            fastHalfLife: uint24(fast),
            slowHalfLife: uint24(_bound(seed >> 192, fast, 14 days))
        });
        volatility.configure(asset, terms);
        ++changes;
        _check();
        _rampBps = terms.rampBpsPerHour;
    }

    /// @notice The feed fails in some way, or comes back.
    function fail(uint256 mode) external {
        feed.setMode(FeedMode(mode % 2 == 0 ? 0 : mode % 6));
        sample();
    }

    /// @dev Maintenance: no higher in the same second, no faster than the ramp that was in force, never above initial.
    function _check() private {
        (uint256 initial, uint256 maintenance) = volatility.scales(asset);
        uint256 passed = block.timestamp - _checkedAt;
        _claim(maintenance <= _maintenance + _rampBps * 1e14 * passed / 1 hours + 1, "rose faster than the ramp");
        if (passed == 0) _claim(maintenance <= _maintenance, "rose within a block");
        _claim(maintenance >= WAD && maintenance <= initial && initial <= 4 * WAD, "out of bounds");
        (_maintenance, _checkedAt) = (maintenance, block.timestamp);
        if (_rampBps == 0) return;

        VolatilityTerms memory terms = volatility.termsOf(asset);
        uint256 known = volatility.volatility(asset);
        _claim(
            known >= uint256(terms.floorBps) * 1e14 && known <= uint256(terms.capBps) * 1e14, "estimate out of bounds"
        );
        uint256 expected = known * 10_000 / terms.referenceBps;
        _claim(initial == (expected < WAD ? WAD : expected), "initial scale is not volatility over reference");
    }

    /// @dev One sample: up by no more than the clamp, down no faster than the slow half-life.
    function _claimStep(VolatilityState memory before, VolatilityState memory now_, VolatilityTerms memory terms)
        private
    {
        uint256 elapsed = now_.sampledAt - before.sampledAt;
        uint256 weighed = elapsed < terms.fastHalfLife / 16 ? elapsed : terms.fastHalfLife / 16;
        uint256 weight = RAY - Decay.factor(weighed, terms.fastHalfLife);
        uint256 most = before.variance + before.variance * CLAMP_LESS_ONE * weight / RAY + 1;
        _claim(now_.variance <= most, "one sample rose beyond the clamp");
        uint256 least = before.variance * Decay.factor(weighed, terms.slowHalfLife) / RAY;
        _claim(now_.variance >= least, "fell faster than the slow half-life");
        _claim(now_.price == oracle.read(asset).spot, "another price");
    }

    function _claim(bool holds, string memory what) private {
        if (!holds && bytes(broken).length == 0) broken = what;
    }

    function _assets() private view returns (address[] memory list) {
        list = new address[](1);
        list[0] = asset;
    }
}
