// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

/// @notice What an account is worth and what it must be worth, all quote WAD.
struct Margin {
    /// signed, no haircuts inside
    int256 equity;
    /// initial requirement `Ri`, needed after any action that adds risk
    uint256 initial;
    /// maintenance requirement `Rm <= Ri`, below which margin is called
    uint256 maintenance;
}

/// @notice One account measured at three sets of prices.
/// | side   | Live leg         | Degraded leg          | Down leg                     | used for              |
/// |--------|------------------|-----------------------|------------------------------|-----------------------|
/// | worse  | bad side of band | counts nothing        | counts nothing               | opening risk          |
/// | mark   | spot             | spot                  | left out                     | price of liquidations |
/// | better | spot             | good side of the band | last good side, requiring 0  | who may be called     |
struct Assessment {
    Margin worse;
    Margin mark;
    Margin better;
    /// value of the collateral inside `mark`, quote WAD
    uint256 markCollateral;
    /// what the positions inside `mark` come to at their underlyings' prices, without their signs, quote WAD
    uint256 markNotional;
    /// both leg by leg, the collateral first; zero for a leg that is Down
    uint256[] legValues;
    /// bit i set: the price of leg i is Down, and a liquidation leaves that leg where it is
    uint256 downLegs;
}

/// @notice Which of the three sets of prices are asked for: each costs a valuation of every option.
enum Sides {
    All,
    /// what opening risk goes by
    Worse,
    /// what those who hold already are called and liquidated by: mark and better
    Held
}

using {health, excess} for Margin global;

/// @notice Health `E / Rm`, WAD, rounded down; `type(int256).max` where nothing is required and nothing owed.
/// @dev An account that owes and requires nothing has sunk: `type(int256).min`.
function health(Margin memory margin) pure returns (int256) {
    if (margin.maintenance == 0) return margin.equity < 0 ? type(int256).min : type(int256).max;
    // fits: |equity| < 2**180 by the bounds on prices and amounts, so equity * 1e18 < 2**240; maintenance < 2**180
    int256 scaled = margin.equity * 1e18;
    int256 divisor = int256(margin.maintenance);
    int256 quotient = scaled / divisor;
    // signed division truncates towards zero; floor it
    return scaled < 0 && scaled % divisor != 0 ? quotient - 1 : quotient;
}

/// @notice What may be withdrawn or risked: `E - Ri`, quote WAD, negative when short of it.
function excess(Margin memory margin) pure returns (int256) {
    // fits: requirements are below 2**180
    return margin.equity - int256(margin.initial);
}
