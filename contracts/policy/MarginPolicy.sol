// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {IERC20Metadata} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Metadata.sol";
import {IMarginPolicy} from "../interfaces/IMarginPolicy.sol";
import {BPS} from "../math/Units.sol";
import {CashTerms, CollateralRisk, LiquidationTerms, PaceLimit, PairRisk} from "../types/PolicyParams.sol";

/// @title The margin policy
/// @dev Bounds are what no role may pass, not what is wise. Each struct is one slot.
contract MarginPolicy is AccessManaged, IMarginPolicy {
    /* COLLATERAL BOUNDS */

    /// @dev Less leaves nothing for the move between two prints.
    uint256 private constant MIN_HAIRCUT_BPS = 100;
    /// @dev More is no collateral, and a requirement of the whole value leaves no health to restore.
    uint256 private constant MAX_HAIRCUT_BPS = 9_500;
    /// @dev Values are WAD.
    uint8 private constant MAX_DECIMALS = 18;
    /// @dev An unhealthy account above `hCritical` waits at most this long for an empty bucket.
    uint256 private constant MAX_REFILL_TIME = 1 days;

    /* CASH BOUNDS */

    /// @dev All three rates together, a year: ten idle years grow a debt 41-fold, far from the index's five million.
    uint256 private constant MAX_RATE_BPS = 40_000;
    /// @dev More and lenders work for the reserve.
    uint256 private constant MAX_RESERVE_FACTOR_BPS = 5_000;

    /* LIQUIDATION BOUNDS */

    /// @dev At none, nothing would make a bidder close an account worth less than nothing instead of paying himself out
    /// of it in parts.
    uint256 private constant MIN_BONUS_BPS = 1;
    /// @dev Of the requirement: with a haircut of 17 % half of it is 8.5 % of the collateral.
    uint256 private constant MAX_BONUS_BPS = 5_000;
    uint256 private constant MAX_FEE_BPS = 2_000;
    /// @dev Less would starve the bonus of accounts that are still solvent.
    uint256 private constant MIN_KAPPA_BPS = 5_000;
    /// @dev `b + phi <= kappa * h < h`: each partial liquidation raises health, with a twentieth to spare.
    uint256 private constant MAX_KAPPA_BPS = 9_500;
    /// @dev Above the cure: a liquidation that reaches its target also ends the call. As `b + phi <= kappa < 1`, a
    /// target above one is also above them, by at least a twentieth.
    uint256 private constant MIN_TARGET_ABOVE_CURE_BPS = 100;
    /// @dev More would sell most of an account that is a little short.
    uint256 private constant MAX_TARGET_BPS = 20_000;
    /// @dev Below it there is no protection: an account of little health must not wait, nor one of health one be sold
    /// without a call.
    uint256 private constant MIN_CRITICAL_BPS = 1_000;
    uint256 private constant MAX_CRITICAL_BPS = 9_500;
    /// @dev More would hold calls against accounts that are well.
    uint256 private constant MAX_CURE_BUFFER_BPS = 2_000;
    /// @dev Nobody stands for a loan that may not be touched for longer.
    uint256 private constant MAX_GRACE = 1 days;
    uint256 private constant MAX_BONUS_RAMP = 1 days;
    /// @dev Of the least debt: what a call may take from the smallest account.
    uint256 private constant MAX_CALL_FEE_BPS = 200;
    /// @dev Of the least debt: what the work may cost the smallest account, or the waterfall in its place.
    uint256 private constant MAX_FLOOR_BONUS_BPS = 1_000;
    /// @dev What lenders may lose at once; the rest stays unpaid and visible.
    uint256 private constant MAX_SOCIALISATION_BPS = 1_000;
    uint256 private constant CENTS_PER_QUOTE = 100;

    address private immutable _quote;

    /// @inheritdoc IMarginPolicy
    uint64 public version;

    CashTerms private _cashTerms;
    LiquidationTerms private _liquidationTerms;
    address[] private _collaterals;
    mapping(address asset => CollateralRisk) private _collateralRisk;
    mapping(address asset => PaceLimit) private _paceLimit;
    mapping(address asset => PairRisk) private _pairRisk;

    constructor(address authority, address quote) AccessManaged(authority) {
        _quote = quote;
    }

    /* SETTING */

    /// @inheritdoc IMarginPolicy
    function listCollateral(address asset, CollateralRisk calldata risk) external restricted {
        if (asset == _quote) revert QuoteIsCash(asset);
        if (_collateralRisk[asset].listed) revert CollateralAlreadyListed(asset);
        uint8 decimals = _decimalsOf(asset);
        _checkCollateral(risk);

        _collaterals.push(asset);
        PaceLimit memory unlimited = PaceLimit(type(uint128).max, type(uint128).max);
        _paceLimit[asset] = unlimited;
        uint64 newVersion = ++version;
        emit CollateralListed(newVersion, asset, _storeCollateral(asset, risk, decimals));
        emit PaceChanged(newVersion, asset, unlimited);
    }

    /// @inheritdoc IMarginPolicy
    function setCollateral(address asset, CollateralRisk calldata risk) external restricted {
        uint8 decimals = _listed(asset).decimals;
        _checkCollateral(risk);
        emit CollateralChanged(++version, asset, _storeCollateral(asset, risk, decimals));
    }

    /// @inheritdoc IMarginPolicy
    function setPace(address asset, PaceLimit calldata pace) external restricted {
        _listed(asset);
        _within("capacity", pace.capacity, 1, type(uint128).max);
        uint256 leastRefill = (pace.capacity + MAX_REFILL_TIME - 1) / MAX_REFILL_TIME;
        _within("refillPerSecond", pace.refillPerSecond, leastRefill, type(uint128).max);
        _paceLimit[asset] = pace;
        emit PaceChanged(++version, asset, pace);
    }

    /// @inheritdoc IMarginPolicy
    function setPair(address asset, PairRisk calldata risk) external restricted {
        _listed(asset);
        if (risk.listed) {
            _checkHaircuts(risk.maintenanceHaircutBps, risk.initialHaircutBps);
        } else {
            PairRisk memory known = _pairRisk[asset];
            (uint256 maintenance, uint256 initial) = (known.maintenanceHaircutBps, known.initialHaircutBps);
            _within("maintenanceHaircutBps", risk.maintenanceHaircutBps, maintenance, maintenance);
            _within("initialHaircutBps", risk.initialHaircutBps, initial, initial);
        }
        _pairRisk[asset] = risk;
        emit PairChanged(++version, asset, risk);
    }

    /// @inheritdoc IMarginPolicy
    function setCashTerms(CashTerms calldata terms) external restricted {
        uint256 rate = uint256(terms.baseRateBps) + terms.slopeLowBps + terms.slopeHighBps;
        _within("rateBps", rate, 0, MAX_RATE_BPS);
        _within("kinkBps", terms.kinkBps, 1, BPS - 1);
        _within("reserveFactorBps", terms.reserveFactorBps, 0, MAX_RESERVE_FACTOR_BPS);
        _within("minDebt", terms.minDebt, 1, type(uint48).max);
        LiquidationTerms memory liquidation = _liquidationTerms;
        _checkWork(terms.minDebt, liquidation.callFeeCents, liquidation.floorBonusCents);
        _cashTerms = terms;
        emit CashTermsChanged(++version, terms);
    }

    /// @inheritdoc IMarginPolicy
    function setLiquidationTerms(LiquidationTerms calldata terms) external restricted {
        _within("bonusMaxBps", terms.bonusMaxBps, MIN_BONUS_BPS, MAX_BONUS_BPS);
        _within("bonusMinBps", terms.bonusMinBps, MIN_BONUS_BPS, terms.bonusMaxBps);
        _within("feeBps", terms.feeBps, 0, MAX_FEE_BPS);
        _within("kappaBps", terms.kappaBps, MIN_KAPPA_BPS, MAX_KAPPA_BPS);
        _within("criticalHealthBps", terms.criticalHealthBps, MIN_CRITICAL_BPS, MAX_CRITICAL_BPS);
        _within("cureBufferBps", terms.cureBufferBps, 0, MAX_CURE_BUFFER_BPS);
        uint256 leastTarget = BPS + terms.cureBufferBps + MIN_TARGET_ABOVE_CURE_BPS;
        _within("targetHealthBps", terms.targetHealthBps, leastTarget, MAX_TARGET_BPS);
        _within("bonusRamp", terms.bonusRamp, 0, MAX_BONUS_RAMP);
        _within("maxGrace", terms.maxGrace, 0, MAX_GRACE);
        _within("socialisationCapBps", terms.socialisationCapBps, 0, MAX_SOCIALISATION_BPS);
        _checkWork(_cashTerms.minDebt, terms.callFeeCents, terms.floorBonusCents);
        _liquidationTerms = terms;
        emit LiquidationTermsChanged(++version, terms);
    }

    /* READING */

    /// @inheritdoc IMarginPolicy
    function collateralRisk(address asset) external view returns (CollateralRisk memory) {
        return _collateralRisk[asset];
    }

    /// @inheritdoc IMarginPolicy
    function paceLimit(address asset) external view returns (PaceLimit memory) {
        return _paceLimit[asset];
    }

    /// @inheritdoc IMarginPolicy
    function pairRisk(address asset) external view returns (PairRisk memory) {
        return _pairRisk[asset];
    }

    /// @inheritdoc IMarginPolicy
    function cashTerms() external view returns (CashTerms memory) {
        return _cashTerms;
    }

    /// @inheritdoc IMarginPolicy
    function liquidationTerms() external view returns (LiquidationTerms memory) {
        return _liquidationTerms;
    }

    /// @inheritdoc IMarginPolicy
    function collaterals() external view returns (address[] memory) {
        return _collaterals;
    }

    /* INTERNAL */

    function _storeCollateral(address asset, CollateralRisk calldata risk, uint8 decimals)
        private
        returns (CollateralRisk memory stored)
    {
        stored = risk;
        stored.listed = true;
        stored.decimals = decimals;
        _collateralRisk[asset] = stored;
    }

    function _listed(address asset) private view returns (CollateralRisk memory risk) {
        risk = _collateralRisk[asset];
        if (!risk.listed) revert CollateralNotListed(asset);
    }

    function _decimalsOf(address asset) private view returns (uint8) {
        if (asset.code.length == 0) revert NotAToken(asset);
        try IERC20Metadata(asset).decimals() returns (uint8 decimals) {
            if (decimals > MAX_DECIMALS) revert TooManyDecimals(asset, decimals);
            return decimals;
        } catch {
            revert NotAToken(asset);
        }
    }

    function _checkCollateral(CollateralRisk calldata risk) private pure {
        _checkHaircuts(risk.maintenanceHaircutBps, risk.initialHaircutBps);
        _within("depth", risk.depth, 1, type(uint96).max);
    }

    function _checkHaircuts(uint256 maintenanceBps, uint256 initialBps) private pure {
        _within("maintenanceHaircutBps", maintenanceBps, MIN_HAIRCUT_BPS, MAX_HAIRCUT_BPS);
        _within("initialHaircutBps", initialBps, maintenanceBps, MAX_HAIRCUT_BPS);
    }

    function _checkWork(uint256 minDebt, uint256 callFeeCents, uint256 floorBonusCents) private pure {
        uint256 minDebtCents = minDebt * CENTS_PER_QUOTE;
        _within("callFeeCents", callFeeCents, 0, minDebtCents * MAX_CALL_FEE_BPS / BPS);
        _within("floorBonusCents", floorBonusCents, 0, minDebtCents * MAX_FLOOR_BONUS_BPS / BPS);
    }

    function _within(bytes32 parameter, uint256 value, uint256 least, uint256 most) private pure {
        if (value < least || value > most) revert ParameterOutOfBounds(parameter, value, least, most);
    }
}
