// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {NANO} from "../../../contracts/math/Units.sol";
import {MockAggregator} from "../../../contracts/mocks/MockAggregator.sol";
import {CashPool, InterestIndex} from "../../../contracts/math/InterestIndex.sol";
import {PriceStatus} from "../../../contracts/types/Price.sol";
import {EndCheck} from "./EndCheck.sol";

/// @notice Prices, time, and feeds that fall silent, die and come back.
abstract contract Market is EndCheck {
    using InterestIndex for CashPool;

    /// a print moves at most this far from where the asset began, so that the oracle's band holds it
    uint256 private constant FURTHEST = 20;

    mapping(address asset => uint256) private _firstPrint;
    mapping(address asset => bool) private _dead;

    /// @notice The next print of one asset, up to a fifth away, or half-way back to where it began.
    function print(uint256 what, uint256 bps) public actsAs(this.print.selector) {
        address asset = address(_asset(what));
        if (bps % 2 == 0) _printBack(asset);
        else _print(asset, _bound(bps, 8_000, 12_200));
        if (what % 4 != 0) _follow(asset);
        _settlePrices();
    }

    /// @notice All assets fall at once: a little, and now and then by up to four tenths.
    function crash(uint256 bps) public actsAs(this.crash.selector) {
        bps = bps % 4 == 0 ? _bound(bps, 6_000, 9_000) : _bound(bps, 9_000, 9_900);
        for (uint256 i; i < assets.length; ++i) {
            _print(assets[i], bps + 30 * i);
            _follow(assets[i]);
        }
        _count("crash");
        _settlePrices();
    }

    /// @notice Time passes; feeds that are alive print again, unless they have fallen silent.
    function wait_(uint256 time, uint256 silent) public actsAs(this.wait_.selector) {
        time = _bound(time, 1, silent % 16 == 0 ? 30 days : 2 hours);
        uint256 live = vault.liveTime();
        CashPool memory before = vault.pool();
        flush(); // a replay takes the time of its blocks from here
        skip(time);
        _claimInterest(before, vault.pool());
        uint256 ran = vault.liveTime() - live;
        _claim("P18", !ghostPaused || ran == 0, "live time ran in a pause");
        _claim("P18", ran <= time, "live time ran faster than time");
        if (isDown && silent % 2 == 0) turnSequencer(0);
        for (uint256 i; i < assets.length; ++i) {
            if (_dead[assets[i]] || (silent >> (8 * i)) % 4 == 1) continue;
            (, int256 answer,,,) = feeds[assets[i]].latestRoundData();
            feeds[assets[i]].push(answer);
            if ((silent >> (8 * i)) % 8 != 2) _follow(assets[i]);
        }
        _settlePrices();
    }

    /// @notice What the second source says by itself, a little or a lot away from the first, and how sure it is of it.
    function printSecond(uint256 what, uint256 bps, uint256 doubt) public actsAs(this.printSecond.selector) {
        address asset = what % 2 == 0 ? address(wbtc) : address(gold);
        _second(asset, _priceOf(asset) * _bound(bps, 9_000, 11_000) / 10_000, doubt % 150);
        _settlePrices();
    }

    /// @notice The sequencer stops, and soon starts again, or is only said to: prices go on or do not.
    function alarm(uint256 what) public actsAs(this.alarm.selector) {
        if ((!isDown && what % 4 != 0) || changedAt == block.timestamp) return;
        turnSequencer(what % 3 == 0 ? (what >> 8) % GRACE : 0);
        if (isDown) _count("sequencer down");
        _settlePrices();
    }

    /// @notice All feeds work again and print half-way back to where they began, and the sequencer is past its grace.
    function calm(uint256) public actsAs(this.calm.selector) {
        if (isDown && changedAt < block.timestamp) turnSequencer(0);
        flush(); // a replay takes the time of its blocks from here
        skip(GRACE);
        for (uint256 i; i < assets.length; ++i) {
            _printBack(assets[i]);
            setSecondReverting(assets[i], false);
            _follow(assets[i]);
        }
        _settlePrices();
    }

    function killFeed(uint256 what) public actsAs(this.killFeed.selector) {
        address asset = address(_asset(what));
        feeds[asset].setReverting(true);
        _dead[asset] = true;
        if ((what >> 8) % 2 == 0) setSecondReverting(asset, true);
        _settlePrices();
    }

    function reviveFeed(uint256 what) public actsAs(this.reviveFeed.selector) {
        address asset = address(_asset(what));
        _revive(asset);
        _settlePrices();
    }

    function poke() public actsAs(this.poke.selector) {
        Frame memory frame = _frame();
        _try(stranger, address(oracle), abi.encodeCall(oracle.update, (assets)));
        _settle(frame, true);
    }

    function accrue() public actsAs(this.accrue.selector) {
        Frame memory frame = _frame();
        _try(stranger, address(vault), abi.encodeCall(vault.accrue, ()));
        _settle(frame, true);
    }

    /// @dev What debtors come to owe is at least what lenders and reserve come to have (P19).
    function _claimInterest(CashPool memory before, CashPool memory current) private {
        uint256 owed = current.totalBorrow() + 1 - before.totalBorrow();
        uint256 earned = current.totalSupply() + current.reserves() - before.totalSupply() - before.reserves();
        // reserves are shown rounded down to a billionth of a quote unit, before and after
        _claim("P19", owed + NANO >= earned, "more interest was credited than is owed");
    }

    function _print(address asset, uint256 bps) private {
        uint256 answer = _answer(asset);
        uint256 next = answer * bps / 10_000;
        if (next < _firstPrint[asset] / FURTHEST || next > _firstPrint[asset] * FURTHEST) next = _firstPrint[asset];
        feeds[asset].push(int256(next));
    }

    function _printBack(address asset) private {
        feeds[asset].push(int256((_answer(asset) + _firstPrint[asset]) / 2));
    }

    function _answer(address asset) private returns (uint256) {
        if (_dead[asset]) _revive(asset);
        (, int256 answer,,,) = feeds[asset].latestRoundData();
        if (_firstPrint[asset] == 0) _firstPrint[asset] = uint256(answer);
        return uint256(answer);
    }

    function _revive(address asset) private {
        MockAggregator feed = feeds[asset];
        feed.setReverting(false);
        (, int256 answer,,,) = feed.latestRoundData();
        feed.push(answer);
        _dead[asset] = false;
        setSecondReverting(asset, false);
        _follow(asset);
    }

    /// @dev The second source says what the first says.
    function _follow(address asset) private {
        if (hasSecond(asset)) _second(asset, _answerWad(asset), 0);
    }

    function _second(address asset, uint256 price, uint256 doubtBps) private {
        publish(asset, price - price % 1e10, price * doubtBps / 10_000);
    }

    function _answerWad(address asset) private returns (uint256) {
        return _answer(asset) * 10 ** (18 - feeds[asset].decimals());
    }

    function _settlePrices() private {
        _succeeded();
        for (uint256 i; i < assets.length; ++i) {
            PriceStatus status = oracle.read(assets[i]).status;
            if (status == PriceStatus.Degraded) _count("feed degraded");
            if (status == PriceStatus.Down) _count("feed down");
        }
        _watchClocks(false);
    }
}
