// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Rounding} from "../../contracts/math/Rounding.sol";

/// @notice For all inputs whose product fits.
contract RoundingProofs {
    function magnitude_dropsTheSign(int256 x) external pure {
        require(x != type(int256).min);
        assert(Rounding.magnitude(x) == Rounding.magnitude(-x));
    }

    function divUp_isTheQuotientOrTheNext(uint256 x) external pure {
        uint256 up = Rounding.divUp(x, 1e18);
        assert(up >= x / 1e18 && up - x / 1e18 <= 1);
    }

    function mulDiv_upIsNoLessThanDown(uint256 x) external pure {
        assert(Rounding.mulDivDown(x, 10_000, 1e18) <= Rounding.mulDivUp(x, 10_000, 1e18));
    }
}
