// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {AccountId} from "../types/AccountId.sol";
import {InstrumentId} from "../types/InstrumentId.sol";
import {Market} from "../types/Market.sol";
import {PriceStatus} from "../types/Price.sol";
import {SettlementStatus} from "../types/Settlement.sol";
import {IVaultCommon} from "./IVaultCommon.sol";

/// @title The book of positions
/// @notice Funding, and the settlement of profits, losses and expired options into cash.
interface IPositionBook is IVaultCommon {
    /// @param paid quote WAD into the account's cash, negative out of it
    event PositionSettled(AccountId indexed account, InstrumentId indexed instrument, int256 paid);

    error UnknownInstrument(InstrumentId instrument);
    error NothingToSettle(AccountId account, InstrumentId instrument);
    /// @notice A perpetual is settled at a price that is Live, and at no other.
    error PriceNotLive(InstrumentId instrument, PriceStatus status);
    /// @notice The account cannot pay what it owes, by `equity` (quote WAD): its losses stay what winners may come to
    /// go without, instead of becoming a debt to lenders.
    error Insolvent(AccountId account, int256 equity);
    error SettlementNotFinal(InstrumentId instrument, SettlementStatus status);
    /// @notice Of `value` that was won `room` can be paid before losers have paid.
    error UnsettledCapReached(uint8 underlying, int256 value, int256 room);

    /// @notice Brings the funding of `underlying` up to now, and its rate to what prices say. Anyone.
    function updateFunding(uint8 underlying) external;

    /// @notice Turns what a position is worth into cash: an expired option whose price is final, or the profit or loss
    /// of a perpetual so far, a profit reckoned at the worse price and a loss at the better one. A loss is paid whole,
    /// by who can pay it.
    /// A profit is paid as far as the policy lets winners be paid before losers have paid: so who has won settles the
    /// others first. Anyone; not while the vault is paused, for its price may be why, but for what has its price
    /// already.
    /// @return paid quote WAD into the account's cash, negative out of it
    function settle(AccountId account, InstrumentId instrument) external returns (int256 paid);

    /// @notice Size (WAD) and stored basis (quote WAD) of a position; zero where there is none.
    function positionOf(AccountId account, InstrumentId instrument) external view returns (int256 size, int256 basis);

    /// @notice As stored: the funding index is that of `fundingAt`.
    function marketOf(uint8 underlying) external view returns (Market memory);

    /// @notice Quote WAD that one unit long has paid in funding up to now.
    function fundingIndexOf(uint8 underlying) external view returns (int256);
}
