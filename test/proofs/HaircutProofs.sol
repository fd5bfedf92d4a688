// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Haircut} from "../../contracts/math/Haircut.sol";

/// @notice For every haircut up to the whole, and every value, amount held and declared depth below 2**96.
contract HaircutProofs {
    function counted_isNoMoreThanTheValue(uint96 value, uint256 haircut, uint96 amount, uint96 depth) external pure {
        require(haircut <= 10_000 && depth > 0);
        assert(Haircut.countedDown(value, haircut, amount, depth) <= value);
    }

    function counted_growsWithTheValue(uint96 value, uint96 more, uint256 haircut, uint96 amount, uint96 depth)
        external
        pure
    {
        require(value <= more && haircut <= 10_000 && depth > 0);
        assert(Haircut.countedDown(value, haircut, amount, depth) <= Haircut.countedDown(more, haircut, amount, depth));
    }

    function counted_fallsWithTheHaircut(uint96 value, uint256 haircut, uint256 more, uint96 amount, uint96 depth)
        external
        pure
    {
        require(haircut <= more && more <= 10_000 && depth > 0);
        assert(Haircut.countedDown(value, haircut, amount, depth) >= Haircut.countedDown(value, more, amount, depth));
    }

    /// @dev Concentration: the same value counts less in a larger holding.
    function counted_fallsWithTheHolding(uint96 value, uint256 haircut, uint96 amount, uint96 more, uint96 depth)
        external
        pure
    {
        require(amount <= more && haircut <= 10_000 && depth > 0);
        assert(Haircut.countedDown(value, haircut, amount, depth) >= Haircut.countedDown(value, haircut, more, depth));
    }

    /// @dev Yet a larger holding counts no less: adding collateral never lowers excess.
    function counted_growsWithCollateral(uint64 price, uint256 haircut, uint96 amount, uint96 more, uint96 depth)
        external
        pure
    {
        require(amount <= more && haircut <= 10_000 && depth > 0);
        uint256 counted = Haircut.countedDown(uint256(price) * amount, haircut, amount, depth);
        assert(counted <= Haircut.countedDown(uint256(price) * more, haircut, more, depth));
    }

    /// @dev However much is held, no more counts than the depth would without its concentration.
    function counted_neverPassesTheDepth(uint64 price, uint256 haircut, uint96 amount, uint96 depth) external pure {
        require(haircut <= 10_000 && depth > 0);
        uint256 counted = Haircut.countedDown(uint256(price) * amount, haircut, amount, depth);
        assert(counted * 10_000 <= uint256(price) * depth * (10_000 - haircut));
    }
}
