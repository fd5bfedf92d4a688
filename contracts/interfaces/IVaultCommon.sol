// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {AccountId} from "../types/AccountId.sol";
import {InstrumentId} from "../types/InstrumentId.sol";
import {ILossWaterfall} from "./ILossWaterfall.sol";
import {IMarginPolicy} from "./IMarginPolicy.sol";
import {IPriceOracle} from "./IPriceOracle.sol";
import {IRiskEngine} from "./IRiskEngine.sol";

/// @title What both parts of the vault have
/// @notice Events, errors, and what never changes. Replaying the events rebuilds accounts and pool.
interface IVaultCommon {
    event CashChanged(AccountId indexed account, int256 delta, int256 principal);
    event CollateralChanged(AccountId indexed account, address indexed asset, int256 delta, uint256 amount);
    /// @param borrowRatePpm what debtors pay from here on, millionths a year
    /// @param reserves quote WAD
    event PoolChanged(uint256 supplyIndex, uint256 borrowIndex, uint256 borrowRatePpm, uint256 reserves);
    event LossSocialised(AccountId indexed account, uint256 loss);
    event ModeChanged(AccountId indexed account, uint8 mode, uint8 maxCollaterals);
    event OperatorChanged(AccountId indexed account, address indexed operator, uint8 rights, uint40 expiry);
    /// @notice A position is now `size` with the stored `basis`; gone where both are zero.
    /// @param size WAD, long > 0
    /// @param basis quote WAD, of a perpetual: its cost basis less the funding index times its size
    event PositionChanged(AccountId indexed account, InstrumentId indexed instrument, int256 size, int256 basis);
    /// @param perpetuals long ones of all accounts, WAD
    /// @param options short ones of all accounts, WAD
    /// @param unsettled quote WAD that winners were paid before losers have paid it
    event MarketChanged(uint8 indexed underlying, uint256 perpetuals, uint256 options, int256 unsettled);
    /// @param index quote WAD that one unit long has paid since the beginning
    /// @param rate quote WAD a second for one unit long, from here on
    event FundingChanged(uint8 indexed underlying, int256 index, int256 rate);
    event WaterfallChanged(ILossWaterfall indexed waterfall);
    /// @param stoppedAt live time, which stands there until liquidations open
    /// @param outageBefore seconds of sequencer outage that live time no longer counts
    event PauseChanged(
        address indexed by, bool paused, uint256 liquidationsOpenAt, uint256 stoppedAt, uint256 outageBefore
    );

    /// @notice The system is in the middle of moving a token: no step and no view may be used.
    error Locked();
    error NotAuthorised(AccountId account, address caller, uint8 right);
    /// @notice An operator may send tokens to the owner only.
    error RecipientNotOwner(AccountId account, address recipient);
    error OnlyWaterfall(address caller);
    error RightsOutOfBounds(uint8 rights, uint8 most);
    error ZeroAmount();
    error ZeroRecipient();
    error SameAccount(AccountId account);
    error DifferentOwners(AccountId from, AccountId to);
    /// @notice A stranger may add cash, or more of what the account holds, but no further collateral.
    error CollateralNotHeld(AccountId account, address asset);
    /// @notice The price of `asset` is Down: nothing of it is added to other collateral, and other collateral is added
    /// to it only to top up a debt that something else backs as well.
    error CollateralDown(AccountId account, address asset);
    error AssetNotListed(address asset);
    /// @notice The token delivered less than it was asked for: it charges on transfer.
    error TransferShort(address asset, uint256 asked, uint256 received);
    error AmountTooLarge(address asset, uint256 amount, uint256 most);
    error SupplyCapExceeded(address asset, uint256 total, uint256 cap);
    error BorrowCapExceeded(uint256 totalBorrow, uint256 cap);
    error TooManyCollaterals(AccountId account, uint256 most);
    error TooManyPositions(AccountId account, uint256 most);
    error InsufficientCollateral(AccountId account, address asset, uint256 asked, uint256 held);
    error InsufficientCash(AccountId account, uint256 asked, int256 cash);
    /// @notice The pool has lent out what is asked for.
    error InsufficientLiquidity(uint256 asked, uint256 available);
    error NoDebt(AccountId account);
    error DebtBelowMinimum(AccountId account, uint256 debt, uint256 least);
    /// @notice At the end of the call the account would be short of initial margin, and was not just made safer.
    error Undercollateralised(AccountId account, int256 equity, uint256 initialRequirement);
    /// @notice The running call has changed the account, and the check at its end is still to come.
    error Unsettled(AccountId account);
    /// @notice While paused an indebted account may only be made safer.
    error Paused(AccountId account);
    error EtherRefused(uint256 value);
    /// @notice The part of the vault was made for another quote token, policy or risk engine.
    error PartOfAnother(address part);
    error AlreadyPaused();
    error NotPaused();

    function quote() external view returns (address);

    /// @notice Quote WAD of one quote token unit: `10 ** (18 - decimals)`.
    function quoteScale() external view returns (uint256);

    function policy() external view returns (IMarginPolicy);

    function riskEngine() external view returns (IRiskEngine);

    /// @notice The risk engine's oracle, which knows the sequencer's outages.
    function oracle() external view returns (IPriceOracle);
}
