// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";

/// @notice A share in a pot of tokens that is its own price feed, by the mistake of many: the price is the balance of
/// the pot by the number of shares. Whoever sends tokens moves it, and may take back what was sent beside the deposits.
/// @dev The pot's token is worth one.
contract DonatableShare is ERC20 {
    using SafeERC20 for IERC20;

    /// @dev Of the share, and of the answer.
    uint8 private constant DECIMALS = 8;

    IERC20 public immutable pot;
    uint256 public deposited;
    uint8 private immutable _potDecimals;

    constructor(ERC20 pot_) ERC20("Donatable share", "SHARE") {
        pot = pot_;
        _potDecimals = pot_.decimals();
    }

    /// @notice A share for each whole token.
    function deposit(uint256 amount) external {
        pot.safeTransferFrom(msg.sender, address(this), amount);
        deposited += amount;
        _mint(msg.sender, amount * 10 ** DECIMALS / 10 ** _potDecimals);
    }

    /// @notice Gives anyone what was sent and not deposited.
    function skim(address to) external {
        pot.safeTransfer(to, pot.balanceOf(address(this)) - deposited);
    }

    /// @notice As of a Chainlink aggregator, answered now.
    function latestRoundData() external view returns (uint80, int256, uint256, uint256, uint80) {
        uint256 price = pot.balanceOf(address(this)) * 10 ** (2 * DECIMALS) / 10 ** _potDecimals / totalSupply();
        return (1, int256(price), block.timestamp, block.timestamp, 1);
    }

    function decimals() public pure override returns (uint8) {
        return DECIMALS;
    }
}
