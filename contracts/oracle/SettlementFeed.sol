// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {IPriceOracle} from "../interfaces/IPriceOracle.sol";
import {ISettlementFeed} from "../interfaces/ISettlementFeed.sol";
import {WAD} from "../math/Units.sol";
import {Price, PriceStatus} from "../types/Price.sol";
import {SETTLEMENT_WINDOW, SettlementRecord, SettlementStatus} from "../types/Settlement.sol";
import {GuardedFeeds} from "./GuardedFeed.sol";

/// @title Settlement prices of options, averaged from the guarded index
/// @dev The rules are on `ISettlementFeed`. One slot for each underlying and expiry.
contract SettlementFeed is AccessManaged, ISettlementFeed {
    using SafeCast for uint256;

    /// @dev A tenth of the window, so that one sample decides a tenth of the price at most; and long enough for keepers
    /// who sample each minute to miss two.
    uint256 private constant MAX_HOLD = 3 minutes;
    /// @dev Four fifths: at least eight samples, and no two doubts of six minutes.
    uint256 private constant MIN_COVERED = 24 minutes;
    /// @dev Time for a person to look, in which nobody's money moves but nobody's risk does either.
    uint256 private constant DISPUTE_DELAY = 2 hours;
    /// @dev As `PriceOracle` has it for a new feed, for each day begun.
    uint256 private constant MAX_JUMP_BPS = 2_000;
    uint256 private constant EXPIRY_GRAIN = 1 minutes;

    IPriceOracle public immutable oracle;

    mapping(address underlying => mapping(uint256 expiry => SettlementRecord)) private _records;

    constructor(address authority, IPriceOracle oracle_) AccessManaged(authority) {
        oracle = oracle_;
    }

    /* AVERAGING */

    /// @inheritdoc ISettlementFeed
    function record(address underlying, uint256 expiry) external {
        if (expiry % EXPIRY_GRAIN != 0) revert ExpiryNotWholeMinute(expiry);
        uint256 from = Math.saturatingSub(expiry, SETTLEMENT_WINDOW);
        if (block.timestamp < from || block.timestamp >= expiry) revert OutsideWindow(from, expiry);
        uint256 second = block.timestamp - from;
        SettlementRecord memory known = _records[underlying][expiry];
        if (known.lastPrice != 0 && second == known.lastSecond) return;
        Price memory price = oracle.read(underlying);
        if (price.status != PriceStatus.Live) revert IndexNotLive(underlying, price.status);

        (uint256 sum, uint256 covered) = _heldUntil(known, second);
        // fit: below a window of 1,800 seconds, of prices below 2**96
        known.weightedSum = uint112(sum);
        known.covered = uint16(covered);
        known.lastSecond = uint16(second);
        known.lastPrice = price.spot.toUint96();
        _records[underlying][expiry] = known;
        emit SampleRecorded(underlying, expiry, price.spot, sum, covered);
    }

    /// @inheritdoc ISettlementFeed
    function averageSoFar(address underlying, uint256 expiry)
        external
        view
        returns (uint256 fixedWeight, uint256 fixedAverage)
    {
        SettlementRecord memory known = _records[underlying][expiry];
        if (known.isResolved) return (WAD, known.lastPrice);
        uint256 left = Math.min(Math.saturatingSub(expiry, block.timestamp), SETTLEMENT_WINDOW);
        (uint256 sum, uint256 covered) = _heldUntil(known, SETTLEMENT_WINDOW - left);
        if (covered == 0) return (0, 0);
        return (covered * WAD / (covered + left), sum / covered);
    }

    /// @inheritdoc ISettlementFeed
    function settlementOf(address underlying, uint256 expiry)
        public
        view
        returns (uint256 price, SettlementStatus status)
    {
        SettlementRecord memory known = _records[underlying][expiry];
        if (known.isResolved) return (known.lastPrice, SettlementStatus.Final);
        if (expiry % EXPIRY_GRAIN != 0) return (0, SettlementStatus.None);
        uint256 left = Math.saturatingSub(expiry, block.timestamp);
        if (left > SETTLEMENT_WINDOW) return (0, SettlementStatus.None);
        (uint256 sum, uint256 covered) = _heldUntil(known, SETTLEMENT_WINDOW - left);
        if (covered != 0) price = sum / covered;
        if (left != 0) return (price, SettlementStatus.Averaging);
        if (covered < MIN_COVERED || known.isDisputed) return (price, SettlementStatus.Unresolved);
        bool isOver = block.timestamp - expiry >= DISPUTE_DELAY;
        return (price, isOver ? SettlementStatus.Final : SettlementStatus.Pending);
    }

    /// @inheritdoc ISettlementFeed
    function recordOf(address underlying, uint256 expiry) external view returns (SettlementRecord memory) {
        return _records[underlying][expiry];
    }

    /// @dev The sum and the seconds in it, the last sample counted until `second` of the window.
    function _heldUntil(SettlementRecord memory known, uint256 second)
        private
        pure
        returns (uint256 sum, uint256 covered)
    {
        (sum, covered) = (known.weightedSum, known.covered);
        if (known.lastPrice == 0) return (sum, covered);
        uint256 held = Math.min(second - known.lastSecond, MAX_HOLD);
        return (sum + known.lastPrice * held, covered + held);
    }

    /* RESOLVING */

    /// @inheritdoc ISettlementFeed
    function dispute(address underlying, uint256 expiry) external restricted {
        uint256 average = _requireStatus(underlying, expiry, SettlementStatus.Pending);
        _records[underlying][expiry].isDisputed = true;
        emit SettlementDisputed(underlying, expiry, average);
    }

    /// @inheritdoc ISettlementFeed
    function resolve(address underlying, uint256 expiry, uint256 price) external restricted {
        _requireStatus(underlying, expiry, SettlementStatus.Unresolved);
        Price memory known = oracle.read(underlying);
        uint256 between = known.updatedAt > expiry ? known.updatedAt - expiry : expiry - known.updatedAt;
        uint256 limitBps = MAX_JUMP_BPS * (between / 1 days + 1);
        bool isFar = price > type(uint96).max || GuardedFeeds.differ(known.spot, price, limitBps);
        if (known.spot == 0 || isFar) revert ResolutionTooFar(underlying, price, known.spot, limitBps);
        SettlementRecord storage stored = _records[underlying][expiry];
        stored.isResolved = true;
        // fits: see above
        stored.lastPrice = uint96(price);
        emit SettlementResolved(underlying, expiry, price);
    }

    function _requireStatus(address underlying, uint256 expiry, SettlementStatus needed)
        private
        view
        returns (uint256 price)
    {
        SettlementStatus status;
        (price, status) = settlementOf(underlying, expiry);
        if (status != needed) revert WrongSettlementStatus(underlying, expiry, status, needed);
    }
}
