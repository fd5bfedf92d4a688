// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Volatility} from "../interfaces/IVolatilityFeed.sol";
import {CollateralWord, toCollateralWord} from "../types/CollateralWord.sol";
import {DeltaTerms, InstrumentRisk, ScenarioTerms} from "../types/InstrumentParams.sol";
import {DeltaWord, toDeltaWord} from "../types/DeltaWord.sol";
import {InstrumentWord, toInstrumentWord} from "../types/InstrumentWord.sol";
import {CollateralRisk} from "../types/PolicyParams.sol";
import {Price} from "../types/Price.sol";
import {ScenarioWord, toScenarioWord} from "../types/ScenarioWord.sol";
import {SettlementStatus} from "../types/Settlement.sol";

/// @notice Oracle, feeds and policies in one, that say what they are told: for random cases in tests.
contract MarketData {
    struct Underlying {
        Price index;
        Price perpetual;
        InstrumentRisk risk;
        uint256 initialScale;
        uint256 maintenanceScale;
    }

    struct Expiry {
        Volatility volatility;
        uint256 fixedWeight;
        uint256 fixedAverage;
        uint256 settlement;
        SettlementStatus status;
    }

    mapping(address key => Price) private _prices;
    mapping(uint8 number => Underlying) private _underlyings;
    mapping(address key => mapping(uint256 expiry => Expiry)) private _expiries;
    mapping(uint8 number => ScenarioWord) private _scenarios;
    mapping(uint8 number => DeltaWord) private _delta;
    mapping(address asset => CollateralWord) private _collateral;

    function setUnderlying(uint8 number, Underlying calldata u) external {
        _underlyings[number] = u;
        _prices[_key(number, 0)] = u.index;
        _prices[_key(number, 1)] = u.perpetual;
    }

    function setExpiry(uint8 number, uint256 expiry, Expiry calldata e) external {
        _expiries[_key(number, 0)][expiry] = e;
    }

    function setScenarios(uint8 number, ScenarioTerms calldata terms) external {
        _scenarios[number] = toScenarioWord(terms);
    }

    function setDeltaTerms(uint8 number, DeltaTerms calldata terms) external {
        _delta[number] = toDeltaWord(terms);
    }

    function setCollateral(address asset, CollateralRisk calldata risk) external {
        _collateral[asset] = toCollateralWord(risk);
    }

    /// @notice Of an asset that is no underlying's.
    function setPrice(address key, Price calldata price) external {
        _prices[key] = price;
    }

    /// @notice As `IPriceOracle`.
    function read(address key) external view returns (Price memory) {
        return _prices[key];
    }

    /// @notice As `IVolatilityFeed`.
    function read(address key, uint256 expiry) external view returns (Volatility memory) {
        return _expiries[key][expiry].volatility;
    }

    /// @notice As `ISettlementFeed`, and the next.
    function averageSoFar(address key, uint256 expiry) external view returns (uint256, uint256) {
        Expiry storage e = _expiries[key][expiry];
        return (e.fixedWeight, e.fixedAverage);
    }

    function settlementOf(address key, uint256 expiry) external view returns (uint256, SettlementStatus) {
        Expiry storage e = _expiries[key][expiry];
        return (e.settlement, e.status);
    }

    /// @notice As `IRealisedVolatility`.
    function scales(address key) external view returns (uint256, uint256) {
        Underlying storage u = _underlyings[uint8(uint160(key) >> 1)];
        return (u.initialScale, u.maintenanceScale);
    }

    /// @notice As `IInstrumentPolicy`.
    function riskWord(uint8 number) external view returns (address, address, InstrumentWord) {
        InstrumentWord word = toInstrumentWord(_underlyings[number].risk).withDeltaFloor(_delta[number].isFloor());
        return (_key(number, 0), _key(number, 1), word);
    }

    function scenarioWord(uint8 number) external view returns (ScenarioWord) {
        return _scenarios[number];
    }

    function deltaWord(uint8 number) external view returns (DeltaWord) {
        return _delta[number];
    }

    /// @notice As `IMarginPolicy`.
    function collateralWord(address asset) external view returns (CollateralWord) {
        return _collateral[asset];
    }

    function _key(uint8 number, uint160 which) private pure returns (address) {
        return address((uint160(number) << 1) + which);
    }
}
