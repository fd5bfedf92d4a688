// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Test} from "forge-std/Test.sol";
import {Haircut} from "../../contracts/math/Haircut.sol";
import {BPS} from "../../contracts/math/Units.sol";

contract HaircutTest is Test {
    uint256 private constant MAX_AMOUNT = type(uint96).max;
    uint256 private constant MAX_PRICE = type(uint96).max;

    /// @dev One asset: price, decimals, haircut and depth, over all that policy and oracle let through.
    struct Asset {
        uint256 price;
        uint256 decimals;
        uint256 haircutBps;
        uint256 depth;
    }

    function test_counted_isHalfAtTheDepth() public pure {
        uint256 value = Haircut.valueDown(100e18, 2_000e18, 18);
        assertEq(value, 200_000e18);
        assertEq(Haircut.countedDown(value, 2_000, 100e18, 100e18), 80_000e18);
    }

    function test_value_isTheSameForTokensOfAnyDecimals() public pure {
        assertEq(Haircut.valueDown(3e6, 2_000e18, 6), 6_000e18);
        assertEq(Haircut.valueDown(3e8, 2_000e18, 8), 6_000e18);
        assertEq(Haircut.valueDown(3e18, 2_000e18, 18), 6_000e18);
        assertEq(Haircut.valueDown(3, 2_000e18, 0), 6_000e18);
    }

    function testFuzz_counted_isWithinItsHaircut(uint256 seed, uint256 amount) public pure {
        Asset memory asset = _asset(seed);
        amount = bound(amount, 0, MAX_AMOUNT);
        uint256 value = Haircut.valueDown(amount, asset.price, asset.decimals);
        uint256 counted = _counted(asset, amount);
        // so that requirement = value - counted never goes below zero, nor below the haircut
        assertLe(counted, value * (BPS - asset.haircutBps) / BPS);
        if (amount == 0) assertEq(counted, 0);
    }

    function testFuzz_counted_neverPassesWhatTheDepthIsWorth(uint256 seed, uint256 amount) public pure {
        Asset memory asset = _asset(seed);
        amount = bound(amount, 0, MAX_AMOUNT);
        uint256 most = Haircut.valueDown(asset.depth, asset.price, asset.decimals) + 1;
        assertLe(_counted(asset, amount), most * (BPS - asset.haircutBps) / BPS + 1);
    }

    /// @dev Adding collateral never lowers excess: but for one wei, which the value loses by rounding down.
    function testFuzz_P23_counted_growsWithTheAmount(uint256 seed, uint256 amount, uint256 more) public pure {
        Asset memory asset = _asset(seed);
        amount = bound(amount, 0, MAX_AMOUNT);
        more = bound(more, 0, MAX_AMOUNT - amount);
        assertGe(_counted(asset, amount + more) + 1, _counted(asset, amount));
    }

    function testFuzz_counted_growsWithThePrice(uint256 seed, uint256 amount, uint256 more) public pure {
        Asset memory asset = _asset(seed);
        amount = bound(amount, 0, MAX_AMOUNT);
        uint256 counted = _counted(asset, amount);
        asset.price = bound(more, asset.price, MAX_PRICE);
        assertGe(_counted(asset, amount), counted);
    }

    function testFuzz_counted_fallsWithTheHaircutAndRisesWithTheDepth(uint256 seed, uint256 amount, uint256 other)
        public
        pure
    {
        Asset memory asset = _asset(seed);
        amount = bound(amount, 0, MAX_AMOUNT);
        uint256 counted = _counted(asset, amount);
        uint256 depth = asset.depth;
        asset.depth = bound(other, depth, MAX_AMOUNT);
        assertGe(_counted(asset, amount), counted);
        asset.depth = depth;
        asset.haircutBps = bound(other, asset.haircutBps, 9_500);
        assertLe(_counted(asset, amount), counted);
    }

    /// @dev Concentration is by account: parts held apart count for more. That is why supply is capped as well.
    function testFuzz_counted_isLessForOneThanForTwoHalves(uint256 seed, uint256 amount) public pure {
        Asset memory asset = _asset(seed);
        amount = bound(amount, 0, MAX_AMOUNT / 2);
        assertLe(_counted(asset, 2 * amount), 2 * _counted(asset, amount) + 3);
    }

    function _counted(Asset memory asset, uint256 amount) private pure returns (uint256) {
        uint256 value = Haircut.valueDown(amount, asset.price, asset.decimals);
        return Haircut.countedDown(value, asset.haircutBps, amount, asset.depth);
    }

    function _asset(uint256 seed) private pure returns (Asset memory) {
        return Asset({
            price: _random(seed, "price", 1, 2 ** _random(seed, "price digits", 1, 96) - 1),
            decimals: _random(seed, "decimals", 0, 18),
            haircutBps: _random(seed, "haircut", 100, 9_500),
            depth: _random(seed, "depth", 1, 2 ** _random(seed, "depth digits", 1, 96) - 1)
        });
    }

    function _random(uint256 seed, bytes32 name, uint256 least, uint256 most) private pure returns (uint256) {
        return _bound(uint256(keccak256(abi.encode(seed, name))), least, most);
    }
}
