// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IERC4626} from "@openzeppelin/contracts/interfaces/IERC4626.sol";
import {AccountId} from "../types/AccountId.sol";

/// @notice A holder's notice to leave.
struct RedeemRequest {
    uint128 shares;
    /// timestamp from which the shares may be redeemed
    uint40 redeemableFrom;
    /// timestamp after which the request has lapsed
    uint40 redeemableUntil;
}

/// @notice Money on its way in. Two slots: 16 + 12, 5 + 5 bytes.
struct DepositRequest {
    /// what was requested and not yet claimed, quote WAD at index one
    uint128 principal;
    /// of the fund's account that holds it; zero where there never was a request
    uint96 index;
    /// timestamp from which it may be claimed
    uint40 claimableFrom;
    /// timestamp after which it must be requested again
    uint40 claimableUntil;
}

/// @notice Gains on their way to the shares. Principals are quote WAD at index one.
struct GainStream {
    uint128 left;
    uint40 updatedAt;
    uint40 endsAt;
}

/// @title One tranche of the default fund
/// @notice An ERC-4626 vault of the quote token whose assets are cash of its own margin account: it earns the lending
/// rate and pays proven shortfalls. Leaving takes notice, and shares under notice still absorb loss. Entering takes
/// time: `requestDeposit`, then `deposit` or `mint` at the price of that moment. Gains reach the shares bit by bit.
/// What the tranche has advanced for closed-out accounts is in the price of entering, not in that of leaving.
/// @dev `deposit` and `mint` take no tokens but what the caller's request brought, as in ERC-7540; `maxDeposit` and
/// `maxMint` are about the caller. Money on its way in is lent like any other cash, and is the entrant's.
interface IDefaultFund is IERC4626 {
    /// @notice `parameter` was given as `duration` seconds and must be within `[least, most]`.
    error FundDelayOutOfBounds(bytes32 parameter, uint256 duration, uint256 least, uint256 most);

    event DepositRequested(
        address indexed holder, AccountId indexed account, uint256 assets, uint256 claimableFrom, uint256 claimableUntil
    );
    event DepositCancelled(address indexed holder, address indexed receiver, uint256 assets);
    event RedeemRequested(address indexed holder, uint256 shares, uint256 redeemableFrom, uint256 redeemableUntil);
    /// @param amount quote WAD
    /// @param assetsLeft token units
    event PaidOut(AccountId indexed account, uint256 amount, uint256 assetsLeft);
    /// @param amount quote WAD
    /// @param assetsLeft token units
    event TakenBack(uint256 amount, uint256 assetsLeft);
    /// @param gain quote WAD at index one, which the shares will have by `endsAt`
    event GainStreamed(uint256 gain, uint256 left, uint256 endsAt);

    error OnlyWaterfall(address caller);
    error RequestAboveBalance(address holder, uint256 shares, uint256 balance);
    error NoDepositRequest(address holder);

    /// @notice Brings `assets` (token units) of the caller's, which he may turn into shares after the entry delay and
    /// before the window is over. Adds to what he has brought before, and starts the delay anew for all of it.
    function requestDeposit(uint256 assets) external;

    /// @notice Takes back up to all that the caller's request still holds; `type(uint256).max` is all.
    /// @return sent token units
    function cancelDeposit(uint256 assets, address receiver) external returns (uint256 sent);

    /// @notice Gives notice for `shares` of the caller, in place of any earlier notice.
    function requestRedeem(uint256 shares) external;

    /// @notice Pays up to `amount` (quote WAD) to the vault's reserves, on behalf of `account`. What is in the fund's
    /// account beside its shares' assets goes first. Only the waterfall.
    /// @return paid quote WAD
    function pay(AccountId account, uint256 amount) external returns (uint256 paid);

    /// @notice Gives the shares at once what they had advanced and what has just come back to the fund's account: it is
    /// no gain, and whoever has entered since has paid for his part of it. Only the waterfall.
    /// @param amount quote WAD
    function takeBack(uint256 amount) external;

    /// @notice Lets what has come to the fund's account beside its shares' assets (its part of the reserves, gifts)
    /// reach the shares over `GAIN_PERIOD`, at most a tenth of their assets at a time. Anyone.
    /// @return gain quote WAD at index one
    function harvest() external returns (uint256 gain);

    /// @notice What `harvest` would still take in, quote WAD.
    function gainRoom() external view returns (uint256);

    /// @notice Whether a loss is open that would reach this tranche: then nobody leaves it.
    function lossOpen() external view returns (bool);

    function requestOf(address holder) external view returns (RedeemRequest memory);

    function depositRequestOf(address holder) external view returns (DepositRequest memory);

    function gainStream() external view returns (GainStream memory);

    /// @notice The margin account that holds the tranche's cash.
    function fundAccount() external view returns (AccountId);
}
