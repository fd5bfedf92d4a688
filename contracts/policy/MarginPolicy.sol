// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {IERC20Metadata} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Metadata.sol";
import {IMarginPolicy} from "../interfaces/IMarginPolicy.sol";
import {Span} from "../math/LinearRamp.sol";
import {BPS} from "../math/Units.sol";
import {CashWord} from "../types/CashWord.sol";
import {CollateralWord, toCollateralWord} from "../types/CollateralWord.sol";
import {LiquidationWord} from "../types/LiquidationWord.sol";
import {
    CapGrowth,
    CashTerms,
    CollateralRamp,
    CollateralRisk,
    LiquidationTerms,
    PaceLimit,
    PairRamp,
    PairRisk,
    RampSpeeds
} from "../types/PolicyParams.sol";
import {CollateralTerms, ListedCollateral, ListedPair} from "./CollateralTerms.sol";
import {LentCash, LentCashTerms} from "./LentCash.sol";
import {LiquidationRamp, RampedTerms} from "./LiquidationRamp.sol";
import {PolicyLimits} from "./PolicyLimits.sol";

/// @title The margin policy
/// @dev Each struct that a check reads is one slot, until something ramps.
contract MarginPolicy is AccessManaged, IMarginPolicy {
    using CollateralTerms for ListedCollateral;
    using CollateralTerms for ListedPair;
    using LentCashTerms for LentCash;
    using LiquidationRamp for RampedTerms;

    /// @dev Values are WAD.
    uint8 private constant MAX_DECIMALS = 18;
    /// @dev The initial haircut of what counts nothing for new risk.
    uint16 private constant ALL = uint16(BPS);

    address private immutable _quote;

    /// @inheritdoc IMarginPolicy
    uint64 public version;
    /// @inheritdoc IMarginPolicy
    bool public isSealed;

    LentCash private _cash;
    RampSpeeds private _rampSpeeds;
    RampedTerms private _liquidationTerms;
    address[] private _collaterals;
    mapping(address asset => ListedCollateral) private _collateral;
    mapping(address asset => PaceLimit) private _paceLimit;
    mapping(address asset => ListedPair) private _pair;
    /// @inheritdoc IMarginPolicy
    mapping(address subject => uint64) public restrictedAt;

    constructor(address authority, address quote) AccessManaged(authority) {
        _quote = quote;
        _rampSpeeds = PolicyLimits.fastest();
    }

    /* SETTING */

    /// @inheritdoc IMarginPolicy
    function listCollateral(address asset, CollateralRisk calldata risk) external restricted {
        if (asset == _quote) revert QuoteIsCash(asset);
        ListedCollateral storage c = _collateral[asset];
        if (c.target.isListed()) revert CollateralAlreadyListed(asset);
        uint8 decimals = _decimalsOf(asset);
        _checkCollateral(risk);

        _collaterals.push(asset);
        PaceLimit memory unlimited = PaceLimit(type(uint128).max, type(uint128).max);
        _paceLimit[asset] = unlimited;
        uint64 newVersion = ++version;
        emit CollateralListed(newVersion, asset, _store(c, risk, decimals));
        emit PaceChanged(newVersion, asset, unlimited);
        if (isSealed) _grow(asset, c, 0);
    }

    /// @inheritdoc IMarginPolicy
    function setCollateral(address asset, CollateralRisk calldata risk) external restricted {
        ListedCollateral storage c = _listed(asset);
        _checkCollateral(risk);
        uint96 wasCap = c.capNow();
        CollateralRisk memory was;
        c.writeRiskNow(was);
        // as the target has them: neither of the two ramps
        _heed(asset, risk.initialHaircutBps < was.initialHaircutBps || risk.supplyCap > was.supplyCap);
        emit CollateralChanged(++version, asset, _store(c, risk, was.decimals));
        if (!isSealed) return;
        if (c.startRamp(was, _rampSpeeds)) emit CollateralRampStarted(asset, c.ramp);
        _grow(asset, c, wasCap);
    }

    /// @inheritdoc IMarginPolicy
    function setPace(address asset, PaceLimit calldata pace) external restricted {
        _listed(asset);
        PolicyLimits.checkPace(pace);
        _paceLimit[asset] = pace;
        emit PaceChanged(++version, asset, pace);
    }

    /// @inheritdoc IMarginPolicy
    function setPair(address asset, PairRisk calldata risk) external restricted {
        _listed(asset);
        ListedPair storage known = _pair[asset];
        if (risk.listed) {
            PolicyLimits.checkHaircuts(risk.maintenanceHaircutBps, risk.initialHaircutBps);
        } else {
            (uint256 maintenance, uint256 initial) = (known.maintenanceHaircutBps, known.initialHaircutBps);
            PolicyLimits.within("maintenanceHaircutBps", risk.maintenanceHaircutBps, maintenance, maintenance);
            PolicyLimits.within("initialHaircutBps", risk.initialHaircutBps, initial, initial);
        }
        // putting a pair on the list again lends on it as well
        _heed(asset, risk.initialHaircutBps < known.initialHaircutBps || (risk.listed && !known.listed));
        PairRisk memory was;
        if (isSealed) known.writePairNow(was);
        ListedPair memory p = CollateralTerms.rampedPair(risk, was, _rampSpeeds);
        _pair[asset] = p;
        emit PairChanged(++version, asset, risk);
        if (p.endsAt != 0) emit PairRampStarted(asset, PairRamp(p.fromHaircutBps, p.startedAt, p.endsAt));
    }

    /// @inheritdoc IMarginPolicy
    function setCashTerms(CashTerms calldata terms) external restricted {
        PolicyLimits.checkCash(terms);
        _heed(_quote, terms.borrowCap > _cash.target.borrowCap());
        // while these two ramp they rise to their target
        (LiquidationTerms memory target,,) = _liquidationTerms.targetOf();
        PolicyLimits.checkWork(terms.minDebt, target.callFeeCents, target.floorBonusCents);
        emit CashTermsChanged(++version, terms);
        if (!isSealed) return _cash.setAtOnce(terms);
        if (_cash.setGrowing(terms, _rampSpeeds.capGrowthBpsPerDay)) emit BorrowCapGrowthStarted(_cash.growth);
    }

    /// @inheritdoc IMarginPolicy
    function setLiquidationTerms(LiquidationTerms calldata terms) external restricted {
        PolicyLimits.checkLiquidation(terms);
        PolicyLimits.checkWork(_cash.target.minDebt(), terms.callFeeCents, terms.floorBonusCents);
        emit LiquidationTermsChanged(++version, terms);
        if (!isSealed) return _liquidationTerms.setAtOnce(terms);
        Span memory span = _liquidationTerms.setRamped(terms, CollateralTerms.spanOf(_rampSpeeds.termsDuration));
        if (span.endsAt != 0) emit LiquidationRampStarted(span.startedAt, span.endsAt);
    }

    /// @inheritdoc IMarginPolicy
    function setRampSpeeds(RampSpeeds calldata speeds) external restricted {
        PolicyLimits.checkSpeeds(speeds);
        _rampSpeeds = speeds;
        emit RampSpeedsChanged(++version, speeds);
    }

    /// @inheritdoc IMarginPolicy
    function seal() external restricted {
        if (isSealed) revert AlreadySealed();
        isSealed = true;
        emit Sealed(++version);
    }

    /// @inheritdoc IMarginPolicy
    function release(address subject, uint64 restriction) external restricted {
        uint64 known = restrictedAt[subject];
        if (known == 0 || restriction != known) revert OtherRestriction(subject, restriction, known);
        delete restrictedAt[subject];
        emit Released(++version, subject);
    }

    /* LOWERING RISK AT ONCE */

    /// @inheritdoc IMarginPolicy
    function raiseInitialHaircut(address asset, uint16 haircutBps) external restricted {
        _raiseInitialHaircut(asset, haircutBps);
        _restrict(asset);
    }

    /// @inheritdoc IMarginPolicy
    function raisePairInitialHaircut(address asset, uint16 haircutBps) external restricted {
        _raisePairInitialHaircut(asset, haircutBps);
        _restrict(asset);
    }

    /// @inheritdoc IMarginPolicy
    function lowerSupplyCap(address asset, uint96 cap) external restricted {
        _lowerSupplyCap(asset, cap);
        _restrict(asset);
    }

    /// @inheritdoc IMarginPolicy
    function lowerBorrowCap(uint48 cap) external restricted {
        CashTerms memory terms = _cash.target.terms();
        if (cap > terms.borrowCap) revert WouldLoosen("borrowCap", cap, terms.borrowCap);
        terms.borrowCap = cap;
        _cash.lowerCap(cap);
        emit CashTermsChanged(++version, terms);
        _restrict(_quote);
    }

    /// @inheritdoc IMarginPolicy
    function closeToNewRisk(address asset) external restricted {
        _lowerSupplyCap(asset, 0);
        _raiseInitialHaircut(asset, ALL);
        if (_pair[asset].maintenanceHaircutBps != 0) _raisePairInitialHaircut(asset, ALL);
        _restrict(asset);
    }

    /* SETTLING */

    /// @inheritdoc IMarginPolicy
    function settle(address[] calldata assets) external {
        for (uint256 i; i < assets.length; ++i) {
            if (_collateral[assets[i]].settle()) emit CollateralSettled(assets[i]);
        }
        if (_cash.settle()) emit CashSettled();
        if (_liquidationTerms.settle()) emit LiquidationSettled();
    }

    /* READING */

    /// @inheritdoc IMarginPolicy
    function collateralRisk(address asset) external view returns (CollateralRisk memory risk) {
        _collateral[asset].writeRiskNow(risk);
    }

    /// @inheritdoc IMarginPolicy
    function collateralWord(address asset) external view returns (CollateralWord) {
        return _collateral[asset].wordNow();
    }

    /// @inheritdoc IMarginPolicy
    function intakeOf(address asset) external view returns (bool listed, uint256 supplyCap) {
        ListedCollateral storage c = _collateral[asset];
        return (c.target.isListed(), c.capNow());
    }

    /// @inheritdoc IMarginPolicy
    function paceLimit(address asset) external view returns (PaceLimit memory) {
        return _paceLimit[asset];
    }

    /// @inheritdoc IMarginPolicy
    function pairRisk(address asset) external view returns (PairRisk memory risk) {
        _pair[asset].writePairNow(risk);
    }

    /// @inheritdoc IMarginPolicy
    function cashTerms() external view returns (CashTerms memory) {
        return _cash.wordNow().terms();
    }

    /// @inheritdoc IMarginPolicy
    function cashWord() external view returns (CashWord) {
        return _cash.wordNow();
    }

    /// @inheritdoc IMarginPolicy
    function liquidationTerms() external view returns (LiquidationTerms memory terms) {
        _liquidationTerms.writeTermsNow(terms);
    }

    /// @inheritdoc IMarginPolicy
    function liquidationWord() external view returns (LiquidationWord) {
        return _liquidationTerms.wordNow();
    }

    /// @inheritdoc IMarginPolicy
    function liquidationWords() external view returns (LiquidationWord, CashWord) {
        return (_liquidationTerms.wordNow(), _cash.wordNow());
    }

    /// @inheritdoc IMarginPolicy
    function rampSpeeds() external view returns (RampSpeeds memory) {
        return _rampSpeeds;
    }

    /// @inheritdoc IMarginPolicy
    function collaterals() external view returns (address[] memory) {
        return _collaterals;
    }

    /// @inheritdoc IMarginPolicy
    function collateralTarget(address asset)
        external
        view
        returns (CollateralRisk memory target, CollateralRamp memory ramp, CapGrowth memory growth)
    {
        return _collateral[asset].targetOf();
    }

    /// @inheritdoc IMarginPolicy
    function pairTarget(address asset) external view returns (PairRisk memory target, PairRamp memory ramp) {
        return _pair[asset].pairTargetOf();
    }

    /// @inheritdoc IMarginPolicy
    function cashTarget() external view returns (CashTerms memory target, CapGrowth memory growth) {
        return _cash.targetOf();
    }

    /// @inheritdoc IMarginPolicy
    function liquidationTarget()
        external
        view
        returns (LiquidationTerms memory target, LiquidationTerms memory from, Span memory span)
    {
        return _liquidationTerms.targetOf();
    }

    /* INTERNAL */

    /// @dev After the change: a version that nobody knew when he scheduled something before it.
    function _restrict(address subject) private {
        restrictedAt[subject] = version;
        emit NewRiskRestricted(version, subject);
    }

    /// @dev A call that was scheduled before the guardian acted must not undo it because its time has come.
    function _heed(address subject, bool loosens) private view {
        uint64 restriction = restrictedAt[subject];
        if (loosens && restriction != 0) revert Restricted(subject, restriction);
    }

    function _raiseInitialHaircut(address asset, uint16 haircutBps) private {
        ListedCollateral storage c = _listed(asset);
        CollateralRisk memory risk = c.target.risk();
        uint256 known = risk.initialHaircutBps;
        if (haircutBps < known) revert WouldLoosen("initialHaircutBps", haircutBps, known);
        PolicyLimits.within("initialHaircutBps", haircutBps, known, BPS);
        risk.initialHaircutBps = haircutBps;
        _replace(asset, c, risk);
    }

    function _raisePairInitialHaircut(address asset, uint16 haircutBps) private {
        ListedPair storage p = _pair[asset];
        if (p.maintenanceHaircutBps == 0) revert PairNotListed(asset);
        uint256 known = p.initialHaircutBps;
        if (haircutBps < known) revert WouldLoosen("initialHaircutBps", haircutBps, known);
        PolicyLimits.within("initialHaircutBps", haircutBps, known, BPS);
        p.initialHaircutBps = haircutBps;
        emit PairChanged(++version, asset, PairRisk(p.listed, p.maintenanceHaircutBps, haircutBps));
    }

    function _lowerSupplyCap(address asset, uint96 cap) private {
        ListedCollateral storage c = _listed(asset);
        CollateralRisk memory risk = c.target.risk();
        if (cap > risk.supplyCap) revert WouldLoosen("supplyCap", cap, risk.supplyCap);
        risk.supplyCap = cap;
        _replace(asset, c, risk);
    }

    function _grow(address asset, ListedCollateral storage c, uint96 wasCap) private {
        if (c.startGrowth(wasCap, _rampSpeeds)) emit CapGrowthStarted(asset, c.growth);
    }

    /// @dev All at once: neither ramping nor growing.
    function _store(ListedCollateral storage c, CollateralRisk memory risk, uint8 decimals)
        private
        returns (CollateralRisk memory)
    {
        (risk.listed, risk.decimals) = (true, decimals);
        c.target = toCollateralWord(risk);
        return risk;
    }

    /// @dev What ramps goes on ramping, and a cap that still grows goes on growing.
    function _replace(address asset, ListedCollateral storage c, CollateralRisk memory risk) private {
        CollateralWord was = c.target;
        c.target = toCollateralWord(risk).withRamping(was.isRamping()).withGrowing(was.isGrowing());
        emit CollateralChanged(++version, asset, risk);
    }

    function _listed(address asset) private view returns (ListedCollateral storage c) {
        c = _collateral[asset];
        if (!c.target.isListed()) revert CollateralNotListed(asset);
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
        PolicyLimits.checkHaircuts(risk.maintenanceHaircutBps, risk.initialHaircutBps);
        PolicyLimits.within("depth", risk.depth, 1, type(uint96).max);
    }
}
