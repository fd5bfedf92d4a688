// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {AccountId} from "../types/AccountId.sol";
import {InstrumentId} from "../types/InstrumentId.sol";
import {DeltaTerms, InstrumentRisk, ScenarioTerms} from "../types/InstrumentParams.sol";
import {Assessment} from "../types/Margin.sol";
import {MarginCall, MarginState} from "../types/MarginCall.sol";
import {CollateralRisk, PairRisk} from "../types/PolicyParams.sol";
import {Portfolio} from "../types/Portfolio.sol";
import {Price, PriceStatus} from "../types/Price.sol";
import {SettlementStatus} from "../types/Settlement.sol";
import {SviWord} from "../types/SviWord.sol";

/// @notice What options of one underlying and expiry are priced with.
struct ExpiryReport {
    uint256 expiry;
    /// with confidence and time of publication; zero once the expiry has passed
    SviWord svi;
    PriceStatus volatilityStatus;
    /// WAD and quote WAD: `ISettlementFeed.averageSoFar`, zero before the window and after it
    uint256 fixedWeight;
    uint256 fixedAverage;
    /// quote WAD: `ISettlementFeed.settlementOf`, zero before the expiry
    uint256 settlementPrice;
    SettlementStatus settlementStatus;
}

/// @notice What positions in one underlying are measured with.
struct UnderlyingReport {
    uint8 underlying;
    /// keys of the two prices
    address index;
    address perpetual;
    Price indexPrice;
    Price perpetualPrice;
    InstrumentRisk risk;
    DeltaTerms delta;
    /// of dynamic margin, WAD
    uint256 initialScale;
    uint256 maintenanceScale;
    /// of portfolio margin, all zero where none was ever set
    ScenarioTerms scenarios;
    /// in the order asked
    ExpiryReport[] expiries;
}

/// @notice Everything there is to say of one account.
struct AccountReport {
    Portfolio portfolio;
    Price[] prices;
    CollateralRisk[] risks;
    PairRisk[] pairs;
    Assessment assessment;
    MarginState state;
    MarginCall marginCall;
    /// quote WAD, the smaller of what margin and the pool allow
    uint256 largestBorrow;
    /// token units, by leg
    uint256[] largestWithdrawals;
    /// what the positions are measured with: `instruments`
    UnderlyingReport[] underlyings;
    /// least bonus of a liquidation, hundredths of a quote unit: decides what an account with positions requires at
    /// least
    uint32 floorBonusCents;
    /// of the block, seconds
    uint256 timestamp;
}

/// @title Batched reads for keepers and screens
/// @notice Nothing on chain depends on it. An account that the running call has changed cannot be assessed here before
/// that call ends (`isSettled` of the vault).
interface IMarginLens {
    /// @notice For each account 105 bytes, no padding: `int128 cash, int128 markEquity, uint128 initial (mark),
    /// uint128 maintenance (mark), int128 betterEquity, uint128 betterMaintenance` (quote WAD, 16 bytes each),
    /// `uint40 deadline` (live time, 0 where not called), `uint8 state`, `uint8 downLegs` (of the collateral, bit by
    /// bit), `uint8 positions` (how many), `uint8 downPositions` (how many of them cannot be priced).
    /// An account that cannot be assessed is 105 bytes of 0xff.
    function margins(AccountId[] calldata accounts) external view returns (bytes memory packed);

    /// @notice Reverts where the account cannot be assessed.
    function report(AccountId account) external view returns (AccountReport memory);

    /// @notice What positions in `ids` are measured with, by underlying and expiry: what the margin model would read.
    /// @param ids in their order, as a portfolio has them: an underlying or expiry comes once
    function instruments(InstrumentId[] calldata ids) external view returns (UnderlyingReport[] memory);

    /// @notice Guarded prices, in the order asked.
    function prices(address[] calldata assets) external view returns (Price[] memory);
}
