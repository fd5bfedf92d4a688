// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IERC20Metadata} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Metadata.sol";
import {IMarginPolicy} from "../interfaces/IMarginPolicy.sol";
import {IRiskEngine} from "../interfaces/IRiskEngine.sol";
import {Steps} from "../vault/Steps.sol";
import {Deleveraging} from "./Deleveraging.sol";
import {PositionMover} from "./PositionMover.sol";
import {Profits} from "./Profits.sol";

/// @title The book of positions
/// @notice All that happens to positions but trades.
/// @dev Part of the vault: this code runs on the vault's storage, by the vault's `fallback` and for its liquidations.
/// On its own it holds nothing, and nobody has anything from calling it.
contract PositionBook is Profits, PositionMover, Deleveraging {
    constructor(address authority_, IERC20Metadata quote_, IMarginPolicy policy_, IRiskEngine riskEngine_)
        Steps(authority_, quote_, policy_, riskEngine_)
    {}
}
