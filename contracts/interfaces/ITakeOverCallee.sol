// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {AccountId} from "../types/AccountId.sol";

/// @title A bidder that pays out of what it takes over
interface ITakeOverCallee {
    /// @notice Called by the vault when `bidder` holds the slice, before it is checked. The callee may use the vault:
    /// withdraw the collateral, sell it, and deposit the proceeds. At the end the bidder must pass the end check.
    /// @param cashMoved signed quote WAD that the bidder's cash changed by
    /// @param assets collateral legs moved
    /// @param amounts token units, by leg
    /// @param data as given to `liquidate`
    function onTakeOver(
        AccountId account,
        AccountId bidder,
        int256 cashMoved,
        address[] calldata assets,
        uint256[] calldata amounts,
        bytes calldata data
    ) external;
}
