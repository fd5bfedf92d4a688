// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Test} from "forge-std/Test.sol";
import {Margin} from "../../contracts/types/Margin.sol";
import {OptionLeg, OptionSet} from "../../contracts/risk/OptionSet.sol";

/// @notice The bound of a set against what it pays at every price there is, on a small grid.
contract OptionSetTest is Test {
    uint256 private constant STRIKES = 8;
    uint256 private constant LEGS = 6;

    /// [STD-07] [STD-08]
    function testFuzz_total_neverExceedsWhatTheSetCanLose(uint256 seed) public pure {
        (OptionLeg[] memory legs, Margin memory alone) = _random(seed);
        OptionSet.Bound memory bound = OptionSet.boundOf(legs, LEGS);
        Margin memory together = OptionSet.total(legs, LEGS, bound, _mark);

        assertEq(together.equity, alone.equity);
        assertLe(together.initial, alone.initial, "more than alone");
        assertLe(together.maintenance, together.initial, "more to stay than to come");
        (int256 least, bool bounded) = _leastPayoff(legs);
        if (!bounded) return;
        assertEq(bound.leastPayoff, least, "the walk missed the least");
        int256 loss = together.equity - least;
        assertEq(together.initial, uint256(loss > 0 ? _min(loss, int256(alone.initial)) : int256(0)));
        // what is left after the requirement is what it is worth at the worst end, or more
        if (together.initial < alone.initial) {
            assertEq(together.equity - int256(together.initial), _min(least, together.equity));
        }
    }

    /// [STD-08]
    function testFuzz_total_asksForNakedCallsWhatTheyRequireAlone(uint256 seed, uint256 more) public pure {
        (OptionLeg[] memory legs,) = _random(seed);
        more = bound(more, 1, 5);
        // one more call short than is covered
        OptionLeg memory top = legs[LEGS - 1];
        int256 net;
        for (uint256 i; i < LEGS - 1; ++i) {
            if (legs[i].isCall) net += legs[i].size;
        }
        (top.isCall, top.strike) = (true, STRIKES * 1e18);
        top.size = -(net > 0 ? net : int256(0)) - int256(more * 1e18);
        uint256 short = uint256(-top.size) / 1e18;
        top.mark = Margin(-int256(short * 1e18), short * 3e18, short * 2e18);
        OptionSet.Bound memory b = OptionSet.boundOf(legs, LEGS);
        uint256 naked;
        int256 calls;
        for (uint256 i; i < LEGS; ++i) {
            naked += b.naked[i];
            if (legs[i].isCall) calls += legs[i].size;
        }
        assertEq(int256(naked), calls < 0 ? -calls : int256(0));
        Margin memory together = OptionSet.total(legs, LEGS, b, _mark);
        // at least what those alone ask for that are on top
        assertGe(together.initial, b.naked[LEGS - 1] * 3);
    }

    function testFuzz_total_asksLongsForNothingThatTheyCannotLose(uint256 seed) public pure {
        (OptionLeg[] memory legs,) = _random(seed);
        int256 worth;
        for (uint256 i; i < LEGS; ++i) {
            OptionLeg memory leg = legs[i];
            if (leg.size < 0) leg.size = -leg.size;
            leg.mark = Margin(leg.size * 2, uint256(leg.size) * 2, uint256(leg.size));
            worth += leg.mark.equity;
        }
        Margin memory together = OptionSet.total(legs, LEGS, OptionSet.boundOf(legs, LEGS), _mark);
        assertLe(int256(together.initial), worth);
    }

    /* HELPERS */

    function _random(uint256 seed) private pure returns (OptionLeg[] memory legs, Margin memory alone) {
        legs = new OptionLeg[](LEGS);
        uint256 strike = 1;
        for (uint256 i; i < LEGS; ++i) {
            seed = uint256(keccak256(abi.encode(seed)));
            strike += seed % 3;
            OptionLeg memory leg = legs[i];
            leg.strike = (strike > STRIKES ? STRIKES : strike) * 1e18;
            leg.isCall = seed >> 8 & 1 == 0;
            leg.size = (int256(seed >> 16 & 7) - 3) * 1e18;
            if (leg.size == 0) leg.size = 1e18;
            int256 price = int256(seed >> 24 & 3) * 1e18;
            uint256 units = uint256(leg.size < 0 ? -leg.size : leg.size) / 1e18;
            leg.mark = Margin(leg.size * price / 1e18, units * 3e18, units * 2e18);
            alone.equity += leg.mark.equity;
            alone.initial += leg.mark.initial;
        }
    }

    /// @dev At every whole price: all bends are at whole ones. Bounded unless more calls are short than long.
    function _leastPayoff(OptionLeg[] memory legs) private pure returns (int256 least, bool bounded) {
        int256 calls;
        least = type(int256).max;
        for (uint256 price; price <= STRIKES + 1; ++price) {
            int256 payoff;
            calls = 0;
            for (uint256 i; i < LEGS; ++i) {
                int256 gap = int256(price * 1e18) - int256(legs[i].strike);
                if (!legs[i].isCall) gap = -gap;
                else calls += legs[i].size;
                if (gap > 0) payoff += legs[i].size * gap / 1e18;
            }
            if (payoff < least) least = payoff;
        }
        bounded = calls >= 0;
    }

    function _min(int256 a, int256 b) private pure returns (int256) {
        return a < b ? a : b;
    }

    function _mark(OptionLeg memory leg) private pure returns (Margin memory) {
        return leg.mark;
    }
}
