// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IUniswapV2Factory} from "@uniswap/v2-core/contracts/interfaces/IUniswapV2Factory.sol";
import {IUniswapV2Pair} from "@uniswap/v2-core/contracts/interfaces/IUniswapV2Pair.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {IFlashLiquidator} from "../interfaces/IFlashLiquidator.sol";
import {IMarginVault} from "../interfaces/IMarginVault.sol";
import {ITakeOverCallee} from "../interfaces/ITakeOverCallee.sol";
import {LiquidationPlan} from "../math/LiquidationMath.sol";
import {AccountId, toAccountId} from "../types/AccountId.sol";

/// @title Liquidation without capital, through Uniswap V2
/// @notice Takes a slice over, sells its collateral in the pairs against the quote token within the same call, repays
/// what came with it, and sends the rest to the caller's recipient.
contract UniswapV2FlashLiquidator is IFlashLiquidator, ITakeOverCallee, ReentrancyGuardTransient {
    using SafeERC20 for IERC20;

    IMarginVault public immutable vault;
    IUniswapV2Factory public immutable factory;
    IERC20 public immutable quote;
    /// @notice The account that holds the slice for the length of one call.
    AccountId public immutable bidder;

    constructor(IMarginVault vault_, IUniswapV2Factory factory_) {
        vault = vault_;
        factory = factory_;
        quote = IERC20(vault_.quote());
        bidder = toAccountId(address(this), 0);
        // the vault is the only spender, and it pulls only what this contract deposits
        quote.forceApprove(address(vault_), type(uint256).max);
    }

    /// @inheritdoc IFlashLiquidator
    function liquidate(AccountId account, uint256 maxFraction, uint256 minProfit, address recipient)
        external
        nonReentrant
        returns (uint256 profit, LiquidationPlan memory plan)
    {
        // no limit on the price: what counts is what is left after the sale, below
        plan = vault.liquidate(account, bidder, maxFraction, type(int256).max, hex"01");
        int256 cash = vault.cashOf(bidder);
        // fits: not negative here, since the callback made sure
        profit = uint256(cash) / vault.quoteScale();
        if (profit < minProfit) revert ProfitBelowMinimum(profit, minProfit);
        if (profit != 0) vault.withdraw(bidder, address(quote), profit, recipient);
    }

    /// @inheritdoc ITakeOverCallee
    function onTakeOver(
        AccountId,
        AccountId,
        int256,
        address[] calldata assets,
        uint256[] calldata amounts,
        bytes calldata
    ) external {
        // only within a call of ours: the vault calls back whoever asked the liquidator, and here that is this contract
        if (msg.sender != address(vault) || !_reentrancyGuardEntered()) revert UnexpectedCallback(msg.sender);
        for (uint256 i; i < assets.length; ++i) {
            if (amounts[i] != 0) _sell(assets[i], amounts[i]);
        }
        uint256 proceeds = quote.balanceOf(address(this));
        if (proceeds != 0) vault.deposit(bidder, address(quote), proceeds);
        int256 cash = vault.cashOf(bidder);
        if (cash < 0) revert SaleShort(proceeds, uint256(-cash));
    }

    /// @dev Sends the collateral straight from the vault to the pair and takes what its constant product gives.
    function _sell(address asset, uint256 amount) private {
        IUniswapV2Pair pair = IUniswapV2Pair(factory.getPair(asset, address(quote)));
        if (address(pair) == address(0)) return _setAside(asset, amount);
        (uint256 reserveIn, uint256 reserveOut,) = pair.getReserves();
        bool assetIsFirst = pair.token0() == asset;
        if (!assetIsFirst) (reserveIn, reserveOut) = (reserveOut, reserveIn);
        // Uniswap V2's price with its fee of 0.3 %
        uint256 paidIn = amount * 997;
        uint256 out = paidIn * reserveOut / (reserveIn * 1000 + paidIn);
        if (out == 0) return _setAside(asset, amount);
        vault.withdraw(bidder, asset, amount, address(pair));
        pair.swap(assetIsFirst ? 0 : out, assetIsFirst ? out : 0, address(this), "");
    }

    /// @dev Dust that the pair would refuse, and what has no pair: no owner may block a sale with it, and more than the
    /// bonus is not left here, since what is sold has to pay for all. Each asset's in an account of its own: left with
    /// the bidder, that of eight assets would leave it no room for another.
    function _setAside(address asset, uint256 amount) private {
        // cut on purpose: two assets in one account would do no harm
        vault.transfer(bidder, toAccountId(address(this), uint96(uint160(asset))), asset, amount);
    }
}
