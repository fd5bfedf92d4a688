// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {Bytes} from "@openzeppelin/contracts/utils/Bytes.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {AccountReport, IMarginLens} from "../interfaces/IMarginLens.sol";
import {IMarginPolicy} from "../interfaces/IMarginPolicy.sol";
import {IMarginVault} from "../interfaces/IMarginVault.sol";
import {IPriceOracle} from "../interfaces/IPriceOracle.sol";
import {IRiskEngine} from "../interfaces/IRiskEngine.sol";
import {IVaultCommon} from "../interfaces/IVaultCommon.sol";
import {LiquidationMath} from "../math/LiquidationMath.sol";
import {AccountId} from "../types/AccountId.sol";
import {Assessment} from "../types/Margin.sol";
import {MarginCall, MarginState} from "../types/MarginCall.sol";
import {CollateralRisk, PairRisk} from "../types/PolicyParams.sol";
import {Portfolio} from "../types/Portfolio.sol";
import {Price} from "../types/Price.sol";

/// @title Batched reads
contract MarginLens is IMarginLens {
    IMarginVault public immutable vault;
    IPriceOracle public immutable oracle;
    IMarginPolicy public immutable policy;
    IRiskEngine public immutable riskEngine;

    constructor(IMarginVault vault_) {
        vault = vault_;
        oracle = vault_.oracle();
        policy = vault_.policy();
        riskEngine = vault_.riskEngine();
    }

    /// @inheritdoc IMarginLens
    function margins(AccountId[] calldata accounts) external view returns (bytes memory packed) {
        bytes[] memory rows = new bytes[](accounts.length);
        for (uint256 i; i < accounts.length; ++i) {
            try this.row(accounts[i]) returns (bytes memory row_) {
                rows[i] = row_;
            } catch {
                rows[i] = _unknown();
            }
        }
        return Bytes.concat(rows);
    }

    /// @notice One row of `margins`. Reverts where `margins` says unknown.
    function row(AccountId account) external view returns (bytes memory) {
        _requireSettled(account);
        (Portfolio memory p, Assessment memory a, MarginCall memory marginCall) = vault.assess(account);
        bytes memory money = abi.encodePacked(
            int128(p.cash),
            int128(a.mark.equity),
            uint128(a.mark.initial),
            uint128(a.mark.maintenance),
            int128(a.better.equity),
            uint128(a.better.maintenance)
        );
        MarginState state = LiquidationMath.stateOf(a, marginCall, vault.liveTime(), policy.liquidationWord().terms());
        return abi.encodePacked(money, marginCall.deadline, uint8(state), uint8(a.downLegs), uint16(0));
    }

    /// @inheritdoc IMarginLens
    function report(AccountId account) external view returns (AccountReport memory r) {
        _requireSettled(account);
        (r.portfolio, r.assessment, r.marginCall) = vault.assess(account);
        uint256 legs = r.portfolio.collateral.length;
        r.prices = new Price[](legs);
        r.risks = new CollateralRisk[](legs);
        r.pairs = new PairRisk[](legs);
        r.largestWithdrawals = new uint256[](legs);
        for (uint256 i; i < legs; ++i) {
            address asset = r.portfolio.collateral[i].asset;
            r.prices[i] = oracle.read(asset);
            r.risks[i] = policy.collateralRisk(asset);
            r.pairs[i] = policy.pairRisk(asset);
            r.largestWithdrawals[i] = riskEngine.largestWithdrawal(r.portfolio, asset);
        }
        r.state =
            LiquidationMath.stateOf(r.assessment, r.marginCall, vault.liveTime(), policy.liquidationWord().terms());
        r.largestBorrow = Math.min(riskEngine.largestBorrow(r.portfolio), vault.liquidity() * vault.quoteScale());
    }

    /// @inheritdoc IMarginLens
    function prices(address[] calldata assets) external view returns (Price[] memory read) {
        read = new Price[](assets.length);
        for (uint256 i; i < assets.length; ++i) {
            read[i] = oracle.read(assets[i]);
        }
    }

    /// @dev What an account holds in the middle of a call is no answer to how it stands.
    function _requireSettled(AccountId account) private view {
        if (!vault.isSettled(account)) revert IVaultCommon.Unsettled(account);
    }

    /// @dev As long as a row, all ones.
    function _unknown() private pure returns (bytes memory) {
        bytes32 ones = bytes32(type(uint256).max);
        return abi.encodePacked(ones, ones, ones, bytes9(ones));
    }
}
