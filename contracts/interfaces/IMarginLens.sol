// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {AccountId} from "../types/AccountId.sol";
import {Assessment} from "../types/Margin.sol";
import {MarginCall, MarginState} from "../types/MarginCall.sol";
import {CollateralRisk, PairRisk} from "../types/PolicyParams.sol";
import {Portfolio} from "../types/Portfolio.sol";
import {Price} from "../types/Price.sol";

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
}

/// @title Batched reads for keepers and screens
/// @notice Nothing on chain depends on it. An account that the running call has changed cannot be assessed here before
/// that call ends (`isSettled` of the vault).
interface IMarginLens {
    /// @notice For each account 105 bytes, no padding: `int128 cash, int128 markEquity, uint128 initial (mark),
    /// uint128 maintenance (mark), int128 betterEquity, uint128 betterMaintenance` (quote WAD, 16 bytes each),
    /// `uint40 deadline` (live time, 0 where not called), `uint8 state`, `uint8 downLegs`, `uint16 0`.
    /// An account that cannot be assessed is 105 bytes of 0xff.
    function margins(AccountId[] calldata accounts) external view returns (bytes memory packed);

    /// @notice Reverts where the account cannot be assessed.
    function report(AccountId account) external view returns (AccountReport memory);

    /// @notice Guarded prices, in the order asked.
    function prices(address[] calldata assets) external view returns (Price[] memory);
}
