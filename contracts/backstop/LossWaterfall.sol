// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {ICloseOut} from "../interfaces/ICloseOut.sol";
import {IDefaultFund} from "../interfaces/IDefaultFund.sol";
import {IInstrumentPolicy} from "../interfaces/IInstrumentPolicy.sol";
import {ILossWaterfall, LossTotals} from "../interfaces/ILossWaterfall.sol";
import {IMarginVault} from "../interfaces/IMarginVault.sol";
import {PaceBucket, PaceLimits} from "../math/PaceLimits.sol";
import {CashPool, InterestIndex} from "../math/InterestIndex.sol";
import {Rounding} from "../math/Rounding.sol";
import {BPS, NANO, WAD} from "../math/Units.sol";
import {AccountId} from "../types/AccountId.sol";
import {BackstopTerms} from "../types/BackstopTerms.sol";
import {Assessment} from "../types/Margin.sol";
import {PaceLimit} from "../types/PolicyParams.sol";
import {Portfolio} from "../types/Portfolio.sol";
import {LossMarket} from "./LossMarket.sol";

/// @title The loss waterfall
contract LossWaterfall is ILossWaterfall, AccessManaged {
    using PaceLimits for PaceBucket;
    using InterestIndex for CashPool;

    /// @dev With less the fund would be none.
    uint256 private constant MIN_CAP_BPS = 1_000;
    /// @dev More would never be reached.
    uint256 private constant MAX_RESERVE_TARGET_BPS = 5_000;
    /// @dev The junior tranche pays first and earns more for it, but not all.
    uint256 private constant MIN_JUNIOR_SHARE_BPS = 5_000;
    uint256 private constant MAX_JUNIOR_SHARE_BPS = 9_000;
    /// @dev What is tied up does not pay for the next loss.
    uint256 private constant MAX_CARRY_CAP_BPS = 5_000;

    IMarginVault public immutable vault;
    IDefaultFund public immutable junior;
    IDefaultFund public immutable senior;
    /// @dev Quote WAD of one unit of the quote token.
    uint256 private immutable _quoteScale;
    IInstrumentPolicy private immutable _instruments;

    /// @inheritdoc ILossWaterfall
    ICloseOut public closeOut;
    /// @inheritdoc ILossWaterfall
    uint256 public carried;
    /// what of it is the junior tranche's, quote WAD
    uint256 private _carriedFromJunior;

    BackstopTerms private _terms;
    mapping(address market => LossTotals) private _losses;
    /// parts (WAD) of the tranches' assets that have been paid: what is left of them is what the next part is of
    PaceBucket private _day;
    mapping(address market => PaceBucket) private _markets;

    constructor(address authority, IMarginVault vault_, IDefaultFund junior_, IDefaultFund senior_)
        AccessManaged(authority)
    {
        vault = vault_;
        junior = junior_;
        senior = senior_;
        _quoteScale = vault_.quoteScale();
        _instruments = vault_.riskEngine().positionModel().policy();
    }

    /* LOSSES */

    /// @inheritdoc ILossWaterfall
    function cover(AccountId account, uint256 shortfall) external returns (uint256 covered) {
        if (msg.sender != address(vault)) revert OnlyVault(msg.sender);
        (Portfolio memory portfolio, Assessment memory assessment,) = vault.assess(account);
        address market = LossMarket.largest(portfolio, assessment, _instruments);
        LossTotals memory paid;
        paid.fromReserves = vault.drawReserves(account, shortfall);
        covered = paid.fromReserves;
        if (covered < shortfall) {
            (paid.fromJunior, paid.fromSenior) = _fromTranches(account, market, shortfall - covered);
            covered += paid.fromJunior + paid.fromSenior;
        }
        if (covered < shortfall) {
            uint256 capBps = vault.policy().liquidationWord().terms().socialisationCapBps;
            paid.socialised = vault.socialise(account, shortfall - covered, capBps);
            covered += paid.socialised;
        }
        paid.unpaid = shortfall - covered;
        _record(market, paid);
        emit ShortfallCovered(
            account,
            market,
            shortfall,
            paid.fromReserves,
            paid.fromJunior,
            paid.fromSenior,
            paid.socialised,
            paid.unpaid
        );
    }

    /// @inheritdoc ILossWaterfall
    function lossesOf(address market) external view returns (LossTotals memory) {
        return _losses[market];
    }

    /// @inheritdoc ILossWaterfall
    function coverLeft(address market) external view returns (uint256) {
        return _coverLeft(market, _assetsOf(junior) + _assetsOf(senior));
    }

    /// @dev By way of the reserves: a plain transfer must leave no debt below the least, and this one may, since what
    /// is left goes with the liquidation.
    function _fromTranches(AccountId account, address market, uint256 wanted)
        private
        returns (uint256 fromJunior, uint256 fromSenior)
    {
        uint256 assets = _assetsOf(junior) + _assetsOf(senior);
        wanted = Math.min(wanted, _coverLeft(market, assets));
        fromJunior = _draw(junior, account, wanted);
        fromSenior = _draw(senior, account, wanted - fromJunior);
        _use(market, fromJunior + fromSenior, assets);
    }

    function _draw(IDefaultFund tranche, AccountId account, uint256 wanted) private returns (uint256) {
        if (wanted == 0) return 0;
        // in the grain of the reserves, through which it comes: else lenders would pay for what is lost on the way
        uint256 paid = tranche.pay(account, Rounding.divUp(wanted, NANO) * NANO);
        return paid == 0 ? 0 : vault.drawReserves(account, Math.min(paid, wanted));
    }

    function _coverLeft(address market, uint256 assets) private view returns (uint256) {
        BackstopTerms memory t = _terms;
        uint256 ofMarket = _markets[market].available(_limit(t.marketCapBps));
        uint256 ofDay = _day.available(_limit(t.dayCapBps));
        return Rounding.mulDivDown(assets, Math.min(ofMarket, ofDay), WAD);
    }

    function _use(address market, uint256 paid, uint256 assets) private {
        if (paid == 0) return;
        BackstopTerms memory t = _terms;
        uint256 part = Rounding.mulDivUp(paid, WAD, assets);
        _markets[market].use(_limit(t.marketCapBps), part);
        _day.use(_limit(t.dayCapBps), part);
    }

    /// @dev A bucket of parts, full again within a day.
    function _limit(uint256 capBps) private pure returns (PaceLimit memory) {
        uint256 capacity = capBps * WAD / BPS;
        // fit: a cap is at most one
        return PaceLimit(uint128(capacity), uint128(capacity / 1 days));
    }

    function _record(address market, LossTotals memory paid) private {
        LossTotals storage sum = _losses[market];
        if (paid.fromReserves != 0) sum.fromReserves += paid.fromReserves;
        if (paid.fromJunior != 0) sum.fromJunior += paid.fromJunior;
        if (paid.fromSenior != 0) sum.fromSenior += paid.fromSenior;
        if (paid.socialised != 0) sum.socialised += paid.socialised;
        if (paid.unpaid != 0) sum.unpaid += paid.unpaid;
    }

    /// @dev Quote WAD, rounded down.
    function _assetsOf(IDefaultFund tranche) private view returns (uint256) {
        return tranche.totalAssets() * _quoteScale;
    }

    /* GAINS */

    /// @inheritdoc ILossWaterfall
    function replenish() external returns (uint256 toJunior, uint256 toSenior) {
        CashPool memory pool = vault.pool();
        uint256 target = pool.totalBorrow() * _terms.reserveTargetBps / BPS;
        uint256 reserves = pool.reserves();
        if (reserves <= target) return (0, 0);
        uint256 surplus = reserves - target;
        uint256 juniorShare = surplus * _terms.juniorShareBps / BPS;
        toJunior = _give(junior, juniorShare);
        toSenior = _give(senior, surplus - juniorShare);
        if (toJunior + toSenior != 0) emit Replenished(toJunior, toSenior, reserves - toJunior - toSenior);
    }

    function _give(IDefaultFund tranche, uint256 amount) private returns (uint256 given) {
        given = Math.min(amount, tranche.gainRoom());
        if (given == 0) return 0;
        given = vault.drawReserves(tranche.fundAccount(), given);
        tranche.harvest();
    }

    /* ADVANCES */

    /// @inheritdoc ILossWaterfall
    function advance(AccountId to, address market, uint256 amount)
        external
        returns (uint256 fromReserves, uint256 fromJunior)
    {
        _requireCloseOut();
        uint256 juniorAssets = _assetsOf(junior);
        uint256 most = (vault.reserves() + juniorAssets + carried) * _terms.carryCapBps / BPS;
        if (carried + amount > most) revert CarryAboveCap(amount, most - Math.min(carried, most));
        carried += amount;
        fromReserves = vault.drawReserves(to, amount);
        if (fromReserves < amount) {
            uint256 assets = juniorAssets + _assetsOf(senior);
            fromJunior = _draw(junior, to, Math.min(amount - fromReserves, _coverLeft(market, assets)));
            _use(market, fromJunior, assets);
            _carriedFromJunior += fromJunior;
        }
        if (fromReserves + fromJunior < amount) revert AdvanceShort(amount, fromReserves + fromJunior);
        emit Advanced(market, fromReserves, fromJunior, carried);
    }

    /// @inheritdoc ILossWaterfall
    function returnAdvance(uint256 cost, uint256 fromJunior, uint256 proceeds) external {
        _requireCloseOut();
        carried -= cost;
        _carriedFromJunior -= fromJunior;
        uint256 toJunior = Math.min(fromJunior, proceeds);
        if (toJunior != 0) {
            toJunior = vault.drawReserves(junior.fundAccount(), toJunior);
            junior.takeBack(toJunior);
        }
        emit AdvanceReturned(cost, fromJunior, proceeds, toJunior, carried);
    }

    /// @inheritdoc ILossWaterfall
    function advancedBy(IDefaultFund tranche) external view returns (uint256) {
        return tranche == junior ? _carriedFromJunior : 0;
    }

    function _requireCloseOut() private view {
        if (msg.sender != address(closeOut)) revert OnlyCloseOut(msg.sender);
    }

    /* TERMS */

    /// @inheritdoc ILossWaterfall
    function setTerms(BackstopTerms calldata newTerms) external restricted {
        _within("dayCapBps", newTerms.dayCapBps, MIN_CAP_BPS, BPS);
        _within("marketCapBps", newTerms.marketCapBps, MIN_CAP_BPS, newTerms.dayCapBps);
        _within("reserveTargetBps", newTerms.reserveTargetBps, 0, MAX_RESERVE_TARGET_BPS);
        _within("juniorShareBps", newTerms.juniorShareBps, MIN_JUNIOR_SHARE_BPS, MAX_JUNIOR_SHARE_BPS);
        _within("carryCapBps", newTerms.carryCapBps, 0, MAX_CARRY_CAP_BPS);
        _terms = newTerms;
        emit BackstopTermsChanged(newTerms);
    }

    /// @inheritdoc ILossWaterfall
    function setCloseOut(ICloseOut newCloseOut) external restricted {
        if (carried != 0) revert AdvancesOut(carried);
        closeOut = newCloseOut;
        emit CloseOutChanged(newCloseOut);
    }

    /// @inheritdoc ILossWaterfall
    function terms() external view returns (BackstopTerms memory) {
        return _terms;
    }

    function _within(bytes32 parameter, uint256 value, uint256 least, uint256 most) private pure {
        if (value < least || value > most) revert BackstopTermOutOfBounds(parameter, value, least, most);
    }
}
