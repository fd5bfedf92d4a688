// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IVaultCommon} from "../interfaces/IVaultCommon.sol";
import {AccountId} from "../types/AccountId.sol";
import {Holding} from "../types/Portfolio.sol";

/// @dev Collaterals an account may hold; bounds every loop over an account, and so the gas of its liquidation (V24).
uint256 constant MOST_COLLATERALS = 8;

/// @notice One place in an account's list of collaterals. One slot: 20 bytes, 95 bits and 1.
struct HoldingSlot {
    /// zero where the list is empty
    address asset;
    /// token units times two, plus one where another place follows
    uint96 amountAndMore;
}

/// @notice The collaterals of one account, without gaps. Each place says whether another one follows, so that a first
/// deposit writes one slot, and a margin check reads one slot a collateral and none more.
library Holdings {
    /// @dev 39 billion whole units of an 18-decimal token.
    uint256 internal constant MOST_AMOUNT = type(uint96).max >> 1;

    /// @notice Position of `asset` and what is held of it, or the first empty position (`MOST_COLLATERALS` where there
    /// is none).
    function find(HoldingSlot[MOST_COLLATERALS] storage list, address asset)
        internal
        view
        returns (uint256 i, uint256 held)
    {
        for (; i < MOST_COLLATERALS; ++i) {
            HoldingSlot memory place = list[i];
            if (place.asset == asset) return (i, _amount(place));
            if (place.asset == address(0)) return (i, 0);
            if (!_more(place)) return (i + 1, 0);
        }
    }

    function load(HoldingSlot[MOST_COLLATERALS] storage list) internal view returns (Holding[] memory held) {
        held = new Holding[](count(list));
        for (uint256 i; i < held.length; ++i) {
            HoldingSlot storage place = list[i];
            (held[i].asset, held[i].amount) = (place.asset, place.amountAndMore >> 1);
        }
    }

    function count(HoldingSlot[MOST_COLLATERALS] storage list) internal view returns (uint256 n) {
        if (list[0].asset == address(0)) return 0;
        // ends: the last place of a full list says that none follows
        while (_more(list[n])) ++n;
        return n + 1;
    }

    /// @param most how many collaterals the account may hold
    /// @return total held now
    /// @return joined whether nothing of it was held before
    function add(
        HoldingSlot[MOST_COLLATERALS] storage list,
        AccountId account,
        address asset,
        uint256 amount,
        uint256 most
    ) internal returns (uint256 total, bool joined) {
        (uint256 i, uint256 held) = find(list, asset);
        total = held + amount;
        if (total > MOST_AMOUNT) revert IVaultCommon.AmountTooLarge(asset, total, MOST_AMOUNT);
        if (held != 0) {
            _set(list[i], total);
            return (total, false);
        }
        if (i >= most) revert IVaultCommon.TooManyCollaterals(account, most);
        list[i] = HoldingSlot(asset, uint96(total << 1)); // fits: checked above
        if (i != 0) list[i - 1].amountAndMore |= 1;
        return (total, true);
    }

    /// @dev The last entry takes the place of one that is used up.
    function remove(HoldingSlot[MOST_COLLATERALS] storage list, AccountId account, address asset, uint256 amount)
        internal
        returns (uint256 left)
    {
        (uint256 i, uint256 held) = find(list, asset);
        if (amount > held) revert IVaultCommon.InsufficientCollateral(account, asset, amount, held);
        left = held - amount;
        if (left != 0) {
            _set(list[i], left);
            return left;
        }
        uint256 last = count(list) - 1;
        if (i != last) {
            list[i].asset = list[last].asset;
            _set(list[i], _amount(list[last]));
        }
        delete list[last];
        if (last != 0) list[last - 1].amountAndMore &= ~uint96(1);
    }

    function _set(HoldingSlot storage place, uint256 amount) private {
        // fits: at most MOST_AMOUNT, and an amount that is left is less than it was
        place.amountAndMore = uint96(amount << 1) | (place.amountAndMore & 1);
    }

    function _amount(HoldingSlot memory place) private pure returns (uint96) {
        return place.amountAndMore >> 1;
    }

    function _more(HoldingSlot memory place) private pure returns (bool) {
        return place.amountAndMore & 1 != 0;
    }
}
