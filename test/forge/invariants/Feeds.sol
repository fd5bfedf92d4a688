// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {PriceRecord} from "../../../contracts/interfaces/IPriceOracle.sol";
import {Price, PriceStatus} from "../../../contracts/types/Price.sol";
import {Witnesses} from "../fixtures/Witnesses.sol";
import {Attempts} from "./Attempts.sol";

/// @notice An asset's sources as the handler knows them, apart from the oracle: WETH has one, WBTC is seconded by an
/// aggregator and GOLD by Pyth. They print, fall silent, break and disagree, and so does the feed of a sequencer.
abstract contract Feeds is Witnesses, Attempts {
    /// What one source said last.
    struct Said {
        /// quote WAD
        uint256 price;
        uint256 doubt;
        uint256 at;
        bool broken;
    }

    uint256 internal constant FURTHEST = 20;
    uint256 internal constant LIMIT_BPS = 200;
    uint256 internal constant OPEN_AGE = 1 hours;
    uint256 internal constant LIQUIDATION_AGE = 3 hours;
    uint24 internal constant GRACE = 1 hours;

    mapping(address asset => Said) internal primary;
    mapping(address asset => Said) internal second;
    mapping(address asset => uint256) private _firstPrice;

    bool internal uptimeBroken;

    mapping(address asset => uint256) private _recordedAt;
    uint256 private _outage;

    constructor() {
        deployWitnesses(GRACE);
        uint256[3] memory first = [uint256(2_000e18), FIRST_WBTC, FIRST_GOLD];
        for (uint256 i; i < 3; ++i) {
            _firstPrice[assets[i]] = first[i];
            primary[assets[i]] = Said(first[i], 0, START, false);
            second[assets[i]] = Said(first[i], 0, START, false);
        }
    }

    /* ACTIONS */

    /// @notice The primary prints, up to a tenth away; the second source follows, nearly, or does not.
    function print(uint256 what, uint256 bps, uint256 follow) public acts {
        address asset = assets[what % 3];
        uint256 price = _first(primary[asset].price * _bound(bps, 9_000, 11_100) / 10_000, asset);
        // a price that every feed's decimals can tell
        price -= price % 1e10;
        _primary(asset, price);
        if (follow % 4 != 0) _second(asset, price * _bound(follow, 9_950, 10_050) / 10_000, follow);
        _settle();
    }

    /// @notice A fall to `bps` that all sources see, unless they are broken.
    function crash(uint256 what, uint256 bps) public actsAs(this.crash.selector) {
        address asset = assets[what % 3];
        skip(1);
        _primary(asset, _first(primary[asset].price * _bound(bps, 5_000, 9_500) / 10_000, asset));
        _second(asset, primary[asset].price, 0);
        _count("crash");
        _settle();
    }

    function printSecond(uint256 what, uint256 bps, uint256 doubt) public acts {
        address asset = assets[1 + what % 2];
        _second(asset, _first(second[asset].price * _bound(bps, 9_500, 10_500) / 10_000, asset), doubt);
        _settle();
    }

    /// @notice The latest round is older than the one before it, as when a proxy changes its aggregator. Pyth keeps
    /// what was published last, so it never goes back.
    function goBack(uint256 what, uint256 bps, uint256 age) public acts {
        address asset = assets[what % 3];
        bool isSecond = asset == address(wbtc) && bps % 2 == 0;
        Said storage said = isSecond ? second[asset] : primary[asset];
        uint256 price = _first(said.price * _bound(bps, 9_500, 10_500) / 10_000, asset);
        price -= price % 1e10;
        (said.price, said.at) = (price, said.at - _bound(age, 1, age % 4 == 0 ? LIQUIDATION_AGE : OPEN_AGE));
        if (isSecond) seconder.pushAt(int256(price), said.at);
        else feeds[asset].pushAt(int256(asset == address(gold) ? price : price / 1e10), said.at);
        _count("went back");
        _settle();
    }

    function breakOrMend(uint256 what, uint256 which) public acts {
        address asset = assets[what % 3];
        bool breaks = which % 5 == 0;
        if (which % 2 == 0) {
            feeds[asset].setReverting(breaks);
            primary[asset].broken = breaks;
        } else {
            setSecondReverting(asset, breaks);
            second[asset].broken = breaks;
        }
        _settle();
    }

    /// @notice The sequencer stops or restarts, or its feed breaks or is mended: true or false, prices go on or do not.
    function alarm(uint256 what) public acts {
        if (what % 8 == 0 || uptimeBroken) {
            uptimeBroken = !uptimeBroken;
            uptime.setReverting(uptimeBroken);
            _succeeded();
        } else if ((isDown || what % 4 == 1) && changedAt < block.timestamp) {
            turnSequencer(what % 3 == 0 ? (what >> 8) % GRACE : 0);
            _succeeded();
        }
        _check();
    }

    /// @notice Everything works again, for longer than the grace.
    function calm(uint256) public acts {
        if (uptimeBroken) uptime.setReverting(false);
        uptimeBroken = false;
        if (isDown && changedAt < block.timestamp) turnSequencer(0);
        skip(GRACE);
        for (uint256 i; i < 3; ++i) {
            address asset = assets[i];
            feeds[asset].setReverting(false);
            setSecondReverting(asset, false);
            (primary[asset].broken, second[asset].broken) = (false, false);
            _primary(asset, primary[asset].price);
            _second(asset, primary[asset].price, 0);
        }
        _settle();
    }

    /// @notice Time passes, and most sources say again what they said.
    function wait_(uint256 time, uint256 silent) public actsAs(this.wait_.selector) {
        skip(_bound(time, 1, silent % 8 == 0 ? 1 days : 90 minutes));
        for (uint256 i; i < 3; ++i) {
            address asset = assets[i];
            if ((silent >> (8 * i)) % 4 != 1) _primary(asset, primary[asset].price);
            if ((silent >> (8 * i)) % 8 > 2) _second(asset, second[asset].price, 0);
        }
        _settle();
    }

    /// @notice Anyone records; that changes no price in its own block (P24).
    function poke(uint256) public actsAs(this.poke.selector) {
        Price[3] memory before;
        for (uint256 i; i < 3; ++i) {
            before[i] = oracle.read(assets[i]);
        }
        oracle.update(assets);
        if (!uptimeBroken) (rounds, recorded) = (0, block.timestamp);
        for (uint256 i; i < 3; ++i) {
            bool same = keccak256(abi.encode(before[i])) == keccak256(abi.encode(oracle.read(assets[i])));
            _claim("P24", same, "two reads in one transaction gave two prices");
            PriceRecord memory record = oracle.recordOf(assets[i]);
            bool isLive = before[i].status == PriceStatus.Live;
            // perhaps earlier in this block
            _claim("P24", !isLive || record.recordedAt == block.timestamp, "a live price was not recorded");
        }
        _settle();
    }

    /* WHAT THE HANDLER KNOWS */

    function isUp() internal view override returns (bool) {
        return !uptimeBroken && super.isUp();
    }

    /// @dev Whether `said` is worth anything now: to anybody at all, not to open new risk.
    function isAlive(Said memory said) internal view returns (bool) {
        uint256 age = block.timestamp - said.at;
        if (said.broken || age > LIQUIDATION_AGE || said.doubt * 10_000 > said.price * CONFIDENCE_BPS) return false;
        // a broken uptime feed dates back to what was recorded of it, which is no later than that anybody recorded
        return isUp() || (age <= OPEN_AGE && said.at > (uptimeBroken ? recorded : changedAt));
    }

    function _isRecent(Said memory said) private view returns (bool) {
        return !said.broken && block.timestamp - said.at <= OPEN_AGE;
    }

    /// @dev Whether something is wrong with any source of `asset`, or with what they stand on.
    function isFailed(address asset) internal view returns (bool) {
        Said memory a = primary[asset];
        if (!isUp() || !_isFresh(a)) return true;
        Said memory b = second[asset];
        if (!hasSecond(asset)) return false;
        return !_isFresh(b) || areApart(a.price, b.price);
    }

    /// @dev Alive, and not too old to open new risk.
    function _isFresh(Said memory said) internal view returns (bool) {
        return isAlive(said) && block.timestamp - said.at <= OPEN_AGE;
    }

    function areApart(uint256 a, uint256 b) internal pure returns (bool) {
        (uint256 lower, uint256 higher) = a < b ? (a, b) : (b, a);
        return (higher - lower) * 10_000 > lower * LIMIT_BPS;
    }

    /* CLAIMS */

    /// @dev After something was done.
    function _settle() internal {
        _succeeded();
        _check();
    }

    function _check() internal {
        for (uint256 i; i < 3; ++i) {
            address asset = assets[i];
            Price memory price = oracle.read(asset);
            bool failed = isFailed(asset);
            bool dead = !isAlive(primary[asset]) && !(hasSecond(asset) && isAlive(second[asset]));
            _claim("P25", (price.status == PriceStatus.Live) == !failed, "Live with a failed feed, or not without");
            _claim("P25", dead || price.status != PriceStatus.Down, "Down with a living source");
            bool mute = !_isRecent(primary[asset]) && !(hasSecond(asset) && _isRecent(second[asset]));
            bool known = uptimeBroken ? mute : dead;
            _claim("P25", !known || price.status == PriceStatus.Down, "not Down without a living source");
            bool around = price.low <= price.spot && price.spot <= price.high && price.updatedAt <= block.timestamp;
            _claim("P24", around, "a price outside its band or its time");
            PriceRecord memory record = oracle.recordOf(asset);
            _claimSaid(asset, price, record);
            bool forward = record.recordedAt >= _recordedAt[asset] && record.recordedAt <= block.timestamp;
            _claim("P24", forward, "a record went back in time");
            _recordedAt[asset] = record.recordedAt;
            if (price.status == PriceStatus.Degraded) {
                _count(isUp() ? bytes32("degraded") : bytes32("answered in alarm"));
            }
            if (price.status == PriceStatus.Down) _count("down");
        }
        _claim("P24", oracle.isSequencerUp() == isUp(), "a sequencer that is up is down, or the reverse");
        if (uptimeBroken) return;
        uint256 outage = oracle.outageTime();
        _claim("P24", outage >= _outage, "outage time fell");
        _outage = outage;
    }

    /// @dev One source speaks, and its own time with it, however old: a feed that goes back is judged by what it says
    /// now, and no record goes back with it.
    function _claimSaid(address asset, Price memory price, PriceRecord memory record) private {
        if (price.status == PriceStatus.Down) {
            _claim(
                "P24", price.spot == record.spot && price.updatedAt == record.recordedAt, "Down, and not as recorded"
            );
            return;
        }
        bool first = price.spot == primary[asset].price && price.updatedAt == primary[asset].at;
        bool instead = price.spot == second[asset].price && price.updatedAt == second[asset].at;
        // since when an uptime feed that is broken was heard last, only the oracle knows
        bool right = uptimeBroken ? first || instead : isAlive(primary[asset]) ? first : instead;
        _claim("P24", right, "a price of another source, or of another time");
    }

    /* SETTING OUT */

    function _primary(address asset, uint256 price) private {
        price -= price % 1e10;
        feeds[asset].push(int256(asset == address(gold) ? price : price / 1e10));
        (primary[asset].price, primary[asset].at) = (price, block.timestamp);
    }

    function _second(address asset, uint256 price, uint256 doubt) private {
        if (!hasSecond(asset) || second[asset].at == block.timestamp) return;
        price -= price % 1e10;
        doubt = price * (doubt % 150) / 10_000;
        doubt -= doubt % 1e10;
        if (asset == address(wbtc)) doubt = 0;
        publish(asset, price, doubt);
        second[asset] = Said(price, doubt, block.timestamp, second[asset].broken);
    }

    /// @dev `price`, or where the asset began if that is too far from it for the oracle's band.
    function _first(uint256 price, address asset) private view returns (uint256) {
        uint256 first = _firstPrice[asset];
        return price < first / FURTHEST || price > first * FURTHEST ? first : price;
    }
}
