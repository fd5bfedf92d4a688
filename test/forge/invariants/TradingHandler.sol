// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {ILiquidator} from "../../../contracts/interfaces/ILiquidator.sol";
import {IMarginCalls} from "../../../contracts/interfaces/IMarginCalls.sol";
import {IPositionBook} from "../../../contracts/interfaces/IPositionBook.sol";
import {ITrading} from "../../../contracts/interfaces/ITrading.sol";
import {IVaultCommon} from "../../../contracts/interfaces/IVaultCommon.sol";
import {AccountId} from "../../../contracts/types/AccountId.sol";
import {InstrumentId} from "../../../contracts/types/InstrumentId.sol";
import {Assessment} from "../../../contracts/types/Margin.sol";
import {MarginCall} from "../../../contracts/types/MarginCall.sol";
import {LOT} from "../../../contracts/types/Market.sol";
import {Order} from "../../../contracts/types/Order.sol";
import {PriceStatus} from "../../../contracts/types/Price.sol";
import {Attempts} from "./Attempts.sol";
import {PositionBooks} from "./PositionBooks.sol";

/// @notice What people do with perpetuals and options, and what prices, time and the guardian do meanwhile.
contract TradingHandler is PositionBooks {
    int256 private constant HEALTHY = 1e18;
    /// roundings of one call against an account: its cash, its bases, and each position once a side
    int256 private constant WEI = 200;

    uint256 private _nonce;
    /// variance at every strike, in units of 1e-10
    uint256 private _level = 25e8;

    /// @inheritdoc Attempts
    function actions() public pure override returns (bytes4[] memory list) {
        bytes4[15] memory all = [
            this.tradePerpetual.selector,
            this.tradePerpetual.selector,
            this.tradeOption.selector,
            this.tradeOption.selector,
            this.reduce.selector,
            this.settle.selector,
            this.fund.selector,
            this.print.selector,
            this.wait_.selector,
            this.publish.selector,
            this.cash.selector,
            this.hunt.selector,
            this.expire.selector,
            this.guard.selector,
            this.calm.selector
        ];
        list = new bytes4[](all.length);
        for (uint256 i; i < all.length; ++i) {
            list[i] = all[i];
        }
    }

    /// @inheritdoc Attempts
    function parts() public pure override returns (bytes4[] memory list) {
        list = new bytes4[](1);
        list[0] = this.settleAll.selector;
    }

    /* TRADING */

    function tradePerpetual(uint256 who, uint256 size, uint256 price) external acts {
        _trade(who, perpetual, _bound(size, 1, 8_000) * 1e15, price);
    }

    function tradeOption(uint256 who, uint256 which, uint256 size, uint256 price) external acts {
        _trade(who, _option(which), _bound(size, 1, 2_000) * 1e15, price);
    }

    /// @notice Two accounts with opposite positions make both smaller, or one of them turns round.
    function reduce(uint256 who, uint256 which, uint256 part, uint256 price) external acts {
        if (traded.length == 0) return;
        InstrumentId id = traded[which % traded.length];
        for (uint256 i; i < TRADERS + 2; ++i) {
            uint256 a = (who % (TRADERS + 2) + i) % (TRADERS + 2);
            uint256 b = (a + 1 + (who >> 8) % (TRADERS + 1)) % (TRADERS + 2);
            (int256 long,) = vault.positionOf(accounts[a], id);
            (int256 short,) = vault.positionOf(accounts[b], id);
            if (long <= 0 || short >= 0) continue;
            int256 most = part % 3 == 0 ? (long < -short ? long : -short) : (long * int256(part % 5 + 1)) / 4;
            uint256 size = uint256(most) / LOT * LOT;
            if (size != 0) _fill(b, a, id, size, price);
            return;
        }
    }

    function _trade(uint256 who, InstrumentId id, uint256 size, uint256 price) private {
        uint256 buyer = who % (TRADERS + 1);
        uint256 seller = (buyer + 1 + (who >> 8) % TRADERS) % (TRADERS + 1);
        _fill(buyer, seller, id, size, price);
    }

    function _fill(uint256 buyer, uint256 seller, InstrumentId id, uint256 size, uint256 price) private {
        (uint256 mark, uint256 notional, PriceStatus status) = standardMargin.markOf(id);
        uint256 band = notional * 300 / 10_000;
        price = _bound(price, mark > band ? mark - band : 0, mark + band);
        (AccountId a, AccountId b) = (accounts[buyer], accounts[seller]);
        _allowIf(status == PriceStatus.Down, ITrading.MarkDown.selector);
        _allowIf(!instruments.isListed(id) || instruments.closedAt(BITCOIN) != 0, ITrading.ReduceOnly.selector);
        _allowIf(_leavesDust(a, id, int256(size), notional), ITrading.PositionBelowMinimum.selector);
        _allowIf(_leavesDust(b, id, -int256(size), notional), ITrading.PositionBelowMinimum.selector);
        _allowIf(_passesCap(id, size), ITrading.OpenInterestCapExceeded.selector);
        _allowIf(ghostPaused, IVaultCommon.Paused.selector);
        _allowIf(!ghostPaused, IVaultCommon.Undercollateralised.selector);
        Standing[] memory before = _standings();
        bytes memory step = abi.encodeCall(
            vault.fill, (_order(b, id, -int256(size), price), "", _order(a, id, int256(size), price), "", size)
        );
        (bool ok,) = _try(operator, address(vault), step);
        if (ok) {
            cashMoves += 4;
            _remember(id);
            _count(id == perpetual ? bytes32("perpetual traded") : bytes32("option traded"));
            if (ghostPaused) _count("traded while paused");
        }
        _claimAfter(before, a, b, ok);
    }

    function _order(AccountId account, InstrumentId id, int256 size, uint256 price) private returns (Order memory) {
        return Order(operator, account, id, size, price, 10_000, ++_nonce, 0, type(uint256).max);
    }

    function _leavesDust(AccountId account, InstrumentId id, int256 change, uint256 unit) private view returns (bool) {
        (int256 size,) = vault.positionOf(account, id);
        size += change;
        uint256 notional = (size < 0 ? uint256(-size) : uint256(size)) * unit / ONE;
        return notional != 0 && notional < uint256(policy.cashTerms().minDebt) * ONE;
    }

    function _passesCap(InstrumentId id, uint256 size) private view returns (bool) {
        uint256 lots = id.isOption() ? vault.marketOf(BITCOIN).optionLots : vault.marketOf(BITCOIN).perpetualLots;
        return lots * LOT + size > _tradeTerms().depth;
    }

    /* MONEY */

    function settle(uint256 who, uint256 which) external acts {
        if (traded.length != 0) _settleOne(accounts[who % accounts.length], traded[which % traded.length]);
    }

    /// @notice Losers first, then winners, of one expiry or of the perpetual: what a keeper does.
    function settleAll(InstrumentId id) public actsAs(this.settleAll.selector) {
        int256 before = ghostOptionsPaid;
        PriceStatus status = oracle.read(perpetualKey).status;
        if (!id.isOption() && (status != PriceStatus.Live || ghostPaused)) return;
        for (uint256 round; round < 2; ++round) {
            for (uint256 i; i < accounts.length; ++i) {
                (int256 size, int256 basis) = vault.positionOf(accounts[i], id);
                if (size == 0 && basis == 0) continue;
                if (round == 0 && id.isOption() && size > 0) continue;
                _settleOne(accounts[i], id);
            }
        }
        if (!id.isOption()) return;
        for (uint256 i; i < accounts.length; ++i) {
            (int256 size,) = vault.positionOf(accounts[i], id);
            if (size != 0) return;
        }
        int256 paid = ghostOptionsPaid - before;
        _claim("P28", paid <= 0 && paid >= -int256(accounts.length), "an option paid more or less than it took");
        _count("expiry settled");
    }

    function _settleOne(AccountId account, InstrumentId id) private {
        (int256 size, int256 basis) = vault.positionOf(account, id);
        bool isOpen = !id.isOption() && size != 0;
        _allowIf(!id.isOption() || size == 0, IPositionBook.NothingToSettle.selector);
        _allowIf(isOpen && ghostPaused, IVaultCommon.Paused.selector);
        _allowIf(isOpen && oracle.read(perpetualKey).status != PriceStatus.Live, IPositionBook.PriceNotLive.selector);
        _allowIf(id.isOption(), IPositionBook.SettlementNotFinal.selector);
        _allowIf(isOpen && _isInsolvent(account), IPositionBook.Insolvent.selector);
        bool wins = id.isOption() ? size > 0 : true;
        _allowIf(wins, IPositionBook.UnsettledCapReached.selector);
        Standing[] memory before = _standings();
        int256 had = vault.cashOf(account);
        int256 unsettled = vault.marketOf(BITCOIN).unsettled;
        (bool ok, bytes memory result) = _try(keeper, address(vault), abi.encodeCall(vault.settle, (account, id)));
        if (ok) {
            ++cashMoves;
            int256 paid = abi.decode(result, (int256));
            int256 moved = vault.cashOf(account) - had;
            _claim("P28", moved <= paid && moved + 4 >= paid, "a settlement paid something else than it said");
            int256 now_ = vault.marketOf(BITCOIN).unsettled;
            _claim("P28", now_ - unsettled == paid, "a settlement that nobody counted");
            int256 cap = int256(uint256(_tradeTerms().unsettledCap)) * 1e18;
            _claim("P27", paid <= 0 || now_ <= cap, "a profit was paid beyond the cap");
            if (id.isOption()) ghostOptionsPaid += paid;
            else _claimBasis(account, id, basis, paid);
            _count(id.isOption() ? bytes32("option settled") : paid < 0 ? bytes32("loss settled") : bytes32("profit"));
        }
        _claimOthers(before, account, account);
    }

    function _isInsolvent(AccountId account) private view returns (bool) {
        (, Assessment memory a,) = vault.assess(account);
        return a.mark.equity < 0 && a.better.equity < 0;
    }

    function _claimBasis(AccountId account, InstrumentId id, int256 before, int256 paid) private {
        (, int256 basis) = vault.positionOf(account, id);
        _claim("P28", basis == before + paid, "a basis does not say what was paid");
    }

    function cash(uint256 who, uint256 amount, uint256 which) external acts {
        bool isIn = which % 2 == 0;
        who = who % (TRADERS + 1);
        AccountId account = accounts[who];
        Standing[] memory before = _standings();
        int256 has = vault.cashOf(account);
        uint256 most = has > 0 ? uint256(has) / 1e12 : 0;
        if (isIn && most < 60_000 * USD) {
            amount = _bound(amount, 1, 30_000 * USD);
            _allowIf(has < 0, IVaultCommon.DebtBelowMinimum.selector);
        } else {
            if (most > vault.liquidity()) most = vault.liquidity();
            if (most == 0) return;
            amount = _bound(amount, most / 8 + 1, most);
            _allowIf(_hasPositions(account) && !ghostPaused, IVaultCommon.Undercollateralised.selector);
            _allowIf(_hasPositions(account) && ghostPaused, IVaultCommon.Paused.selector);
            isIn = false;
        }
        address owner = account.owner();
        (bool ok,) = _try(
            owner,
            address(vault),
            isIn
                ? abi.encodeCall(vault.deposit, (account, address(quote), amount))
                : abi.encodeCall(vault.withdraw, (account, address(quote), amount, owner))
        );
        if (ok) {
            ++cashMoves;
            ghostCash = isIn ? ghostCash + amount : ghostCash - amount;
            _count(isIn ? bytes32("paid in") : bytes32("paid out"));
        }
        _claimAfter(before, account, account, ok);
    }

    /* LIQUIDATING */

    /// @notice The least healthy trader is called, and sold when his grace is over; most of the time the market moves
    /// just then.
    function hunt(uint256 fraction, uint256 price) external acts {
        (AccountId account, int256 health) = _leastHealthy();
        for (uint256 i; i < 3 && health >= HEALTHY && fraction % 4 != 0; ++i) {
            _print(price >> (8 * i), 4);
            (account, health) = _leastHealthy();
        }
        if (health >= HEALTHY) return;
        if (vault.callOf(account).calledAt == 0) {
            _allowIf(true, IMarginCalls.NotCallable.selector);
            _try(keeper, address(vault), abi.encodeCall(vault.call, (account)));
            ++cashMoves;
        }
        skipLive(11 minutes);
        _sell(account, fraction % 3 == 0 ? _bound(fraction, ONE / 1e12, ONE) : ONE);
    }

    function _sell(AccountId account, uint256 fraction) private {
        int256 health = healthOf(account);
        _allowIf(health >= HEALTHY, ILiquidator.NotLiquidatable.selector);
        MarginCall memory marginCall = vault.callOf(account);
        // its grace stands still while the vault is paused
        bool isDue = marginCall.calledAt != 0 && vault.liveTime() >= marginCall.deadline;
        _allowIf(!isDue, ILiquidator.NotLiquidatable.selector);
        _allowIf(!vault.liquidationsOpen(), ILiquidator.LiquidationsClosed.selector);
        _allowIf(fraction != ONE, ILiquidator.FullCloseRequired.selector);
        _allowIf(true, ILiquidator.PaceExceeded.selector);
        _allowIf(_isDoubtful(), IVaultCommon.Undercollateralised.selector);
        Standing[] memory before = _standings();
        uint256 lots = vault.marketOf(BITCOIN).perpetualLots;
        uint256 options = vault.marketOf(BITCOIN).optionLots;
        int256 bidding = assess(accounts[BIDDER]).mark.equity;
        AccountId to = accounts[BIDDER];
        bytes memory sale = abi.encodeCall(vault.liquidate, (account, to, fraction, type(int256).max, ""));
        (bool ok, bytes memory result) = _try(accounts[BIDDER].owner(), address(vault), sale);
        if (ok) {
            cashMoves += 40;
            (,, uint256 bonus,,,) = abi.decode(result, (uint256, uint256, uint256, uint256, int256, uint256));
            int256 gained = assess(accounts[BIDDER]).mark.equity - bidding;
            _claim("P10", gained <= int256(bonus) + WEI, "a bidder gained more than the bonus");
            _claim("P27", vault.marketOf(BITCOIN).perpetualLots <= lots, "a sale raised open interest");
            _claim("P27", vault.marketOf(BITCOIN).optionLots <= options, "a sale raised open interest");
            _count(fraction == ONE ? bytes32("liquidation") : bytes32("part sold"));
            if (options != 0 && vault.portfolio(accounts[BIDDER]).positions.length > 1) _count("sold with options");
        }
        _claimOthers(before, account, accounts[BIDDER]);
    }

    function _isDoubtful() private view returns (bool) {
        return oracle.read(perpetualKey).status != PriceStatus.Live
            || oracle.read(address(wbtc)).status != PriceStatus.Live
            || volatilityFeed.read(address(wbtc), expiry).status != PriceStatus.Live;
    }

    function _leastHealthy() private view returns (AccountId account, int256 least) {
        least = type(int256).max;
        for (uint256 i; i < TRADERS; ++i) {
            if (!_hasPositions(accounts[i])) continue;
            int256 health = healthOf(accounts[i]);
            if (health < least) (account, least) = (accounts[i], health);
        }
    }

    /* PRICES AND TIME */

    function print(uint256 price, uint256 range) external acts {
        _print(price, range % 8 == 0 ? 8 : 2);
        _succeeded();
    }

    /// @dev Index and perpetual, within so many hundredths of what they were; they stay within one of each other.
    function _print(uint256 price, uint256 hundredths) private {
        uint256 spot = oracle.read(address(wbtc)).spot;
        spot = _bound(price, spot - spot * hundredths / 100, spot + spot * hundredths / 100);
        spot = _bound(spot, 30_000 * ONE, 52_000 * ONE);
        setPriceWad(address(wbtc), spot);
        setPriceWad(perpetualKey, _bound(price >> 64, spot - spot / 100, spot + spot / 100));
    }

    /// @notice A minute in which every source speaks, and nothing is stopped.
    function calm(uint256) external acts {
        skipLive(1 minutes);
        if (block.timestamp < expiry && block.timestamp > volatilityFeed.read(address(wbtc), expiry).publishedAt) {
            _publish(_level);
        }
        if (ghostPaused) vault.unpause();
        ghostPaused = false;
        _succeeded();
    }

    function wait_(uint256 time, uint256 how) external acts {
        time = _bound(time, 1, how % 4 == 0 ? 4 hours : 20 minutes);
        if (how % 3 == 0) skip(time);
        else skipLive(time);
        if (how % 3 == 0) _count("silence");
        _succeeded();
    }

    function publish(uint256 change) external acts {
        uint256 age = block.timestamp - volatilityFeed.read(address(wbtc), expiry).publishedAt;
        if (age == 0 || block.timestamp >= expiry) return;
        if (volatilityFeed.read(address(wbtc), expiry).publishedAt == 0) _level = 25e8;
        uint256 most = _level / 50 * (age > 30 minutes ? 1 : 0); // up to a fiftieth in half an hour
        _level = _bound(change, _level - most, _level + most);
        _level = _bound(_level, 4e8, 100e8);
        _publish(_level);
        _succeeded();
        _count("volatility published");
    }

    function fund() external acts {
        int256 before = vault.fundingIndexOf(BITCOIN);
        _try(keeper, address(vault), abi.encodeCall(vault.updateFunding, (BITCOIN)));
        _claim("P28", vault.fundingIndexOf(BITCOIN) == before, "the past of funding has changed");
        if (vault.marketOf(BITCOIN).fundingRate != 0) _count("funding");
    }

    /// @notice The next expiry comes: keepers record its window, or do not, and settle what is final.
    function expire(uint256 price, uint256 how) external acts {
        uint256 last = expiry;
        if (traded.length == 0 || how % 4 != 0) return;
        skipLive(last - 30 minutes - block.timestamp);
        bool isRecorded = how % 16 != 0;
        for (uint256 i; i < 10 && isRecorded; ++i) {
            _print(price >> i, 1);
            settlementFeed.record(address(wbtc), last);
            skipLive(170);
        }
        skipLive(last + 2 hours + 1 - block.timestamp);
        _nextExpiry();
        if (!isRecorded) settlementFeed.resolve(address(wbtc), last, oracle.read(address(wbtc)).spot);
        _publishFirst();
        _succeeded();
        _count(isRecorded ? bytes32("expired") : bytes32("resolved"));
        for (uint256 i; i < traded.length; ++i) {
            if (traded[i].isOption() && traded[i].expiry() == last) settleAll(traded[i]);
        }
        if (how % 32 == 4) settleAll(perpetual);
    }

    function _publishFirst() private {
        _level = 25e8;
        _publish(_level);
    }

    /// @notice Pauses, and closures of the underlying, which are rarer than their ends.
    function guard(uint256 what) external acts {
        uint64 closed = instruments.closedAt(BITCOIN);
        if (ghostPaused) vault.unpause();
        else if (what % 8 == 0) vault.pause();
        if (ghostPaused || what % 8 == 0) ghostPaused = !ghostPaused;
        if (closed != 0) instruments.open(BITCOIN, closed);
        else if (what % 8 == 1) instruments.close(BITCOIN);
        _succeeded();
    }
}
