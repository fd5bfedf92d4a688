// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Address} from "@openzeppelin/contracts/utils/Address.sol";
import {IMarginModel} from "../interfaces/IMarginModel.sol";
import {IPositionModel} from "../interfaces/IPositionModel.sol";
import {Portfolio, Position} from "../types/Portfolio.sol";

/// @notice What something costs by itself: the gas of the second of two like calls, whose storage is warm, with what it
/// takes to make the call.
contract CheckMeter {
    function ofPositions(IPositionModel model, Position[] calldata positions) external view returns (uint256 gas) {
        model.assess(positions);
        gas = gasleft();
        model.assess(positions);
        gas -= gasleft();
    }

    /// @dev To be asked by a call that is not sent, since what it calls changes things.
    function ofSecond(address target, bytes calldata first, bytes calldata second) external returns (uint256 gas) {
        Address.functionCall(target, first);
        gas = gasleft();
        Address.functionCall(target, second);
        gas -= gasleft();
    }

    function ofPortfolio(IMarginModel model, Portfolio calldata portfolio) external view returns (uint256 gas) {
        model.assess(portfolio);
        gas = gasleft();
        model.assess(portfolio);
        gas -= gasleft();
    }
}
