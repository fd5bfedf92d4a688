// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {IMarginPolicy} from "../interfaces/IMarginPolicy.sol";
import {LinearRamp, Span} from "../math/LinearRamp.sol";
import {BPS} from "../math/Units.sol";
import {CollateralWord, toCollateralWord} from "../types/CollateralWord.sol";
import {CapGrowth, CollateralRamp, CollateralRisk, PairRamp, PairRisk, RampSpeeds} from "../types/PolicyParams.sol";
import {GrowingCap} from "./GrowingCap.sol";

/// @dev A collateral's terms: where they are going, and how they get there.
struct ListedCollateral {
    /// where its flags are not set there is no other slot to read
    CollateralWord target;
    CollateralRamp ramp;
    CapGrowth growth;
}

/// @dev One slot: 1 + 3 * 2 + 2 * 5 bytes. No ramp is one that has ended.
struct ListedPair {
    bool listed;
    uint16 maintenanceHaircutBps;
    uint16 initialHaircutBps;
    uint16 fromHaircutBps;
    uint40 startedAt;
    uint40 endsAt;
}

/// @notice Terms of collaterals and pairs: what tightens maintenance ramps, a cap that rises grows, and the rest is at
/// once.
library CollateralTerms {
    /// @dev However small the change: time to notice it.
    uint256 internal constant MIN_RAMP = 1 days;
    /// @dev A depth to be cut further is cut in two steps.
    uint256 internal constant MAX_RAMP = 365 days;

    /* READING */

    /// @param risk written to: see `CollateralWord.writeTo`
    function writeRiskNow(ListedCollateral storage c, CollateralRisk memory risk) internal view {
        CollateralWord target = c.target;
        target.writeTo(risk);
        if (target.isRamping()) _takeBack(risk, c.ramp);
    }

    /// @notice The terms as they are now, but for the supply cap, which is the one to be grown to; never flagged as
    /// ramping.
    function wordNow(ListedCollateral storage c) internal view returns (CollateralWord) {
        CollateralWord target = c.target;
        if (!target.isRamping()) return target;
        CollateralRisk memory risk = target.risk();
        _takeBack(risk, c.ramp);
        return toCollateralWord(risk).withGrowing(target.isGrowing());
    }

    /// @notice Most of the token that the vault may take in now.
    function capNow(ListedCollateral storage c) internal view returns (uint96) {
        CollateralWord target = c.target;
        if (!target.isGrowing()) return target.supplyCap();
        return uint96(GrowingCap.capNow(c.growth, target.supplyCap())); // fits: at most the target
    }

    function targetOf(ListedCollateral storage c)
        internal
        view
        returns (CollateralRisk memory risk, CollateralRamp memory ramp, CapGrowth memory growth)
    {
        CollateralWord target = c.target;
        risk = target.risk();
        if (target.isRamping()) ramp = c.ramp;
        if (target.isGrowing()) growth = c.growth;
    }

    /// @param risk written to: see `CollateralWord.writeTo`
    function writePairNow(ListedPair storage p, PairRisk memory risk) internal view {
        (risk.listed, risk.maintenanceHaircutBps) = (p.listed, p.maintenanceHaircutBps);
        risk.initialHaircutBps = p.initialHaircutBps;
        uint40 endsAt = p.endsAt;
        if (endsAt <= block.timestamp) return;
        Span memory span = Span(p.startedAt, endsAt);
        uint256 haircut = LinearRamp.at(p.fromHaircutBps, risk.maintenanceHaircutBps, span, block.timestamp);
        risk.maintenanceHaircutBps = uint16(haircut); // fits: between two values that do
    }

    function pairTargetOf(ListedPair memory p) internal view returns (PairRisk memory risk, PairRamp memory ramp) {
        risk = PairRisk(p.listed, p.maintenanceHaircutBps, p.initialHaircutBps);
        if (p.endsAt > block.timestamp) ramp = PairRamp(p.fromHaircutBps, p.startedAt, p.endsAt);
    }

    /* SETTING */

    /// @notice A haircut that rises and a depth that falls ramp from where they are now, for as long as the slower of
    /// the two needs. The initial haircut is at once, and so is all that loosens.
    function startRamp(ListedCollateral storage c, CollateralRisk memory was, RampSpeeds memory speeds)
        internal
        returns (bool started)
    {
        CollateralRisk memory target = c.target.risk();
        uint256 haircutRise = _above(target.maintenanceHaircutBps, was.maintenanceHaircutBps);
        uint256 depthFall = _above(was.depth, target.depth);
        if (haircutRise == 0 && depthFall == 0) return false;
        uint256 duration = Math.max(
            Math.ceilDiv(haircutRise * 1 days, speeds.haircutBpsPerDay),
            Math.ceilDiv(depthFall * BPS * 1 days, uint256(target.depth) * speeds.depthBpsPerDay)
        );
        Span memory span = spanOf(duration);
        c.target = c.target.withRamping(true);
        c.ramp = CollateralRamp({
            fromHaircutBps: haircutRise == 0 ? target.maintenanceHaircutBps : was.maintenanceHaircutBps,
            fromDepth: depthFall == 0 ? target.depth : was.depth,
            startedAt: span.startedAt,
            endsAt: span.endsAt
        });
        return true;
    }

    /// @notice A cap that rises grows by a part of what it is now; one that is zero stays so for the wait, and then
    /// grows by that part of where it is to go.
    /// @dev No number of tokens bounds what is lent on them where whoever lists them tells their price as well, so what
    /// he cannot do without is time. The depth he declares plays no part.
    function startGrowth(ListedCollateral storage c, uint96 wasCap, RampSpeeds memory speeds)
        internal
        returns (bool started)
    {
        uint96 cap = c.target.supplyCap();
        if (cap <= wasCap) return false;
        c.target = c.target.withGrowing(true);
        c.growth = wasCap == 0
            ? GrowingCap.growthFrom(0, cap, speeds.capGrowthBpsPerDay, block.timestamp + GrowingCap.WAIT)
            : GrowingCap.growthFrom(wasCap, wasCap, speeds.capGrowthBpsPerDay, block.timestamp);
        return true;
    }

    /// @notice Forgets what has ended, so that nobody reads it any more.
    function settle(ListedCollateral storage c) internal returns (bool settled) {
        CollateralWord target = c.target;
        if (target.isRamping() && block.timestamp >= c.ramp.endsAt) {
            target = target.withRamping(false);
            settled = true;
        }
        if (target.isGrowing() && capNow(c) == target.supplyCap()) {
            target = target.withGrowing(false);
            settled = true;
        }
        if (settled) c.target = target;
    }

    /// @param was now, and nothing where the pair never was listed: then it counted nothing, and no haircut tightens it
    function rampedPair(PairRisk calldata risk, PairRisk memory was, RampSpeeds memory speeds)
        internal
        view
        returns (ListedPair memory p)
    {
        p.listed = risk.listed;
        p.maintenanceHaircutBps = risk.maintenanceHaircutBps;
        p.initialHaircutBps = risk.initialHaircutBps;
        if (was.maintenanceHaircutBps == 0 || risk.maintenanceHaircutBps <= was.maintenanceHaircutBps) return p;
        uint256 rise = risk.maintenanceHaircutBps - was.maintenanceHaircutBps;
        Span memory span = spanOf(Math.ceilDiv(rise * 1 days, speeds.haircutBpsPerDay));
        (p.fromHaircutBps, p.startedAt, p.endsAt) = (was.maintenanceHaircutBps, span.startedAt, span.endsAt);
    }

    function spanOf(uint256 duration) internal view returns (Span memory) {
        if (duration > MAX_RAMP) revert IMarginPolicy.RampTooLong(duration, MAX_RAMP);
        // fits: timestamps do
        return Span(uint40(block.timestamp), uint40(block.timestamp + Math.max(duration, MIN_RAMP)));
    }

    /// @dev To where `ramp` is now.
    function _takeBack(CollateralRisk memory risk, CollateralRamp memory ramp) private view {
        Span memory span = Span(ramp.startedAt, ramp.endsAt);
        uint256 haircut = LinearRamp.at(ramp.fromHaircutBps, risk.maintenanceHaircutBps, span, block.timestamp);
        // fit: between two values that do
        risk.maintenanceHaircutBps = uint16(haircut);
        risk.depth = uint96(LinearRamp.at(ramp.fromDepth, risk.depth, span, block.timestamp));
    }

    function _above(uint256 a, uint256 b) private pure returns (uint256) {
        return a > b ? a - b : 0;
    }
}
