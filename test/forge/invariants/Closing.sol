// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {ICloseOut} from "../../../contracts/interfaces/ICloseOut.sol";
import {ILiquidator} from "../../../contracts/interfaces/ILiquidator.sol";
import {ILossWaterfall} from "../../../contracts/interfaces/ILossWaterfall.sol";
import {IVaultCommon} from "../../../contracts/interfaces/IVaultCommon.sol";
import {LiquidationPlan} from "../../../contracts/math/LiquidationMath.sol";
import {AccountId, toAccountId} from "../../../contracts/types/AccountId.sol";
import {Assessment} from "../../../contracts/types/Margin.sol";
import {Holding, Portfolio} from "../../../contracts/types/Portfolio.sol";
import {Price, PriceStatus} from "../../../contracts/types/Price.sol";
import {EndCheck} from "./EndCheck.sol";
import {Liquidating} from "./Liquidating.sol";
import {Standing} from "./World.sol";

/// @notice Accounts that nobody takes are closed through the fund by anyone, and what they held is sold.
abstract contract Closing is EndCheck, Liquidating {
    /// @dev Of the least debt, as the contract has it.
    uint256 private constant SMALL_DEBTS = 2;

    /// What is known before a close-out.
    struct Closure {
        AccountId account;
        /// of the account in `before`
        uint256 at;
        Standing[] before;
        Holding[] legs;
        Purse purse;
        uint256 carried;
        uint256 advanced;
        bool may;
        bool small;
    }

    function closeThroughFund(uint256 who) public actsAs(this.closeThroughFund.selector) {
        Closure memory c;
        c.at = who % OWN;
        c.account = accounts[c.at];
        c.before = _standings();
        c.legs = vault.portfolio(c.account).collateral;
        c.carried = waterfall.carried();
        c.advanced = waterfall.advancedBy(junior);
        c.purse = _purse();
        c.may = closeOut.closable(c.account);
        c.small = c.before[c.at].margin.markCollateral < SMALL_DEBTS * _minDebtWad();
        _allowClosing(c);
        _listen();
        bytes memory data = abi.encodeCall(closeOut.closeOut, (c.account, ONE, _payee()));
        (bool ok, bytes memory result) = _try(stranger, address(closeOut), data);
        if (ok) return _claimClosed(c, result);
        for (uint256 i; i < accounts.length; ++i) {
            _claimUntouched(c.before[i], _standing(accounts[i]));
        }
        _watchClocks(false);
    }

    function _claimClosed(Closure memory c, bytes memory result) private {
        (LiquidationPlan memory plan, uint256 tip) = abi.decode(result, (LiquidationPlan, uint256));
        Covered memory covered = _coveredIn(_heard());
        _bookLoss(covered, plan.shortfall, c.purse);
        cashMoves += 16;
        _bookLegs(c, plan.fraction);
        _claim("P07", c.may, "an account was closed out that was not to be");
        _claim("V20", tip <= plan.bonus / 2 + 1, "a tip of more than half of the bonus");
        _claimEmpty(c, plan);
        _claimRest(c.at, c.before, covered.socialised != 0);
        _claimCarried();
        bool juniorPaid = waterfall.advancedBy(junior) != c.advanced || covered.fromJunior != 0;
        _count("closed through the fund");
        if (c.small) _count("closed for smallness");
        if (waterfall.carried() != c.carried) _count("close-out advanced");
        _watchClocks(covered.socialised != 0);
        _watchShares(juniorPaid || covered.fromSenior + covered.socialised != 0);
    }

    function buyStock(uint256 which, uint256 amount) public actsAs(this.buyStock.selector) {
        address asset = address(_asset(which));
        uint256 held = vault.collateralOf(closeOut.shelfAccount(asset), asset);
        if (held == 0) return;
        amount = amount % 2 == 0 ? held : _bound(amount, 1, held);
        Price memory price = oracle.read(asset);
        _allowIf(price.status != PriceStatus.Live, ICloseOut.PriceNotLive.selector);
        _allowToken(asset);
        uint256 reserves = vault.reserves();
        Standing[] memory before = _standings();
        (bool ok, bytes memory result) =
            _try(bidder, address(closeOut), abi.encodeCall(closeOut.buy, (asset, amount, type(uint256).max, bidder)));
        if (!ok) return;
        (uint256 sold, uint256 paid) = abi.decode(result, (uint256, uint256));
        _book(closeOut.shelfAccount(asset), asset, -int256(sold));
        _bookCustody(asset, -int256(sold));
        _bookCustody(address(quote), int256(paid));
        cashMoves += 4;
        uint256 value = sold * price.high / 10 ** policy.collateralRisk(asset).decimals;
        _claim("V20", paid * 1e12 * 10 >= value * 9, "sold below the most discount");
        _claim("P13", vault.reserves() <= reserves + paid * 1e12, "proceeds from nowhere");
        _claimCarried();
        _claimRest(accounts.length, before, false);
        _count("stock sold");
        _watchClocks(false);
        _watchShares(false);
    }

    function _payee() internal view returns (AccountId) {
        return toAccountId(keeper, 0);
    }

    function _bookLegs(Closure memory c, uint256 fraction) private {
        for (uint256 i; i < c.legs.length; ++i) {
            if (c.before[c.at].margin.downLegs & (1 << i) != 0) continue;
            int256 amount = int256(uint256(c.legs[i].amount) * fraction / ONE);
            _book(c.account, c.legs[i].asset, -amount);
            _book(closeOut.shelfAccount(c.legs[i].asset), c.legs[i].asset, amount);
        }
    }

    function _allowClosing(Closure memory c) private {
        (bool yes, uint256 elapsed) = vault.liquidatable(c.account);
        bool left = !c.small && elapsed < closeOut.terms().patience;
        // what sources disagree about, the fund does not bet on (LIQ-33)
        Assessment memory a = c.before[c.at].margin;
        bool disputed = a.downLegs == 0 && a.mark.equity < 0 && a.better.equity > a.mark.equity;
        _claim("P07", !disputed || !c.may, "an account in dispute may be closed out");
        _allowIf(disputed, ICloseOut.PriceDisputed.selector);
        _allowIf(!c.may && !_isOpen(), ILiquidator.LiquidationsClosed.selector);
        _allowIf(!c.may && !yes, ILiquidator.NotLiquidatable.selector);
        _allowIf(!c.may && left, ICloseOut.LeftToLiquidators.selector);
        // there may be no money for it
        _allowIf(c.may, ILossWaterfall.CarryAboveCap.selector);
        _allowIf(c.may, ILossWaterfall.AdvanceShort.selector);
        _allowIf(c.may && !c.small, ILiquidator.PaceExceeded.selector);
        _allowIf(c.may && vault.cashOf(_payee()) < 0, IVaultCommon.DebtBelowMinimum.selector);
    }

    function _claimEmpty(Closure memory c, LiquidationPlan memory plan) private {
        if (plan.fraction == ONE && c.before[c.at].margin.downLegs == 0) {
            _claim("P11", vault.portfolio(c.account).collateral.length == 0, "a close-out left collateral");
            _claim("P12", vault.cashOf(c.account) >= 0, "a close-out left a debt");
        }
        Portfolio memory hand = vault.portfolio(closeOut.hand());
        _claim("P12", hand.cash == 0 && hand.collateral.length == 0, "something stayed in the hand");
    }

    /// @dev The fund's accounts, the payee and the account aside; lenders' cash changes with a booked loss only.
    function _claimRest(uint256 at, Standing[] memory before, bool lossBooked) private {
        for (uint256 i; i < accounts.length; ++i) {
            if (i == at || accounts[i] == _payee() || _isFunds(accounts[i])) continue;
            Standing memory current = _standing(accounts[i]);
            if (!lossBooked || before[i].cash <= 0) _claimUntouched(before[i], current);
            else _claim("P14", current.digest == before[i].digest, "a close-out took from a bystander");
        }
    }

    /// @dev What is tied up is what the shelves cost, and empty shelves cost nothing.
    function _claimCarried() private {
        uint256 sum;
        for (uint256 i; i < assets.length; ++i) {
            uint256 cost = closeOut.shelfOf(assets[i]).cost;
            sum += cost;
            bool empty = vault.collateralOf(closeOut.shelfAccount(assets[i]), assets[i]) == 0;
            _claim("P13", !empty || cost == 0, "an empty shelf ties money up");
        }
        _claim("P13", sum == waterfall.carried(), "what is tied up is not what the stock cost");
    }
}
