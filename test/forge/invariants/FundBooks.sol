// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Vm} from "forge-std/Vm.sol";
import {ILossWaterfall, LossTotals} from "../../../contracts/interfaces/ILossWaterfall.sol";
import {InterestIndex, CashPool} from "../../../contracts/math/InterestIndex.sol";
import {EndCheck} from "./EndCheck.sol";

/// @notice P13 by books of its own: what the tranches have paid of what they had, by collateral and in all, and what
/// lenders bear of one loss.
abstract contract FundBooks is EndCheck {
    using InterestIndex for CashPool;

    /// Who paid for what an account lacked, and what a close-out was advanced.
    struct Covered {
        address market;
        uint256 shortfall;
        uint256 fromReserves;
        uint256 fromJunior;
        uint256 fromSenior;
        uint256 socialised;
        uint256 unpaid;
        address advancedOn;
        uint256 advancedByJunior;
    }

    /// What could pay before the call, quote WAD.
    struct Purse {
        uint256 tranches;
        uint256 lenders;
    }

    /// Parts (WAD) of the tranches' assets that were paid and have not grown back.
    struct Bucket {
        uint256 used;
        uint256 at;
    }

    mapping(address market => Bucket) private _ofMarket;
    Bucket private _ofDay;
    /// by collateral, all shortfalls so far
    mapping(address market => uint256) internal ghostShortfall;

    function _purse() internal view returns (Purse memory) {
        return Purse((junior.totalAssets() + senior.totalAssets()) * 1e12, vault.pool().totalSupply());
    }

    function _coveredIn(Vm.Log[] memory logs) internal pure returns (Covered memory c) {
        for (uint256 i; i < logs.length; ++i) {
            bytes32 topic = logs[i].topics[0];
            if (topic == ILossWaterfall.ShortfallCovered.selector) {
                c.market = address(uint160(uint256(logs[i].topics[2])));
                (c.shortfall, c.fromReserves, c.fromJunior, c.fromSenior, c.socialised, c.unpaid) =
                    abi.decode(logs[i].data, (uint256, uint256, uint256, uint256, uint256, uint256));
            } else if (topic == ILossWaterfall.Advanced.selector) {
                c.advancedOn = address(uint160(uint256(logs[i].topics[1])));
                (, c.advancedByJunior,) = abi.decode(logs[i].data, (uint256, uint256, uint256));
            }
        }
    }

    /// @dev `shortfall = reserves + junior + senior + socialised + unpaid`, within the caps of the tranches on this
    /// collateral and on all, and of lenders on one loss.
    function _bookLoss(Covered memory c, uint256 shortfall, Purse memory before) internal {
        _claim("P12", c.shortfall == shortfall, "a deficit recorded as something else");
        uint256 tranches = c.fromJunior + c.fromSenior;
        uint256 sum = c.fromReserves + tranches + c.socialised + c.unpaid;
        _claim("P13", sum == c.shortfall, "the shares of a loss are not the loss");
        if (c.fromJunior + c.advancedByJunior != 0) ghostPaid[address(junior)] = true;
        if (c.fromSenior != 0) ghostPaid[address(senior)] = true;
        _usePart(c.market, tranches, before.tranches);
        _usePart(c.advancedOn, c.advancedByJunior, before.tranches - tranches);
        uint256 most = before.lenders * policy.liquidationTerms().socialisationCapBps / 10_000;
        _claim("P13", c.socialised <= most, "lenders paid more than their cap");
        if (c.shortfall == 0) return;
        ghostShortfall[c.market] += c.shortfall;
        LossTotals memory t = waterfall.lossesOf(c.market);
        uint256 total = t.fromReserves + t.fromJunior + t.fromSenior + t.socialised + t.unpaid;
        _claim("P13", total == ghostShortfall[c.market], "the totals of a collateral are not its losses");
    }

    /// @dev What the tranches may still pay for losses on `market`, quote WAD, of what they have.
    function _mayPay(address market, uint256 assetsNow) internal view returns (uint256) {
        uint256 part = _room(_ofMarket[market], waterfall.terms().marketCapBps);
        uint256 ofDay = _room(_ofDay, waterfall.terms().dayCapBps);
        return assetsNow * (part < ofDay ? part : ofDay) / ONE;
    }

    function _usePart(address market, uint256 paid, uint256 assetsNow) private {
        if (paid == 0) return;
        // what they have is known in token units of each, and they pay in billionths of a quote unit
        uint256 most = _mayPay(market, assetsNow) + 4e12;
        _claim("P13", paid <= most, "the tranches paid more than they may");
        if (paid + 8e12 >= most) _count("fund paid all it may");
        uint256 part = assetsNow == 0 ? ONE : paid * ONE / assetsNow;
        _use(_ofMarket[market], waterfall.terms().marketCapBps, part);
        _use(_ofDay, waterfall.terms().dayCapBps, part);
    }

    function _use(Bucket storage bucket, uint256 capBps, uint256 part) private {
        uint256 capacity = capBps * 1e14;
        uint256 used = capacity - _room(bucket, capBps) + part;
        (bucket.used, bucket.at) = (used > capacity ? capacity : used, block.timestamp);
    }

    /// @dev Full again within a day.
    function _room(Bucket memory bucket, uint256 capBps) private view returns (uint256) {
        uint256 capacity = capBps * 1e14;
        uint256 back = capacity * (block.timestamp - bucket.at) / 1 days;
        uint256 used = bucket.used > back ? bucket.used - back : 0;
        return capacity - used;
    }
}
