// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IDefaultFund} from "../interfaces/IDefaultFund.sol";
import {ILossWaterfall} from "../interfaces/ILossWaterfall.sol";
import {IMarginVault} from "../interfaces/IMarginVault.sol";
import {AccountId} from "../types/AccountId.sol";
import {ModuleRight} from "../types/ModuleRight.sol";

/// @title The loss waterfall
contract LossWaterfall is ILossWaterfall {
    IMarginVault public immutable vault;
    IDefaultFund public immutable fund;

    constructor(IMarginVault vault_, IDefaultFund fund_) {
        vault = vault_;
        fund = fund_;
    }

    /// @inheritdoc ILossWaterfall
    function cover(AccountId account, uint256 shortfall) external returns (uint256 covered) {
        if (vault.moduleRights(msg.sender) & ModuleRight.TAKE_OVER == 0) revert OnlyLiquidator(msg.sender);
        uint256 fromReserves = vault.drawReserves(account, shortfall);
        covered = fromReserves;

        uint256 fromFund;
        if (covered < shortfall) {
            // by way of the reserves: a plain transfer must leave no debt below the least, and this one may, since
            // what is left goes with the liquidation
            uint256 paid = fund.payLoss(account, shortfall - covered);
            if (paid != 0) fromFund = vault.drawReserves(account, paid);
            covered += fromFund;
        }
        uint256 socialised;
        if (covered < shortfall) {
            uint256 capBps = vault.policy().liquidationTerms().socialisationCapBps;
            socialised = vault.socialise(account, shortfall - covered, capBps);
            covered += socialised;
        }
        emit ShortfallCovered(account, shortfall, fromReserves, fromFund, socialised, shortfall - covered);
    }
}
