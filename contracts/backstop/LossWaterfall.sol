// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {IDefaultFund} from "../interfaces/IDefaultFund.sol";
import {ILossWaterfall} from "../interfaces/ILossWaterfall.sol";
import {IMarginVault} from "../interfaces/IMarginVault.sol";
import {Rounding} from "../math/Rounding.sol";
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
            // whole token units, rounded up: the account keeps what is over
            uint256 scale = vault.quoteScale();
            uint256 paid = fund.payLoss(account, Rounding.divUp(shortfall - covered, scale)) * scale;
            fromFund = Math.min(paid, shortfall - covered);
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
