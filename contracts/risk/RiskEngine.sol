// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {IMarginModel} from "../interfaces/IMarginModel.sol";
import {IRiskEngine} from "../interfaces/IRiskEngine.sol";
import {Assessment} from "../types/Margin.sol";
import {Portfolio} from "../types/Portfolio.sol";

/// @title The risk engine
contract RiskEngine is IRiskEngine, AccessManaged {
    mapping(uint8 mode => IMarginModel) private _models;

    constructor(address authority_) AccessManaged(authority_) {}

    /// @inheritdoc IRiskEngine
    function addModel(uint8 mode, IMarginModel model) external restricted {
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
    function assess(Portfolio calldata portfolio) external view returns (Assessment memory) {
        return _assess(portfolio);
    }

    /// @inheritdoc IRiskEngine
    function health(Portfolio calldata portfolio) external view returns (int256) {
        return _assess(portfolio).mark.health();
    }

    /// @inheritdoc IRiskEngine
    function excess(Portfolio calldata portfolio) external view returns (int256) {
        return _assess(portfolio).worse.excess();
    }

    /// @inheritdoc IRiskEngine
    function largestBorrow(Portfolio calldata portfolio) external view returns (uint256) {
        // cash enters equity one to one and requires nothing, so the excess is the answer
        int256 free = _assess(portfolio).worse.excess();
        return free > 0 ? uint256(free) : 0;
    }

    /// @inheritdoc IRiskEngine
    function largestWithdrawal(Portfolio memory portfolio, address asset) external view returns (uint256) {
        uint256 leg;
        while (leg < portfolio.collateral.length && portfolio.collateral[leg].asset != asset) ++leg;
        if (leg == portfolio.collateral.length) return 0;
        uint96 held = portfolio.collateral[leg].amount;
        if (portfolio.cash >= 0 && portfolio.positions.length == 0) return held;
        if (_assess(portfolio).worse.excess() < 0) return 0;

        // invariant: `least` can be withdrawn; nothing above `most` can
        uint256 least;
        uint256 most = held;
        while (least < most) {
            uint256 middle = (least + most + 1) / 2;
            portfolio.collateral[leg].amount = uint96(held - middle); // fits: middle <= held
            if (_assess(portfolio).worse.excess() < 0) most = middle - 1;
            else least = middle;
        }
        return least;
    }

    function _assess(Portfolio memory portfolio) private view returns (Assessment memory) {
        return modelOf(portfolio.mode).assess(portfolio);
    }
}
