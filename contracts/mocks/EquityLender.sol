// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {AccountReport, IMarginLens} from "../interfaces/IMarginLens.sol";
import {AccountId} from "../types/AccountId.sol";

/// @notice A protocol of somebody else's that lends against what the lens says an account is worth.
contract EquityLender {
    using SafeERC20 for IERC20;

    IMarginLens public immutable lens;
    IERC20 public immutable token;
    /// quote WAD of one unit of the token
    uint256 public immutable scale;

    constructor(IMarginLens lens_, IERC20 token_, uint256 scale_) {
        (lens, token, scale) = (lens_, token_, scale_);
    }

    /// @notice Pays the caller half of the account's equity.
    function lend(AccountId account) external returns (uint256 amount) {
        AccountReport memory report = lens.report(account);
        int256 equity = report.assessment.worse.equity;
        amount = equity > 0 ? uint256(equity) / scale / 2 : 0;
        token.safeTransfer(msg.sender, amount);
    }
}
