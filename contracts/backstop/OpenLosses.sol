// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IMarginVault} from "../interfaces/IMarginVault.sol";
import {IOpenLosses} from "../interfaces/IOpenLosses.sol";
import {AccountId} from "../types/AccountId.sol";
import {Assessment} from "../types/Margin.sol";

/// @title Losses that are known and not yet paid
contract OpenLosses is IOpenLosses {
    IMarginVault public immutable vault;

    /// @inheritdoc IOpenLosses
    uint256 public total;
    /// @inheritdoc IOpenLosses
    mapping(AccountId account => uint256 loss) public lossOf;

    constructor(IMarginVault vault_) {
        vault = vault_;
    }

    /// @inheritdoc IOpenLosses
    function report(AccountId account) external returns (uint256 loss) {
        // else an owner shows his account whole, leaves his tranche, and takes out again what he showed
        if (!vault.isSettled(account)) revert LossUnsettled(account);
        (, Assessment memory assessment,) = vault.assess(account);
        int256 equity = assessment.better.equity;
        loss = equity < 0 ? uint256(-equity) : 0;
        total = total - lossOf[account] + loss;
        lossOf[account] = loss;
        emit LossReported(account, msg.sender, loss, total);
    }
}
