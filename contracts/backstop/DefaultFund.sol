// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IERC20Metadata} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Metadata.sol";
import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import {ERC4626, IERC4626} from "@openzeppelin/contracts/token/ERC20/extensions/ERC4626.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {IDefaultFund, RedeemRequest} from "../interfaces/IDefaultFund.sol";
import {IMarginVault} from "../interfaces/IMarginVault.sol";
import {AccountId, toAccountId} from "../types/AccountId.sol";
import {ModuleRight} from "../types/ModuleRight.sol";

/// @title The default fund
/// @dev The fund's tokens are in the margin vault, as cash of the fund's own account: quote tokens sent to this address
/// are nobody's asset, and the share price counts what the vault's books say.
contract DefaultFund is IDefaultFund, ERC4626 {
    using SafeERC20 for IERC20;
    using SafeCast for uint256;

    IMarginVault public immutable vault;
    AccountId public immutable fundAccount;
    /// @notice Seconds between notice and redemption: longer than it takes for a loss to show.
    uint256 public immutable cooldown;
    /// @notice Seconds in which shares under notice may be redeemed.
    uint256 public immutable window;

    mapping(address holder => RedeemRequest) private _requests;

    constructor(IMarginVault vault_, uint256 cooldown_, uint256 window_)
        ERC20("Plimsoll Default Fund", "plDF")
        ERC4626(IERC20(vault_.quote()))
    {
        vault = vault_;
        fundAccount = toAccountId(address(this), 0);
        cooldown = cooldown_;
        window = window_;
        IERC20(vault_.quote()).forceApprove(address(vault_), type(uint256).max);
    }

    /// @inheritdoc IDefaultFund
    function requestRedeem(uint256 shares) external {
        uint256 balance = balanceOf(msg.sender);
        if (shares > balance) revert RequestAboveBalance(msg.sender, shares, balance);
        uint256 from = block.timestamp + cooldown;
        _requests[msg.sender] = RedeemRequest({
            shares: shares.toUint128(), redeemableFrom: from.toUint40(), redeemableUntil: (from + window).toUint40()
        });
        emit RedeemRequested(msg.sender, shares, from, from + window);
    }

    /// @inheritdoc IDefaultFund
    function payLoss(AccountId account, uint256 amount) external returns (uint256 paid) {
        if (vault.moduleRights(msg.sender) & ModuleRight.COVER_LOSS == 0) revert OnlyWaterfall(msg.sender);
        paid = vault.contribute(fundAccount, amount);
        if (paid != 0) emit LossPaid(account, paid, totalAssets());
    }

    /// @inheritdoc IDefaultFund
    function requestOf(address holder) external view returns (RedeemRequest memory) {
        return _requests[holder];
    }

    /// @notice The fund's cash in the vault, token units, rounded down.
    function totalAssets() public view override(ERC4626, IERC4626) returns (uint256) {
        int256 cash = vault.cashOf(fundAccount);
        return cash > 0 ? uint256(cash) / vault.quoteScale() : 0;
    }

    /// @notice Shares that `holder` may redeem now: those under notice that is due, as far as the vault has the tokens.
    function maxRedeem(address holder) public view override(ERC4626, IERC4626) returns (uint256) {
        RedeemRequest memory request = _requests[holder];
        if (block.timestamp < request.redeemableFrom || block.timestamp > request.redeemableUntil) return 0;
        return Math.min(request.shares, _convertToShares(vault.liquidity(), Math.Rounding.Floor));
    }

    /// @notice Assets that `holder` may withdraw now; see `maxRedeem`.
    function maxWithdraw(address holder) public view override(ERC4626, IERC4626) returns (uint256) {
        return _convertToAssets(maxRedeem(holder), Math.Rounding.Floor);
    }

    function decimals() public view override(ERC4626, IERC20Metadata) returns (uint8) {
        return super.decimals();
    }

    function _deposit(address caller, address receiver, uint256 assets, uint256 shares) internal override {
        // the shares are priced already; the tokens pass through to the vault, and the lock there keeps others out
        IERC20(asset()).safeTransferFrom(caller, address(this), assets);
        vault.deposit(fundAccount, asset(), assets);
        _mint(receiver, shares);
        emit Deposit(caller, receiver, assets, shares);
    }

    function _withdraw(address caller, address receiver, address holder, uint256 assets, uint256 shares)
        internal
        override
    {
        if (caller != holder) _spendAllowance(holder, caller, shares);
        // fits and cannot underflow: `maxRedeem` bounds the shares by the request
        _requests[holder].shares -= uint128(shares);
        _burn(holder, shares);
        emit Withdraw(caller, receiver, holder, assets, shares);
        vault.withdraw(fundAccount, asset(), assets, receiver);
    }

    /// @dev Notice goes with the shares it was given for: a holder cannot bring others' shares under old notice.
    function _update(address from, address to, uint256 value) internal override {
        super._update(from, to, value);
        if (from == address(0)) return;
        uint256 balance = balanceOf(from);
        if (_requests[from].shares > balance) _requests[from].shares = balance.toUint128();
    }

    /// @dev Virtual shares, three digits: a gift to the fund's account costs the giver a thousand times what a first
    /// depositor could lose by it (V35, V68).
    function _decimalsOffset() internal pure override returns (uint8) {
        return 3;
    }
}
