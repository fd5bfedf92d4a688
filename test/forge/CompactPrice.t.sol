// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Test} from "forge-std/Test.sol";
import {CompactPrice, toCompactPriceDown, toCompactPriceUp} from "../../contracts/types/CompactPrice.sol";

contract CompactPriceTest is Test {
    /// 2**112 has 34 digits
    uint256 private constant EXPONENTS = 31;

    /// @dev Every compact price that there is: it is itself both ways, and between two of them is nothing.
    function test_everyOneIsExactAndTheNextOneIsItsNeighbour() public pure {
        uint256 last;
        for (uint256 exponent; exponent < EXPONENTS; ++exponent) {
            for (uint256 mantissa = exponent == 0 ? 1 : 200; mantissa < 2_000; ++mantissa) {
                uint256 price = mantissa * 10 ** exponent;
                CompactPrice compact = CompactPrice.wrap(uint16(exponent << 11 | mantissa));
                // one assertion, as there are 56,000
                bool exact = compact.toWad() == price && _is(toCompactPriceDown(price), compact)
                    && _is(toCompactPriceUp(price), compact) && toCompactPriceDown(price - 1).toWad() == last
                    && _is(toCompactPriceUp(last + 1), compact);
                if (!exact) assertTrue(exact, string.concat(vm.toString(mantissa), "e", vm.toString(exponent)));
                last = price;
            }
        }
    }

    function testFuzz_roundsOutwardByLessThanA200th(uint256 price) public pure {
        price = bound(price, 0, type(uint112).max);
        uint256 down = toCompactPriceDown(price).toWad();
        uint256 up = toCompactPriceUp(price).toWad();
        assertLe(down, price);
        assertGe(up, price);
        assertTrue(down == price || (price - down) * 200 < price);
        assertTrue(up == price || (up - price) * 200 < price);
    }

    function testFuzz_keepsTheOrder(uint256 lower, uint256 higher) public pure {
        lower = bound(lower, 0, type(uint112).max);
        higher = bound(higher, lower, type(uint112).max);
        assertLe(CompactPrice.unwrap(toCompactPriceDown(lower)), CompactPrice.unwrap(toCompactPriceDown(higher)));
        assertLe(CompactPrice.unwrap(toCompactPriceUp(lower)), CompactPrice.unwrap(toCompactPriceUp(higher)));
    }

    function _is(CompactPrice a, CompactPrice b) private pure returns (bool) {
        return CompactPrice.unwrap(a) == CompactPrice.unwrap(b);
    }
}
