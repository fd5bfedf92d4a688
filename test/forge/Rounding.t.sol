// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Test} from "forge-std/Test.sol";
import {Rounding} from "../../contracts/math/Rounding.sol";

contract RoundingTest is Test {
    function test_mulDiv_namesItsDirection() public pure {
        assertEq(Rounding.mulDivDown(7, 1, 2), 3);
        assertEq(Rounding.mulDivUp(7, 1, 2), 4);
        assertEq(Rounding.divUp(7, 2), 4);
        assertEq(Rounding.mulDivFloor(7, 1, 2), 3);
        assertEq(Rounding.mulDivFloor(-7, 1, 2), -4);
        assertEq(Rounding.mulDivCeil(7, 1, 2), 4);
        assertEq(Rounding.mulDivCeil(-7, 1, 2), -3);
    }

    function testFuzz_mulDiv_isExactToOneUnit(uint128 x, uint128 y, uint256 d) public pure {
        d = bound(d, 1, type(uint256).max);
        // fits: 2**128 * 2**128
        uint256 product = uint256(x) * y;
        assertEq(Rounding.mulDivDown(x, y, d), product / d);
        assertEq(Rounding.mulDivUp(x, y, d), product / d + (product % d == 0 ? 0 : 1));
        assertEq(Rounding.divUp(product, d), Rounding.mulDivUp(x, y, d));
    }

    function testFuzz_mulDiv_keepsProductsThatDoNotFit(uint256 x, uint256 y) public pure {
        y = bound(y, 1, type(uint256).max);
        assertEq(Rounding.mulDivDown(x, y, y), x);
        assertEq(Rounding.mulDivUp(x, y, y), x);
    }

    function testFuzz_signed_isTheUnsignedTowardsItsName(int256 x, uint256 y, uint256 d) public pure {
        x = bound(x, -int256(uint256(type(uint128).max)), int256(uint256(type(uint128).max)));
        y = bound(y, 0, type(uint120).max);
        d = bound(d, 1, type(uint256).max);
        int256 floor = Rounding.mulDivFloor(x, y, d);
        int256 ceil = Rounding.mulDivCeil(x, y, d);
        assertLe(floor, ceil);
        assertLe(ceil - floor, 1);
        assertEq(floor == ceil, mulmod(Rounding.magnitude(x), y, d) == 0);
        // mirrored at zero
        assertEq(floor, -Rounding.mulDivCeil(-x, y, d));
        if (x < 0) assertLe(ceil, 0);
        else assertGe(floor, 0);
    }

    function testFuzz_floor_ofPartsIsNoMoreThanOfTheWhole(int256 a, int256 b, uint256 y, uint256 d) public pure {
        int256 most = int256(uint256(type(uint120).max));
        a = bound(a, -most, most);
        b = bound(b, -most, most);
        y = bound(y, 0, type(uint120).max);
        d = bound(d, 1, type(uint128).max);
        assertLe(Rounding.mulDivFloor(a, y, d) + Rounding.mulDivFloor(b, y, d), Rounding.mulDivFloor(a + b, y, d));
        assertGe(Rounding.mulDivCeil(a, y, d) + Rounding.mulDivCeil(b, y, d), Rounding.mulDivCeil(a + b, y, d));
    }

    function testFuzz_magnitude_dropsTheSign(int256 x) public pure {
        vm.assume(x != type(int256).min);
        assertEq(Rounding.magnitude(x), Rounding.magnitude(-x));
        assertEq(Rounding.magnitude(x), x < 0 ? uint256(-x) : uint256(x));
    }
}
