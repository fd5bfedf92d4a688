// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {IMarginModel} from "../interfaces/IMarginModel.sol";
import {IMarginPolicy} from "../interfaces/IMarginPolicy.sol";
import {IStandardMargin} from "../interfaces/IStandardMargin.sol";
import {IPriceOracle} from "../interfaces/IPriceOracle.sol";
import {IRiskEngine} from "../interfaces/IRiskEngine.sol";
import {Assessment, Sides} from "../types/Margin.sol";
import {Holding, MarginMode, Portfolio, Position} from "../types/Portfolio.sol";
import {CollateralLeg, CollateralMargin} from "./CollateralMargin.sol";
import {CrossMargin} from "./CrossMargin.sol";
import {IsolatedMargin} from "./IsolatedMargin.sol";
import {LeastRequirement} from "./LeastRequirement.sol";

/// @dev What a search knows: `least` can be withdrawn, `most` cannot. Token units, and the excess there.
struct Bracket {
    uint256 least;
    uint256 most;
    int256 excessAtLeast;
    int256 excessAtMost;
}

/// @title The risk engine
/// @dev Cross and isolated margin are part of it, since every check of every account would pay for the way to a
/// contract of their own; further models are contracts.
contract RiskEngine is IRiskEngine, AccessManaged {
    using CollateralMargin for Assessment;
    using LeastRequirement for Assessment;
    using CollateralMargin for CollateralLeg;

    IPriceOracle public immutable oracle;
    IMarginPolicy public immutable policy;
    /// @inheritdoc IRiskEngine
    IStandardMargin public immutable positionModel;

    mapping(uint8 mode => IMarginModel) private _models;

    constructor(address authority_, IPriceOracle oracle_, IMarginPolicy policy_, IStandardMargin positionModel_)
        AccessManaged(authority_)
    {
        oracle = oracle_;
        policy = policy_;
        positionModel = positionModel_;
    }

    /// @inheritdoc IRiskEngine
    function addModel(uint8 mode, IMarginModel model) external restricted {
        if (mode <= MarginMode.ISOLATED) revert ModeBuiltIn(mode);
        IMarginModel taken = _models[mode];
        if (address(taken) != address(0)) revert ModeTaken(mode, taken);
        _models[mode] = model;
        emit ModelAdded(mode, model);
    }

    /// @inheritdoc IRiskEngine
    function modelOf(uint8 mode) public view returns (IMarginModel model) {
        model = _models[mode];
        if (address(model) == address(0)) revert UnknownMode(mode);
    }

    /// @inheritdoc IRiskEngine
    function maxCollaterals(uint8 mode) external view returns (uint8) {
        if (mode == MarginMode.CROSS) return CrossMargin.MAX_COLLATERALS;
        if (mode == MarginMode.ISOLATED) return IsolatedMargin.MAX_COLLATERALS;
        return modelOf(mode).maxCollaterals();
    }

    /// @inheritdoc IRiskEngine
    function maxPositions(uint8 mode) external view returns (uint8) {
        if (mode == MarginMode.CROSS) return CrossMargin.MAX_POSITIONS;
        if (mode == MarginMode.ISOLATED) return IsolatedMargin.MAX_POSITIONS;
        return modelOf(mode).maxPositions();
    }

    /// @inheritdoc IRiskEngine
    function assess(Portfolio calldata portfolio) external view returns (Assessment memory) {
        return _assess(portfolio, Sides.All);
    }

    /// @inheritdoc IRiskEngine
    function assessHeld(Portfolio calldata portfolio) external view returns (Assessment memory) {
        return _assess(portfolio, Sides.Held);
    }

    /// @inheritdoc IRiskEngine
    function isCovered(Portfolio calldata portfolio) external view returns (bool) {
        bool isLoan = portfolio.mode <= MarginMode.ISOLATED && portfolio.positions.length == 0;
        if (!isLoan) return _excess(portfolio) >= 0;
        Holding[] calldata collateral = portfolio.collateral;
        bool isCross = portfolio.mode == MarginMode.CROSS;
        int256 free = portfolio.cash;
        for (uint256 i; i < collateral.length && free < 0; ++i) {
            free += _leg(collateral[i], i, isCross).counted(oracle.read(collateral[i].asset));
        }
        return free >= 0;
    }

    /// @inheritdoc IRiskEngine
    function health(Portfolio calldata portfolio) external view returns (int256) {
        return _assess(portfolio, Sides.Held).mark.health();
    }

    /// @inheritdoc IRiskEngine
    function excess(Portfolio calldata portfolio) external view returns (int256) {
        return _excess(portfolio);
    }

    /// @inheritdoc IRiskEngine
    function largestBorrow(Portfolio calldata portfolio) external view returns (uint256) {
        // cash enters equity one to one and requires nothing, so the excess is the answer
        int256 free = _excess(portfolio);
        return free > 0 ? uint256(free) : 0;
    }

    /// @inheritdoc IRiskEngine
    function largestWithdrawal(Portfolio memory portfolio, address asset) external view returns (uint256) {
        uint256 leg;
        while (leg < portfolio.collateral.length && portfolio.collateral[leg].asset != asset) ++leg;
        if (leg == portfolio.collateral.length) return 0;
        uint96 held = portfolio.collateral[leg].amount;
        if (portfolio.cash >= 0 && portfolio.positions.length == 0) return held;
        return _search(portfolio, leg, held);
    }

    /// @dev Largest w with `excess(w) >= 0`, by three probes a round: where the chord of the bracket crosses zero, a
    /// little beyond, and the middle. With an excess that bends little the first two close in from both sides in a few
    /// rounds; the middle bounds the rounds whatever the model does.
    function _search(Portfolio memory portfolio, uint256 leg, uint96 held) private view returns (uint256) {
        Bracket memory b = Bracket(0, held, 0, 0);
        b.excessAtLeast = _excessAfter(portfolio, leg, held, 0);
        if (b.excessAtLeast < 0) return 0;
        b.excessAtMost = _excessAfter(portfolio, leg, held, held);
        if (b.excessAtMost >= 0) return held;
        for (uint256 probe; b.most - b.least > 1; ++probe) {
            uint256 step = (b.most - b.least) / 2;
            if (probe % 3 != 2) {
                // fits: both below 2**180, and the bracket below 2**96
                step =
                    Math.mulDiv(b.most - b.least, uint256(b.excessAtLeast), uint256(b.excessAtLeast - b.excessAtMost));
                if (probe % 3 == 1) step = 4 * step + 1;
            }
            uint256 guess = b.least + Math.max(Math.min(step, b.most - b.least - 1), 1);
            int256 left = _excessAfter(portfolio, leg, held, guess);
            if (left >= 0) (b.least, b.excessAtLeast) = (guess, left);
            else (b.most, b.excessAtMost) = (guess, left);
        }
        return b.least;
    }

    /// @dev By way of a call, since the portfolio is in memory.
    function _excessAfter(Portfolio memory portfolio, uint256 leg, uint96 held, uint256 withdrawn)
        private
        view
        returns (int256)
    {
        portfolio.collateral[leg].amount = uint96(held - withdrawn); // fits: withdrawn <= held
        return this.excess(portfolio);
    }

    function _excess(Portfolio calldata portfolio) private view returns (int256) {
        return _assess(portfolio, Sides.Worse).worse.excess();
    }

    /// @param sides of positions; collateral costs little
    function _assess(Portfolio calldata portfolio, Sides sides) private view returns (Assessment memory assessment) {
        // looked up once: the way to a list within a list is checked at each step
        Position[] calldata positions = portfolio.positions;
        if (portfolio.mode > MarginMode.ISOLATED) {
            assessment = modelOf(portfolio.mode).assess(portfolio);
        } else {
            Holding[] calldata collateral = portfolio.collateral;
            bool isCross = portfolio.mode == MarginMode.CROSS;
            assessment = CollateralMargin.start(portfolio.cash, collateral.length + positions.length);
            for (uint256 i; i < collateral.length; ++i) {
                assessment.addLeg(i, _leg(collateral[i], i, isCross), oracle.read(collateral[i].asset));
            }
            if (positions.length != 0) {
                assessment.addPositions(collateral.length, positionModel.assessSides(positions, sides));
            }
        }
        if (positions.length != 0) assessment.raise(portfolio, policy.liquidationWord());
    }

    /// @dev Leg `i` of a portfolio that the engine measures itself.
    function _leg(Holding calldata holding, uint256 i, bool isCross) private view returns (CollateralLeg memory) {
        return isCross ? CrossMargin.leg(holding, policy) : IsolatedMargin.leg(holding, i, policy);
    }
}
