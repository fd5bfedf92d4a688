// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IERC20Metadata} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Metadata.sol";
import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import {ERC4626, IERC4626} from "@openzeppelin/contracts/token/ERC20/extensions/ERC4626.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {DepositRequest, GainStream, IDefaultFund, RedeemRequest} from "../interfaces/IDefaultFund.sol";
import {IMarginVault} from "../interfaces/IMarginVault.sol";
import {IOpenLosses} from "../interfaces/IOpenLosses.sol";
import {BPS} from "../math/Units.sol";
import {AccountId, toAccountId} from "../types/AccountId.sol";

/// @title One tranche of the default fund
/// @dev The tokens are in the margin vault, as cash of accounts of this contract: one with the fund's money, one for
/// each holder whose money is on its way in. What is the shares' of the first is booked here as a principal: whatever
/// else is in the account is a gain that has not reached them yet, or a gift, and pays for losses first (V68).
contract DefaultFund is IDefaultFund, ERC4626 {
    using SafeERC20 for IERC20;
    using SafeCast for uint256;
    using SafeCast for int256;

    /// @notice Seconds in which a gain reaches the shares: nobody can be in just for it (V66).
    uint256 public constant GAIN_PERIOD = 7 days;
    /// @dev Most that is on its way to the shares, of their assets: a fund with few shares makes nobody rich.
    uint256 private constant MOST_GAIN_BPS = 1_000;

    /// @dev A loss shows by then: the longest grace of a call is part of it.
    uint256 private constant MIN_COOLDOWN = 1 days;
    /// @dev Whoever has waited must have time to act.
    uint256 private constant MIN_WINDOW = 1 hours;
    /// @dev More would lock money up, not protect it.
    uint256 private constant MAX_DELAY = 90 days;

    IMarginVault public immutable vault;
    IOpenLosses public immutable openLosses;
    /// @notice The tranche that pays before this one; zero where only the reserves do.
    IDefaultFund public immutable ahead;
    AccountId public immutable fundAccount;
    /// @notice Seconds between a request to enter and the claim.
    uint256 public immutable entryDelay;
    /// @notice Seconds between notice and redemption: longer than it takes for a loss to show.
    uint256 public immutable cooldown;
    /// @notice Seconds in which shares under notice may be redeemed, and matured deposits be claimed.
    uint256 public immutable window;

    GainStream private _stream;
    /// what is the shares', quote WAD at index one, as of the stream's last update
    uint128 private _booked;
    /// accounts handed out to entrants
    uint96 private _entrants;
    mapping(address holder => RedeemRequest) private _requests;
    mapping(address holder => DepositRequest) private _entries;

    constructor(
        IMarginVault vault_,
        IOpenLosses openLosses_,
        IDefaultFund ahead_,
        string memory name_,
        string memory symbol_,
        uint256 entryDelay_,
        uint256 cooldown_,
        uint256 window_
    ) ERC20(name_, symbol_) ERC4626(IERC20(vault_.quote())) {
        vault = vault_;
        openLosses = openLosses_;
        ahead = ahead_;
        fundAccount = toAccountId(address(this), 0);
        entryDelay = _within("entryDelay", entryDelay_, 0);
        cooldown = _within("cooldown", cooldown_, MIN_COOLDOWN);
        window = _within("window", window_, MIN_WINDOW);
        IERC20(vault_.quote()).forceApprove(address(vault_), type(uint256).max);
    }

    function _within(bytes32 parameter, uint256 duration, uint256 least) private pure returns (uint256) {
        if (duration < least || duration > MAX_DELAY) {
            revert FundDelayOutOfBounds(parameter, duration, least, MAX_DELAY);
        }
        return duration;
    }

    /* ENTERING */

    /// @inheritdoc IDefaultFund
    function requestDeposit(uint256 assets) external {
        DepositRequest storage entry = _entries[msg.sender];
        if (entry.index == 0) entry.index = ++_entrants;
        AccountId account = toAccountId(address(this), entry.index);
        uint256 from = block.timestamp + entryDelay;
        // fit: times
        entry.claimableFrom = uint40(from);
        entry.claimableUntil = uint40(from + window);
        emit DepositRequested(msg.sender, account, assets, from, from + window);
        if (assets == 0) return;
        IERC20(asset()).safeTransferFrom(msg.sender, address(this), assets);
        // after the token has called whom it will: from here on the vault's lock keeps others out
        int256 before = vault.principalOf(account);
        vault.deposit(account, asset(), assets);
        entry.principal += (vault.principalOf(account) - before).toUint256().toUint128();
    }

    /// @inheritdoc IDefaultFund
    function cancelDeposit(uint256 assets, address receiver) external returns (uint256 sent) {
        DepositRequest storage entry = _entries[msg.sender];
        if (entry.index == 0) revert NoDepositRequest(msg.sender);
        AccountId account = toAccountId(address(this), entry.index);
        sent = vault.withdraw(account, asset(), assets, receiver);
        entry.principal = uint128(Math.min(entry.principal, _principal(account))); // fits: no more than it was
        emit DepositCancelled(msg.sender, receiver, sent);
    }

    /// @inheritdoc IERC4626
    function deposit(uint256 assets, address receiver) public override(ERC4626, IERC4626) returns (uint256 shares) {
        uint256 most = maxDeposit(msg.sender);
        if (assets > most) revert ERC4626ExceededMaxDeposit(msg.sender, assets, most);
        shares = previewDeposit(assets);
        _deposit(msg.sender, receiver, assets, shares);
    }

    /// @inheritdoc IERC4626
    function mint(uint256 shares, address receiver) public override(ERC4626, IERC4626) returns (uint256 assets) {
        uint256 most = maxMint(msg.sender);
        if (shares > most) revert ERC4626ExceededMaxMint(msg.sender, shares, most);
        assets = previewMint(shares);
        _deposit(msg.sender, receiver, assets, shares);
    }

    /// @notice Token units that `holder` has requested to enter with, and may turn into shares now. Each time that the
    /// tranche loses nearly all while shares stay, the next ones cost nearly nothing: where there would be more than
    /// notice can be given for, nobody enters any more.
    function maxDeposit(address holder) public view override(ERC4626, IERC4626) returns (uint256) {
        DepositRequest memory entry = _entries[holder];
        if (block.timestamp < entry.claimableFrom || block.timestamp > entry.claimableUntil) return 0;
        uint256 ready = _partOf(toAccountId(address(this), entry.index), entry.principal) / vault.quoteScale();
        uint256 supply = totalSupply();
        uint256 room = type(uint128).max - supply; // not below zero: this bounds it
        return Math.min(ready, Math.mulDiv(room, _entryAssets() + 1, supply + 10 ** _decimalsOffset()));
    }

    /// @notice Shares that `holder` may claim now; see `maxDeposit`.
    function maxMint(address holder) public view override(ERC4626, IERC4626) returns (uint256) {
        return previewDeposit(maxDeposit(holder));
    }

    /// @notice Shares for `assets`, at the price of entering; see `_entryAssets`.
    function previewDeposit(uint256 assets) public view override(ERC4626, IERC4626) returns (uint256) {
        return Math.mulDiv(assets, totalSupply() + 10 ** _decimalsOffset(), _entryAssets() + 1);
    }

    /// @notice What `shares` cost, at the price of entering; see `_entryAssets`.
    function previewMint(uint256 shares) public view override(ERC4626, IERC4626) returns (uint256) {
        return Math.mulDiv(shares, _entryAssets() + 1, totalSupply() + 10 ** _decimalsOffset(), Math.Rounding.Ceil);
    }

    /// @dev What those who are in have, rounded up: their shares' assets, and what they have advanced for closed-out
    /// accounts, which they get back. Who leaves meanwhile leaves that behind, but nobody enters for it (V66).
    function _entryAssets() private view returns (uint256) {
        return totalAssets() + Math.ceilDiv(vault.waterfall().advancedBy(this), vault.quoteScale());
    }

    function _deposit(address caller, address receiver, uint256 assets, uint256 shares) internal override {
        _release();
        DepositRequest storage entry = _entries[caller];
        AccountId from = toAccountId(address(this), entry.index);
        uint256 entered = _principal(from);
        uint256 before = _principal(fundAccount);
        // the shares are priced already, and the vault's books are all that moves
        vault.transfer(from, fundAccount, asset(), assets);
        entered -= _principal(from);
        entry.principal -= uint128(Math.min(entered, entry.principal)); // fits: no more than it was
        // the vault moves no token here and calls nobody
        // solhint-disable-next-line reentrancy
        _booked += (_principal(fundAccount) - before).toUint128();
        _mint(receiver, shares);
        emit Deposit(caller, receiver, assets, shares);
    }

    /* LEAVING */

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

    /// @notice Shares that `holder` may redeem now: those under notice that is due, as far as the vault has the tokens,
    /// and none while a loss is open that would reach them.
    function maxRedeem(address holder) public view override(ERC4626, IERC4626) returns (uint256) {
        RedeemRequest memory request = _requests[holder];
        if (block.timestamp < request.redeemableFrom || block.timestamp > request.redeemableUntil) return 0;
        if (request.shares == 0 || lossOpen()) return 0;
        return Math.min(request.shares, _convertToShares(vault.liquidity(), Math.Rounding.Floor));
    }

    /// @notice Assets that `holder` may withdraw now; see `maxRedeem`.
    function maxWithdraw(address holder) public view override(ERC4626, IERC4626) returns (uint256) {
        return _convertToAssets(maxRedeem(holder), Math.Rounding.Floor);
    }

    /// @inheritdoc IDefaultFund
    function lossOpen() public view returns (bool) {
        uint256 open = openLosses.total();
        if (open == 0) return false;
        uint256 first = vault.reserves();
        if (address(ahead) != address(0)) first += ahead.totalAssets() * vault.quoteScale();
        return open > first;
    }

    function _withdraw(address caller, address receiver, address holder, uint256 assets, uint256 shares)
        internal
        override
    {
        if (caller != holder) _spendAllowance(holder, caller, shares);
        _release();
        // fits and cannot underflow: `maxRedeem` bounds the shares by the request
        _requests[holder].shares -= uint128(shares);
        _burn(holder, shares);
        emit Withdraw(caller, receiver, holder, assets, shares);
        uint256 before = _principal(fundAccount);
        vault.withdraw(fundAccount, asset(), assets, receiver);
        uint256 taken = before - _principal(fundAccount);
        _booked -= uint128(Math.min(taken, _booked)); // fits: no more than it was
    }

    /// @dev Notice goes with the shares it was given for: a holder cannot bring others' shares under old notice.
    function _update(address from, address to, uint256 value) internal override {
        super._update(from, to, value);
        if (from == address(0)) return;
        uint256 balance = balanceOf(from);
        if (_requests[from].shares > balance) _requests[from].shares = balance.toUint128();
    }

    /* PAYING AND GAINING */

    /// @inheritdoc IDefaultFund
    function pay(AccountId account, uint256 amount) external returns (uint256 paid) {
        if (msg.sender != address(vault.waterfall())) revert OnlyWaterfall(msg.sender);
        _release();
        paid = vault.contribute(fundAccount, amount);
        if (paid == 0) return 0;
        uint256 left = _principal(fundAccount);
        // fit: no more than they were
        _booked = uint128(Math.min(_booked, left));
        _stream.left = uint128(Math.min(_stream.left, left - _booked));
        emit PaidOut(account, paid, totalAssets());
    }

    /// @inheritdoc IDefaultFund
    function takeBack(uint256 amount) external {
        if (msg.sender != address(vault.waterfall())) revert OnlyWaterfall(msg.sender);
        _release();
        uint256 all = _principal(fundAccount);
        uint256 idle = all - Math.min(_booked + _stream.left, all);
        uint256 due = Math.mulDiv(amount, all, uint256(vault.cashOf(fundAccount)));
        // fits: together no more than the account has
        _booked += uint128(Math.min(due, idle));
        emit TakenBack(amount, totalAssets());
    }

    /// @inheritdoc IDefaultFund
    function harvest() external returns (uint256 gain) {
        _release();
        GainStream memory s = _stream;
        uint256 idle = _principal(fundAccount) - Math.min(_booked + s.left, _principal(fundAccount));
        uint256 most = _booked * MOST_GAIN_BPS / BPS;
        gain = Math.min(idle, most - Math.min(s.left, most));
        if (gain == 0) return 0;
        // the more comes, the longer it takes: a little now and then does not hold up what is on its way
        uint256 left = s.left + gain;
        uint256 rest = s.left == 0 ? 0 : s.left * (s.endsAt - block.timestamp);
        uint256 endsAt = block.timestamp + Math.ceilDiv(rest + gain * GAIN_PERIOD, left);
        // fit: at most what is in the account, and times
        _stream = GainStream(uint128(left), uint40(block.timestamp), uint40(endsAt));
        emit GainStreamed(gain, left, endsAt);
    }

    /// @inheritdoc IDefaultFund
    function gainRoom() external view returns (uint256) {
        uint256 own = _partOf(fundAccount, _booked + _released());
        uint256 most = own * MOST_GAIN_BPS / BPS;
        int256 cash = vault.cashOf(fundAccount);
        uint256 waiting = cash > 0 ? uint256(cash) - own : 0;
        return most - Math.min(waiting, most);
    }

    /// @notice The shares' part of the fund's cash in the vault, token units, rounded down.
    function totalAssets() public view override(ERC4626, IERC4626) returns (uint256) {
        return _partOf(fundAccount, _booked + _released()) / vault.quoteScale();
    }

    /// @dev What of the stream has reached the shares by now.
    function _release() private {
        uint256 released = _released();
        // fit: together no more than the account has
        _booked += uint128(released);
        _stream.left -= uint128(released);
        _stream.updatedAt = uint40(block.timestamp);
    }

    function _released() private view returns (uint256) {
        GainStream memory s = _stream;
        if (block.timestamp >= s.endsAt) return s.left;
        return s.left * (block.timestamp - s.updatedAt) / (s.endsAt - s.updatedAt);
    }

    /// @dev The cash of `account` that is `principal`'s, quote WAD, rounded down.
    function _partOf(AccountId account, uint256 principal) private view returns (uint256) {
        int256 cash = vault.cashOf(account);
        if (cash <= 0) return 0;
        uint256 all = _principal(account);
        return principal >= all ? uint256(cash) : Math.mulDiv(uint256(cash), principal, all);
    }

    /// @dev Accounts of this contract owe nothing.
    function _principal(AccountId account) private view returns (uint256) {
        return vault.principalOf(account).toUint256();
    }

    /* VIEWS */

    /// @inheritdoc IDefaultFund
    function requestOf(address holder) external view returns (RedeemRequest memory) {
        return _requests[holder];
    }

    /// @inheritdoc IDefaultFund
    function depositRequestOf(address holder) external view returns (DepositRequest memory) {
        return _entries[holder];
    }

    /// @inheritdoc IDefaultFund
    function gainStream() external view returns (GainStream memory) {
        return _stream;
    }

    function decimals() public view override(ERC4626, IERC20Metadata) returns (uint8) {
        return super.decimals();
    }

    /// @dev Virtual shares, three digits: a first depositor could rob the next by rounding of a thousandth of what it
    /// costs him (V35).
    function _decimalsOffset() internal pure override returns (uint8) {
        return 3;
    }
}
