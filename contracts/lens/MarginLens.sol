// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {Bytes} from "@openzeppelin/contracts/utils/Bytes.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {AccountReport, ExpiryReport, IMarginLens, UnderlyingReport} from "../interfaces/IMarginLens.sol";
import {IMarginPolicy} from "../interfaces/IMarginPolicy.sol";
import {IMarginVault} from "../interfaces/IMarginVault.sol";
import {IStandardMargin} from "../interfaces/IStandardMargin.sol";
import {IPriceOracle} from "../interfaces/IPriceOracle.sol";
import {IRiskEngine} from "../interfaces/IRiskEngine.sol";
import {IVaultCommon} from "../interfaces/IVaultCommon.sol";
import {Volatility} from "../interfaces/IVolatilityFeed.sol";
import {LiquidationMath} from "../math/LiquidationMath.sol";
import {AccountId} from "../types/AccountId.sol";
import {InstrumentId} from "../types/InstrumentId.sol";
import {Assessment} from "../types/Margin.sol";
import {MarginCall, MarginState} from "../types/MarginCall.sol";
import {CollateralRisk, LiquidationTerms, PairRisk} from "../types/PolicyParams.sol";
import {Portfolio, Position} from "../types/Portfolio.sol";
import {Price} from "../types/Price.sol";
import {SETTLEMENT_WINDOW} from "../types/Settlement.sol";

/// @title Batched reads
contract MarginLens is IMarginLens {
    IMarginVault public immutable vault;
    IPriceOracle public immutable oracle;
    IMarginPolicy public immutable policy;
    IRiskEngine public immutable riskEngine;
    IStandardMargin public immutable positionModel;

    constructor(IMarginVault vault_) {
        vault = vault_;
        oracle = vault_.oracle();
        policy = vault_.policy();
        riskEngine = vault_.riskEngine();
        positionModel = riskEngine.positionModel();
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
        (uint8 downLegs, uint8 downPositions) = _down(a.downLegs, p.collateral.length);
        uint8 positions = uint8(p.positions.length); // fits: at most 32
        return abi.encodePacked(money, marginCall.deadline, uint8(state), downLegs, positions, downPositions);
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
        LiquidationTerms memory terms = policy.liquidationWord().terms();
        r.state = LiquidationMath.stateOf(r.assessment, r.marginCall, vault.liveTime(), terms);
        r.floorBonusCents = terms.floorBonusCents;
        r.largestBorrow = Math.min(riskEngine.largestBorrow(r.portfolio), vault.liquidity() * vault.quoteScale());
        r.underlyings = _instruments(_idsOf(r.portfolio.positions));
        r.timestamp = block.timestamp;
    }

    /// @inheritdoc IMarginLens
    function instruments(InstrumentId[] calldata ids) external view returns (UnderlyingReport[] memory) {
        return _instruments(ids);
    }

    /// @inheritdoc IMarginLens
    function prices(address[] calldata assets) external view returns (Price[] memory read) {
        read = new Price[](assets.length);
        for (uint256 i; i < assets.length; ++i) {
            read[i] = oracle.read(assets[i]);
        }
    }

    function _instruments(InstrumentId[] memory ids) private view returns (UnderlyingReport[] memory reports) {
        uint256 count;
        for (uint256 i; i < ids.length; ++i) {
            if (_opensUnderlying(ids, i)) ++count;
        }
        reports = new UnderlyingReport[](count);
        count = 0;
        for (uint256 i; i < ids.length; ++i) {
            if (_opensUnderlying(ids, i)) _readUnderlying(reports[count++], ids, i);
        }
    }

    /// @param from where the underlying's first id is
    function _readUnderlying(UnderlyingReport memory r, InstrumentId[] memory ids, uint256 from) private view {
        uint8 underlying = ids[from].underlying();
        r.underlying = underlying;
        (r.index, r.perpetual) = positionModel.policy().feedsOf(underlying);
        (r.indexPrice, r.perpetualPrice) = (oracle.read(r.index), oracle.read(r.perpetual));
        r.risk = positionModel.policy().riskOf(underlying);
        r.scenarios = positionModel.policy().scenariosOf(underlying);
        r.delta = positionModel.policy().deltaTermsOf(underlying);
        (r.initialScale, r.maintenanceScale) = positionModel.realisedVolatility().scales(r.index);

        uint256 to = from + 1;
        while (to < ids.length && !_opensUnderlying(ids, to)) ++to;
        uint256 count;
        for (uint256 i = from; i < to; ++i) {
            if (_opensExpiry(ids, i)) ++count;
        }
        r.expiries = new ExpiryReport[](count);
        count = 0;
        for (uint256 i = from; i < to; ++i) {
            if (_opensExpiry(ids, i)) r.expiries[count++] = _readExpiry(r.index, ids[i].expiry());
        }
    }

    function _opensUnderlying(InstrumentId[] memory ids, uint256 i) private pure returns (bool) {
        return i == 0 || ids[i].underlying() != ids[i - 1].underlying();
    }

    function _opensExpiry(InstrumentId[] memory ids, uint256 i) private pure returns (bool) {
        if (!ids[i].isOption()) return false;
        return _opensUnderlying(ids, i) || ids[i].expiry() != ids[i - 1].expiry();
    }

    /// @dev What the margin model reads, and where it does.
    function _readExpiry(address index, uint256 expiry) private view returns (ExpiryReport memory e) {
        e.expiry = expiry;
        if (block.timestamp >= expiry) {
            (e.settlementPrice, e.settlementStatus) = positionModel.settlementFeed().settlementOf(index, expiry);
            return e;
        }
        Volatility memory volatility = positionModel.volatilityFeed().read(index, expiry);
        (e.svi, e.volatilityStatus) = (volatility.svi, volatility.status);
        if (expiry - block.timestamp < SETTLEMENT_WINDOW) {
            (e.fixedWeight, e.fixedAverage) = positionModel.settlementFeed().averageSoFar(index, expiry);
        }
    }

    function _idsOf(Position[] memory positions) private pure returns (InstrumentId[] memory ids) {
        ids = new InstrumentId[](positions.length);
        for (uint256 i; i < ids.length; ++i) {
            ids[i] = positions[i].instrument;
        }
    }

    /// @return legs of the collateral that are down, bit by bit
    /// @return positions how many of the positions are
    function _down(uint256 bits, uint256 collaterals) private pure returns (uint8 legs, uint8 positions) {
        legs = uint8(bits & ((1 << collaterals) - 1)); // fits: at most eight collaterals
        for (bits >>= collaterals; bits != 0; bits &= bits - 1) {
            ++positions; // fits: at most 32
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
