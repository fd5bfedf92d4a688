// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {SviParameters, SviWord, toSviWord} from "./SviWord.sol";

/// @notice One expiry of a volatility surface, signed by a publisher.
struct VolatilityUpdate {
    /// the oracle's key of the index
    address underlying;
    /// seconds
    uint40 expiry;
    SviParameters parameters;
    /// half of the width in which the publisher sees the volatility at the money, of that volatility
    uint16 confidenceBps;
    /// when this was so, seconds
    uint40 timestamp;
}

using {toSlice} for VolatilityUpdate global;

string constant SVI_PARAMETERS = "SviParameters(int40 a,uint40 b,int40 rho,int40 m,uint40 sigma)";
bytes32 constant SVI_PARAMETERS_TYPE = keccak256(bytes(SVI_PARAMETERS));
bytes32 constant VOLATILITY_UPDATE_TYPE = keccak256(
    abi.encodePacked(
        "VolatilityUpdate(address underlying,uint40 expiry,SviParameters parameters,uint16 confidenceBps,",
        "uint40 timestamp)",
        SVI_PARAMETERS
    )
);

/// @notice The struct hash of EIP-712.
function hashVolatilityUpdate(VolatilityUpdate calldata update) pure returns (bytes32) {
    return keccak256(
        abi.encode(
            VOLATILITY_UPDATE_TYPE,
            update.underlying,
            update.expiry,
            keccak256(abi.encode(SVI_PARAMETERS_TYPE, update.parameters)),
            update.confidenceBps,
            update.timestamp
        )
    );
}

function toSlice(VolatilityUpdate calldata update) pure returns (SviWord) {
    return toSviWord(update.parameters, update.timestamp, update.confidenceBps);
}
