// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {AccountId} from "../types/AccountId.sol";
import {Assessment} from "../types/Margin.sol";
import {MarginCall} from "../types/MarginCall.sol";
import {Portfolio} from "../types/Portfolio.sol";
import {TakeOver} from "../types/TakeOver.sol";
import {CashPool} from "../math/InterestIndex.sol";
import {IMarginPolicy} from "./IMarginPolicy.sol";
import {IPriceOracle} from "./IPriceOracle.sol";
import {IRiskEngine} from "./IRiskEngine.sol";

/// @title The margin vault
/// @notice Holds all tokens, keeps each account's cash and collateral, and checks each touched account once, at the end
/// of the outermost call. It knows balances, not prices.
/// @dev Cash is quote WAD; negative cash is debt. Amounts are token units. Every function that changes an account may
/// be
/// a step of `batch`. Trust: the quote token and listed collaterals are ordinary ERC-20 tokens, which neither charge on
/// transfer (refused) nor change balances on their own; a token that calls back finds the vault locked.
/// Replaying the events rebuilds accounts and pool.
interface IMarginVault {
    event CashChanged(AccountId indexed account, int256 delta, int256 principal);
    event CollateralChanged(AccountId indexed account, address indexed asset, int256 delta, uint256 amount);
    event InterestAccrued(uint256 supplyIndex, uint256 borrowIndex, uint256 reserves);
    event ReservesChanged(int256 delta, uint256 reserves);
    event LossSocialised(AccountId indexed account, uint256 loss, uint256 supplyIndex);
    event ModeChanged(AccountId indexed account, uint8 mode, uint8 maxCollaterals);
    event OperatorChanged(AccountId indexed account, address indexed operator, uint8 rights, uint40 expiry);
    event ModuleChanged(address indexed module, uint8 rights);
    event TakenOver(AccountId indexed account, AccountId indexed bidder, uint256 fraction, int256 pay, uint256 fee);
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
    error NotModule(address caller, uint8 right);
    error RightsOutOfBounds(uint8 rights, uint8 most);
    error ZeroAmount();
    error ZeroRecipient();
    error SameAccount(AccountId account);
    error DifferentOwners(AccountId from, AccountId to);
    /// @notice A stranger may add cash, or more of what the account holds, but no further collateral.
    error CollateralNotHeld(AccountId account, address asset);
    error AssetNotListed(address asset);
    /// @notice The token delivered less than it was asked for: it charges on transfer.
    error TransferShort(address asset, uint256 asked, uint256 received);
    error AmountTooLarge(address asset, uint256 amount, uint256 most);
    error SupplyCapExceeded(address asset, uint256 total, uint256 cap);
    error BorrowCapExceeded(uint256 totalBorrow, uint256 cap);
    error TooManyCollaterals(AccountId account, uint256 most);
    error InsufficientCollateral(AccountId account, address asset, uint256 asked, uint256 held);
    error InsufficientCash(AccountId account, uint256 asked, int256 cash);
    /// @notice The pool has lent out what is asked for.
    error InsufficientLiquidity(uint256 asked, uint256 available);
    error NoDebt(AccountId account);
    error DebtBelowMinimum(AccountId account, uint256 debt, uint256 least);
    /// @notice At the end of the call the account would be short of initial margin, and was not just made safer.
    error Undercollateralised(AccountId account, int256 equity, uint256 initialRequirement);
    /// @notice While paused an indebted account may only be made safer.
    error Paused(AccountId account);
    error AlreadyPaused();
    error NotPaused();

    /// @notice Runs `steps`, each the calldata of a function of this vault, and checks every touched account once, at
    /// the end. An account short of initial margin passes if the batch only made it safer: `Rm` no higher, `E - Rm` and
    /// health no lower than before, at the worse and at the better prices.
    function batch(bytes[] calldata steps) external returns (bytes[] memory results);

    /// @notice Credits `amount` of `asset` from the caller to `account`. Adding the quote token repays debt first.
    /// Anyone, under the rule of `CollateralNotHeld`. Works while paused and with every oracle dead.
    /// @return received the measured balance change, token units
    function deposit(AccountId account, address asset, uint256 amount) external returns (uint256 received);

    /// @notice Sends `amount` of `asset` to `to`; `type(uint256).max` is all there is. Cash does not go below zero
    /// here.
    /// Owner, or operator with `WITHDRAW` to the owner. An account without debt can always do this.
    /// @return sent token units
    function withdraw(AccountId account, address asset, uint256 amount, address to) external returns (uint256 sent);

    /// @notice Sends `amount` of the quote token to `to` against the account's cash, which may go below zero.
    /// Owner, or operator with `WITHDRAW` to the owner.
    function borrow(AccountId account, uint256 amount, address to) external;

    /// @notice Repays up to `amount` of the account's debt from the caller; a larger amount is clamped. Anyone.
    /// Works while paused and with every oracle dead. Of a debt that is not repaid whole at least the policy's least
    /// must be left, so whoever aims at exactly that should leave some more: a stranger's unit or a
    /// second's interest before it would make it fail with `DebtBelowMinimum`.
    /// @return repaid token units, the debt rounded up when repaid in full
    function repay(AccountId account, uint256 amount) external returns (uint256 repaid);

