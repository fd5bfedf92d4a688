// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {AccountId} from "./AccountId.sol";
import {InstrumentId} from "./InstrumentId.sol";

/// @notice An ERC-20 credited to one account.
/// @dev One storage slot: 20 + 12 bytes. 2**96 is 79 billion whole units of an 18-decimal token.
struct Holding {
    address asset;
    /// token units
    uint96 amount;
}

/// @notice A signed amount of an instrument.
struct Position {
    InstrumentId instrument;
    /// WAD, long > 0
    int256 size;
    /// quote WAD paid for the size so far (perpetuals), 0 otherwise
    int256 costBasis;
}

/// @notice All that a margin model needs to know of an account, interest accrued to now. The vault builds it and the
/// risk engine reads it: the vault knows no prices, the engine knows no balances.
struct Portfolio {
    AccountId account;
    /// which margin model measures the account, see `MarginMode`
    uint8 mode;
    /// quote WAD; negative is debt, rounded against the account
    int256 cash;
    Holding[] collateral;
    Position[] positions;
}

/// @notice Numbers of the margin models that every deployment has. Further models take further numbers.
library MarginMode {
    uint8 internal constant CROSS = 0;
    uint8 internal constant ISOLATED = 1;
}
