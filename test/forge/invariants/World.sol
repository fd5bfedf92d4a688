// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Vm} from "forge-std/Vm.sol";
import {DefaultFund} from "../../../contracts/backstop/DefaultFund.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {IVaultCommon} from "../../../contracts/interfaces/IVaultCommon.sol";
import {AccountId, toAccountId} from "../../../contracts/types/AccountId.sol";
import {Assessment, Margin} from "../../../contracts/types/Margin.sol";
import {Holding, MarginMode, Portfolio} from "../../../contracts/types/Portfolio.sol";
import {CashPool} from "../../../contracts/math/InterestIndex.sol";
import {MockERC20} from "../../../contracts/mocks/MockERC20.sol";
import {PriceStatus} from "../../../contracts/types/Price.sol";
import {HostileToken, Mood} from "../fixtures/HostileToken.sol";
import {Replay} from "../fixtures/Replay.sol";
import {TransientProbe, TransientReader} from "../fixtures/TransientProbe.sol";
import {Attempts} from "./Attempts.sol";
import {Stage} from "./Stage.sol";

/// @notice One account as it stands between two calls.
struct Standing {
    int256 principal;
    int256 cash;
    Assessment margin;
    /// of everything that only a call can change
    bytes32 digest;
}

/// @notice Actors, accounts and ghost books that all actions share.
abstract contract World is Stage, Attempts {
    AccountId[] public accounts;
    /// the account with capital that may always bid
    AccountId internal bidding;

    /* GHOST BOOKS */

    /// tokens that went in less tokens that came out
    mapping(address asset => uint256) public ghostCustody;
    mapping(AccountId account => mapping(address asset => uint256)) public ghostCollateral;
    /// calls that moved cash: each may leave some wei behind
    uint256 public cashMoves;
    uint256 internal ghostBorrowIndex;
    uint256 internal ghostSupplyIndex;
    uint256 internal ghostLiveTime;
    uint256[2] internal ghostSharePrice;
    /// tranches that have paid for a loss
    mapping(address tranche => bool) internal ghostPaid;
    bool internal ghostPaused;
    uint256 internal ghostOpensAt;

    /// what rebuilds the state from events; only where a test asks for it
    Replay public replay;

    bytes private _readerCode;
    bytes32[] private _transientSlots;

    constructor() {
        _readerCode = type(TransientReader).runtimeCode;
        // places for those who back the fund, so that their accounts are known
        address[2] memory backers = [alice, erin];
        DefaultFund[2] memory tranches = [junior, senior];
        for (uint256 i; i < 2; ++i) {
            for (uint256 k; k < 2; ++k) {
                vm.prank(backers[k]);
                tranches[i].requestDeposit(0);
            }
        }
        AccountId[OWN + 13] memory all = [
            toAccountId(alice, 0),
            toAccountId(bob, 0),
            toAccountId(carol, 0),
            toAccountId(carol, 1),
            toAccountId(carol, 2),
            toAccountId(dave, 0),
            toAccountId(dave, 1),
            toAccountId(erin, 0),
            toAccountId(bidder, 0),
            toAccountId(keeper, 0),
            // from here on nobody's to use
            junior.fundAccount(),
            senior.fundAccount(),
            _entryOf(junior, alice),
            _entryOf(junior, erin),
            _entryOf(senior, alice),
            _entryOf(senior, erin),
            closeOut.hand(),
            closeOut.shelfAccount(address(weth)),
            closeOut.shelfAccount(address(wbtc)),
            closeOut.shelfAccount(address(gold)),
            closeOut.shelfAccount(address(silver)),
            closeOut.shelfAccount(address(hostile)),
            flashing
        ];
        for (uint256 i; i < all.length; ++i) {
            accounts.push(all[i]);
        }
        bidding = all[8];
        _transientSlots = TransientProbe.slotsOf(accounts);

        _put(all[0], quote, 3_000_000 * USD);
        _put(all[1], quote, 1_000_000 * USD);
        _put(bidding, quote, 20_000_000 * USD);
        vm.prank(dave);
        vault.setMode(all[6], MarginMode.ISOLATED);
        _open(all[2], weth, 300 * ONE, 440_000 * USD);
        _open(all[5], wbtc, 10e8, 300_000 * USD);
        _open(all[6], weth, 100 * ONE, 160_000 * USD);
        _open(all[7], gold, 50e6, 100_000 * USD);
        ghostBorrowIndex = ghostSupplyIndex = 1e24;
        policy.seal();
        manager.grantRole(RISK, council, COUNCIL_DELAY);
    }

    function accountCount() external view returns (uint256) {
        return accounts.length;
    }

    /* CALLING */

    /// @dev With these a token that has turned may refuse a call that moves it.
    function _allowToken(address asset) internal {
        bool hostile_ = asset == address(hostile) && hostile.mood() != Mood.Honest;
        _allowIf(hostile_, HostileToken.Refused.selector);
        _allowIf(hostile_, IVaultCommon.TransferShort.selector);
        _allowIf(hostile_, SafeERC20.SafeERC20FailedOperation.selector);
    }

    /// @dev Beside what `Attempts` says of it, whatever holds of every call.
    function _try(address caller, address target, bytes memory data)
        internal
        override
        returns (bool ok, bytes memory result)
    {
        flush();
        (ok, result) = super._try(caller, target, data);
        // forge records the events of reverted calls too
        if (!ok && _hasReplay()) vm.getRecordedLogs();
        _claim("P26", !hostile.entered(), "a token came in while it was moved");
        uint256 set = TransientProbe.firstSet(address(vault), _readerCode, _transientSlots);
        _claim("P26", set == _transientSlots.length, "a call left transient storage behind");
    }

    /* LISTENING */

    /// @notice Hands what was recorded so far to the replay, where there is one.
    function flush() public {
        if (_hasReplay()) replay.feed(vm.getRecordedLogs());
    }

    /// @dev Events from here on are for `_heard`.
    function _listen() internal {
        if (!_hasReplay()) vm.recordLogs();
    }

    function _heard() internal returns (Vm.Log[] memory logs) {
        logs = vm.getRecordedLogs();
        if (_hasReplay()) replay.feed(logs);
    }

    /// @dev With what was only tried goes what was recorded of it.
    function _restore(uint256 snapshot) internal {
        vm.revertToStateAndDelete(snapshot);
        if (_hasReplay()) vm.getRecordedLogs();
    }

    function _hasReplay() internal view returns (bool) {
        return address(replay) != address(0);
    }

    /* LOOKING */

    function _standings() internal view returns (Standing[] memory all) {
        all = new Standing[](accounts.length);
        for (uint256 i; i < all.length; ++i) {
            all[i] = _standing(accounts[i]);
        }
    }

    function _standing(AccountId account) internal view returns (Standing memory s) {
        Portfolio memory p = vault.portfolio(account);
        s.principal = vault.principalOf(account);
        s.cash = p.cash;
        if (!_isFunds(account)) s.margin = engine.assess(p); // the fund's accounts owe nothing
        s.digest = keccak256(abi.encode(s.principal, p.mode, p.collateral));
    }

    function _isFunds(AccountId account) internal view returns (bool) {
        address owner = account.owner();
        return owner == address(junior) || owner == address(senior) || owner == address(closeOut);
    }

    function _isOpen() internal view returns (bool) {
        return !ghostPaused && block.timestamp >= ghostOpensAt;
    }

    function _minDebtWad() internal view returns (uint256) {
        return uint256(policy.cashTerms().minDebt) * ONE;
    }

    function _critical() internal view returns (int256) {
        return int256(uint256(policy.liquidationTerms().criticalHealthBps)) * 1e14;
    }

    function _isDustDebt(int256 cash) internal view returns (bool) {
        return cash < 0 && uint256(-cash) < _minDebtWad();
    }

    function _holds(AccountId account, address asset) internal view returns (bool) {
        return vault.collateralOf(account, asset) != 0;
    }

    /// @dev Whether a first deposit of `asset` does not fit beside what the account holds.
    function _isFull(AccountId account, address asset) internal view returns (bool) {
        if (vault.modeOf(account) != MarginMode.ISOLATED || _holds(account, asset)) return false;
        return vault.portfolio(account).collateral.length != 0;
    }

    /// @dev Whether `asset` may not be added for prices that are Down (VLT-39).
    /// @param addsRisk the same call has added risk to the account before
    function _isShielding(AccountId account, address asset, bool addsRisk) internal view returns (bool) {
        Holding[] memory held = vault.portfolio(account).collateral;
        bool holds = _holds(account, asset);
        uint256 others = held.length - (holds ? 1 : 0);
        if (others == 0) return false;
        if (_isDown(asset)) return true;
        if (holds) return false;
        uint256 down;
        for (uint256 i; i < held.length; ++i) {
            if (_isDown(held[i].asset)) ++down;
        }
        return down != 0 && (addsRisk || vault.cashOf(account) >= 0 || down == others);
    }

    function _isDown(address asset) internal view returns (bool) {
        return oracle.read(asset).status == PriceStatus.Down;
    }

    function _holdsDown(AccountId account) internal view returns (bool) {
        Holding[] memory held = vault.portfolio(account).collateral;
        for (uint256 i; i < held.length; ++i) {
            if (_isDown(held[i].asset)) return true;
        }
        return false;
    }

    /// @dev `E - Ri` and `E - Rm` no lower, at the worse and at the better prices, nor health, but for `slack` wei.
    function _isNoLessSafe(Assessment memory before, Assessment memory current, int256 slack)
        internal
        pure
        returns (bool)
    {
        return _margin(current.worse) + slack >= _margin(before.worse)
            && _margin(current.better) + slack >= _margin(before.better)
            && current.worse.excess() + slack >= before.worse.excess()
            && _isNoSicker(before.worse, current.worse, slack) && _isNoSicker(before.better, current.better, slack);
    }

    /// @dev `E' / Rm' >= E / Rm`, but for `slack` wei of `E'`; written without the division of `health`.
    function _isNoSicker(Margin memory before, Margin memory current, int256 slack) private pure returns (bool) {
        if (current.equity >= int256(current.maintenance)) return true; // above one `E - Rm` says all
        if (before.maintenance == 0) return current.equity + slack >= before.equity;
        return (current.equity + slack) * int256(before.maintenance) >= before.equity * int256(current.maintenance);
    }

    function _margin(Margin memory m) internal pure returns (int256) {
        return m.equity - int256(m.maintenance);
    }

    /* CHOOSING */

    function _account(uint256 seed) internal view returns (AccountId) {
        return accounts[seed % OWN];
    }

    function _borrowing(uint256 seed) internal view returns (AccountId) {
        return accounts[2 + seed % 6];
    }

    function _asset(uint256 seed) internal view returns (MockERC20) {
        return MockERC20(assets[seed % assets.length]);
    }

    /// @dev Token units worth about `whole` quote units at the last print.
    function _worth(address asset, uint256 whole) internal view returns (uint256) {
        uint256 price = _priceOf(asset);
        return whole * ONE * 10 ** MockERC20(asset).decimals() / price;
    }

    function _priceOf(address asset) internal view returns (uint256) {
        return oracle.read(asset).spot;
    }

    function _entryOf(DefaultFund tranche, address holder) internal view returns (AccountId) {
        return toAccountId(address(tranche), tranche.depositRequestOf(holder).index);
    }

    /* BOOKS */

    function _book(AccountId account, address asset, int256 delta) internal {
        if (asset == address(quote)) return;
        ghostCollateral[account][asset] = uint256(int256(ghostCollateral[account][asset]) + delta);
    }

    function _bookCustody(address asset, int256 delta) internal {
        ghostCustody[asset] = uint256(int256(ghostCustody[asset]) + delta);
    }

    /// @dev The price of a share falls only when the tranche pays, or with all lent cash. Rounding moves it by a few
    /// token units of all assets.
    function _watchShares(bool lossBooked) internal {
        DefaultFund[2] memory tranches = [junior, senior];
        for (uint256 i; i < 2; ++i) {
            uint256 assetsNow = tranches[i].totalAssets();
            uint256 price = tranches[i].convertToAssets(1e24);
            bool fell = price * (assetsNow + 8) < ghostSharePrice[i] * assetsNow;
            _claim("P20", lossBooked || !fell, "a share's price fell without a loss");
            ghostSharePrice[i] = price;
        }
    }

    /// @dev Indices and live time, after every call: they never fall, but for the supply index by a booked loss, and
    /// live time by as much as a report of the sequencer came late.
    function _watchClocks(bool lossBooked) internal {
        CashPool memory pool = vault.pool();
        _claim("P18", pool.borrowIndex >= ghostBorrowIndex, "the borrow index fell");
        _claim("P18", pool.accruedAt <= block.timestamp, "interest is from the future");
        _claim("P18", vault.liveTime() + lateBy >= ghostLiveTime, "live time fell by more than a report was late");
        if (vault.liveTime() < ghostLiveTime) _count("live time went back");
        lateBy = 0;
        _claim("P18", vault.liquidationsOpen() == _isOpen(), "liquidations open at another time");
        _claim("P20", lossBooked || pool.supplyIndex >= ghostSupplyIndex, "the supply index fell without a loss");
        (ghostBorrowIndex, ghostSupplyIndex, ghostLiveTime) = (pool.borrowIndex, pool.supplyIndex, vault.liveTime());
    }

    /* SETTING OUT */

    function _put(AccountId account, MockERC20 asset, uint256 amount) private {
        vm.prank(account.owner());
        vault.deposit(account, address(asset), amount);
        _book(account, address(asset), int256(amount));
        _bookCustody(address(asset), int256(amount));
    }

    function _open(AccountId account, MockERC20 asset, uint256 amount, uint256 debt) private {
        _put(account, asset, amount);
        vm.prank(account.owner());
        vault.borrow(account, debt, account.owner());
        _bookCustody(address(quote), -int256(debt));
    }
}