    /// @notice Moves cash or collateral between accounts; `type(uint256).max` is all there is. Owner of `from`; between
    /// accounts of one owner also an operator with `TOP_UP` on `from`. To another owner under the rule of deposits.
    function transfer(AccountId from, AccountId to, address asset, uint256 amount) external returns (uint256 moved);

    /// @notice Chooses the margin model of `account`. Owner only.
    function setMode(AccountId account, uint8 mode) external;

    /// @notice Gives `operator` `rights` (see `OperatorRight`) until `expiry`; zero rights revoke at once. Owner only.
    function setOperator(AccountId account, address operator, uint8 rights, uint40 expiry) external;

    /// @notice Moves up to `amount` (quote WAD) of the account's cash to the reserves, for good; a larger amount is
    /// clamped. Owner only.
    /// @return contributed quote WAD
    function contribute(AccountId account, uint256 amount) external returns (uint256 contributed);

    /// @notice Brings interest up to now. Anyone.
    function accrue() external;

    /// @notice Moves a fraction of everything from `account` to `bidder`, then checks the bidder. Only a module with
    /// `TAKE_OVER`, which answers for the terms and for the bidder's consent.
    /// @dev Re-enterable on purpose during the callee's call: the bidder sells the slice and pays there.
    /// @return cashMoved signed quote WAD that the bidder's cash changed by
    /// @return amounts token units of each collateral leg moved
    function takeOver(TakeOver calldata t) external returns (int256 cashMoved, uint256[] memory amounts);

    /// @notice Keeps `marginCall` with `account`, all zero to end it, and moves `fee` (quote WAD) of its cash to
    /// `payee`, which may add to its debt. Only a module with `CALL`, which tells of the call by its own events.
    function recordCall(AccountId account, MarginCall calldata marginCall, AccountId payee, uint256 fee) external;

    /// @notice Credits `account` with up to `amount` (quote WAD) out of the reserves. Only a module with `COVER_LOSS`.
    function drawReserves(AccountId account, uint256 amount) external returns (uint256 drawn);

    /// @notice Credits `account` with up to `amount` (quote WAD), spread over all positive cash, at most `capBps` of
    /// it.
    /// Only a module with `COVER_LOSS`.
    function socialise(AccountId account, uint256 amount, uint256 capBps) external returns (uint256 covered);

    /// @notice Closes everything that adds risk, liquidation included; never repayment, top-up, reduction, or
    /// withdrawal
    /// from an account without debt. Only the guardian.
    function pause() external;

    /// @notice Ends the pause; liquidations follow after `RESUME_WINDOW`. Only the role that governs the vault.
    function unpause() external;

    /// @notice Links or unlinks a module. Only the role that governs the vault.
    function setModule(address module, uint8 rights) external;

    /// @notice Seconds of live time: the clock of margin calls, which stands still in a pause, in its resume window,
    /// and while the sequencer is down.
    function liveTime() external view returns (uint256);

    /// @notice Whether liquidations may run: not paused, and the resume window is over.
    function liquidationsOpen() external view returns (bool);

    /// @notice All that margin models need to know of `account`, interest accrued to now. Reverts while `Locked`.
    function portfolio(AccountId account) external view returns (Portfolio memory);

    /// @notice How `account` stands: what it holds, what that is worth and must be worth, and the call on it. For
    /// modules and readers that would otherwise ask vault, engine and calls one by one. Reverts while `Locked`.
    function assess(AccountId account)
        external
        view
        returns (Portfolio memory portfolio, Assessment memory assessment, MarginCall memory marginCall);

    /// @notice The margin call on `account`; all zero where there is none.
    function callOf(AccountId account) external view returns (MarginCall memory);

    /// @notice Cash, quote WAD, accrued to now; credit rounded down, debt rounded up. Reverts while `Locked`.
    function cashOf(AccountId account) external view returns (int256);

    /// @notice Debt in token units, rounded up; what `repay` takes to clear it now.
    function debtOf(AccountId account) external view returns (uint256);

    /// @notice Token units of `asset` credited to `account`.
    function collateralOf(AccountId account, address asset) external view returns (uint256);

    /// @notice Token units of `asset` credited to all accounts.
    function totalCollateral(address asset) external view returns (uint256);

    /// @notice The signed principal behind `cashOf`.
    function principalOf(AccountId account) external view returns (int256);

    /// @notice The cash pool, accrued to now.
    function pool() external view returns (CashPool memory);

    /// @notice Quote tokens that can be withdrawn or borrowed now, token units.
    function liquidity() external view returns (uint256);

    function modeOf(AccountId account) external view returns (uint8);

    function operatorOf(AccountId account, address operator) external view returns (uint8 rights, uint40 expiry);

    /// @notice Whether `caller` is the owner of `account` or an unexpired operator with `right`.
    function isAuthorised(AccountId account, address caller, uint8 right) external view returns (bool);

    function moduleRights(address module) external view returns (uint8);

    function quote() external view returns (address);

    /// @notice Quote WAD of one quote token unit: `10 ** (18 - decimals)`.
    function quoteScale() external view returns (uint256);

    function policy() external view returns (IMarginPolicy);

    function riskEngine() external view returns (IRiskEngine);

    /// @notice The risk engine's oracle, which knows the sequencer's outages.
    function oracle() external view returns (IPriceOracle);
}
