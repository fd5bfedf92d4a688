// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

/// @notice The exponential of what is not positive.
library Exponential {
    /// @dev ln 2, WAD
    uint256 private constant LN_2 = 693_147_180_559_945_309;
    /// @dev One, with 60 binary places
    uint256 private constant ONE = 1 << 60;
    /// @dev Sixteen, WAD
    uint256 private constant SIXTEEN = 16e18;

    /// @notice `exp(-x)`, WAD, rounded down; at most 1e-16 too small or too large.
    /// @dev Halvings first; of the rest the sixteenth part by its series, of which eight terms leave 2e-18, and that to
    /// the power of 16.
    /// @param x WAD
    function expOfMinus(uint256 x) internal pure returns (uint256) {
        if (x > 42e18) return 0; // exp(-42) < 1e-18
        // fits: the rest is below 2**60 and p, with 60 places, below 2**61, as is its sixteenth power; squares of the
        // like, with twice the places, are below 2**122, and of those below 2**244
        unchecked {
            uint256 halvings = x / LN_2;
            x -= halvings * LN_2;
            uint256 p = ONE + ONE * x / (8 * SIXTEEN);
            p = ONE + p * x / (7 * SIXTEEN);
            p = ONE + p * x / (6 * SIXTEEN);
            p = ONE + p * x / (5 * SIXTEEN);
            p = ONE + p * x / (4 * SIXTEEN);
            p = ONE + p * x / (3 * SIXTEEN);
            p = ONE + p * x / (2 * SIXTEEN);
            p = ONE + p * x / SIXTEEN;
            p = p * p; // 120 places
            p = p * p >> 180; // the fourth power, 60 places
            p = p * p; // 120 places
            return (1e18 << 180) / (p * p >> 60) >> halvings;
        }
    }
}
