// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IMarginModel} from "../interfaces/IMarginModel.sol";
import {IPositionModel} from "../interfaces/IPositionModel.sol";
import {Portfolio, Position} from "../types/Portfolio.sol";

/// @notice What a check costs by itself: the gas of the second of two equal calls, whose storage is warm, with what it
/// takes to make the call.
contract CheckMeter {
    function ofPositions(IPositionModel model, Position[] calldata positions) external view returns (uint256 gas) {
        model.assess(positions);
        gas = gasleft();
        model.assess(positions);
        gas -= gasleft();
    }

    function ofPortfolio(IMarginModel model, Portfolio calldata portfolio) external view returns (uint256 gas) {
        model.assess(portfolio);
        gas = gasleft();
        model.assess(portfolio);
        gas -= gasleft();
    }
}
