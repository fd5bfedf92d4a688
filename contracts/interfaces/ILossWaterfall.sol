// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {ICloseOut} from "./ICloseOut.sol";
import {IDefaultFund} from "./IDefaultFund.sol";
import {AccountId} from "../types/AccountId.sol";
import {BackstopTerms} from "../types/BackstopTerms.sol";

/// @notice What the losses on one market have cost whom so far, quote WAD. The sum is all shortfalls.
struct LossTotals {
    uint256 fromReserves;
    uint256 fromJunior;
    uint256 fromSenior;
    uint256 socialised;
    /// went without: the bidder got less
    uint256 unpaid;
}

/// @title The loss waterfall
/// @notice Pays what an account cannot: reserves, then the junior and the senior tranche of the default fund, then a
/// bounded share from all lent cash. The tranches pay no more than a part of what they have for one market, and for
/// all, each a bucket that refills within a day (V69). Reserves above their target go to the tranches.
interface ILossWaterfall {
    /// @notice `shortfall = fromReserves + fromJunior + fromSenior + socialised + unpaid`, quote WAD.
    /// @param market the collateral, or the index of positions, that is most of the account; zero for cash alone
    event ShortfallCovered(
        AccountId indexed account,
        address indexed market,
        uint256 shortfall,
        uint256 fromReserves,
        uint256 fromJunior,
        uint256 fromSenior,
        uint256 socialised,
        uint256 unpaid
    );
    event Replenished(uint256 toJunior, uint256 toSenior, uint256 reserves);
    /// @param carried what closed-out accounts tie up now, quote WAD
    event Advanced(address indexed market, uint256 fromReserves, uint256 fromJunior, uint256 carried);
    /// @param fromJunior what of `cost` the junior tranche had advanced; `toJunior` is what it gets back of that
    event AdvanceReturned(uint256 cost, uint256 fromJunior, uint256 proceeds, uint256 toJunior, uint256 carried);
    event CloseOutChanged(ICloseOut indexed closeOut);
    event BackstopTermsChanged(BackstopTerms terms);

    error OnlyVault(address caller);
    error OnlyCloseOut(address caller);
    /// @notice What the close-out was advanced is still out: another one could not return it, and entry to the junior
    /// tranche would be priced for it for good.
    error AdvancesOut(uint256 carried);
    error BackstopTermOutOfBounds(bytes32 parameter, uint256 value, uint256 least, uint256 most);
    /// @notice Closed-out accounts tie up as much as they may.
    error CarryAboveCap(uint256 asked, uint256 room);
    /// @notice Reserves and junior tranche do not have, or may not pay, what is asked for.
    error AdvanceShort(uint256 asked, uint256 had);

    /// @notice Credits `account` with up to `shortfall`, quote WAD. Only the vault, in a liquidation.
    function cover(AccountId account, uint256 shortfall) external returns (uint256 covered);

    /// @notice Gives what the reserves have above their target to the tranches, as far as they take gains in. Anyone.
    function replenish() external returns (uint256 toJunior, uint256 toSenior);

    /// @notice Credits `to` with `amount` (quote WAD) for an account that it took over, from the reserves and then the
    /// junior tranche, or reverts. Only the close-out.
    function advance(AccountId to, address market, uint256 amount)
        external
        returns (uint256 fromReserves, uint256 fromJunior);

    /// @notice Takes note that what `cost` was advanced for has brought `proceeds`, in the reserves by now, and returns
    /// the junior tranche's part of the advance from them. Only the close-out.
    function returnAdvance(uint256 cost, uint256 fromJunior, uint256 proceeds) external;

    /// @notice Sets caps, target and shares. Only the role that governs risk.
    function setTerms(BackstopTerms calldata newTerms) external;

    /// @notice Sets who may be advanced money. Only the role that governs the vault.
    function setCloseOut(ICloseOut newCloseOut) external;

    /// @notice Who closes out what nobody else takes.
    function closeOut() external view returns (ICloseOut);

    function terms() external view returns (BackstopTerms memory);

    function lossesOf(address market) external view returns (LossTotals memory);

    /// @notice What the tranches would still pay for losses on `market` now, quote WAD.
    function coverLeft(address market) external view returns (uint256);

    /// @notice What `tranche` has advanced for closed-out accounts and not got back yet, quote WAD.
    function advancedBy(IDefaultFund tranche) external view returns (uint256);

    /// @notice What closed-out accounts tie up, quote WAD.
    function carried() external view returns (uint256);
}
