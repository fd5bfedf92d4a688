// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IMarginVault} from "../interfaces/IMarginVault.sol";
import {AccountId} from "../types/AccountId.sol";
import {Holding} from "../types/Portfolio.sol";

/// @dev Collaterals an account may hold; bounds every loop over an account, and so the gas of its liquidation (V24).
uint256 constant MOST_COLLATERALS = 8;

/// @notice The collaterals of one account, without gaps: the first empty slot ends the list, so that a first deposit
/// writes one slot, and a margin check reads one slot a collateral and one more.
library Holdings {
    /// @notice Position of `asset` and what is held of it, or the first empty position (`MOST_COLLATERALS` where there
    /// is none).
    function find(Holding[MOST_COLLATERALS] storage list, address asset)
        internal
        view
        returns (uint256 i, uint256 held)
    {
        for (; i < MOST_COLLATERALS; ++i) {
            Holding memory holding = list[i];
            if (holding.asset == asset) return (i, holding.amount);
            if (holding.asset == address(0)) return (i, 0);
        }
    }

    function load(Holding[MOST_COLLATERALS] storage list) internal view returns (Holding[] memory held) {
        Holding[MOST_COLLATERALS] memory slots;
        uint256 n;
        for (; n < MOST_COLLATERALS; ++n) {
            slots[n] = list[n];
            if (slots[n].asset == address(0)) break;
        }
        held = new Holding[](n);
        for (uint256 i; i < n; ++i) {
            held[i] = slots[i];
        }
    }

    function count(Holding[MOST_COLLATERALS] storage list) internal view returns (uint256 n) {
        while (n < MOST_COLLATERALS && list[n].asset != address(0)) ++n;
    }

    /// @param most how many collaterals the account may hold
    function add(Holding[MOST_COLLATERALS] storage list, AccountId account, address asset, uint256 amount, uint256 most)
        internal
        returns (uint256 total)
    {
        (uint256 i, uint256 held) = find(list, asset);
        if (held == 0 && i >= most) revert IMarginVault.TooManyCollaterals(account, most);
        total = held + amount;
        if (total > type(uint96).max) revert IMarginVault.AmountTooLarge(asset, total, type(uint96).max);
        list[i] = Holding(asset, uint96(total)); // fits: checked above
    }

    /// @dev The last entry takes the place of one that is used up.
    function remove(Holding[MOST_COLLATERALS] storage list, AccountId account, address asset, uint256 amount)
        internal
        returns (uint256 left)
    {
        (uint256 i, uint256 held) = find(list, asset);
        if (amount > held) revert IMarginVault.InsufficientCollateral(account, asset, amount, held);
        left = held - amount;
        if (left != 0) {
            list[i].amount = uint96(left); // fits: less than it was
            return left;
        }
        uint256 last = count(list) - 1;
        if (i != last) list[i] = list[last];
        delete list[last];
    }
}
