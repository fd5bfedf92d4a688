// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {ICloseOut} from "../../../contracts/interfaces/ICloseOut.sol";
import {ILiquidator} from "../../../contracts/interfaces/ILiquidator.sol";
import {ILossWaterfall} from "../../../contracts/interfaces/ILossWaterfall.sol";
import {IVaultCommon} from "../../../contracts/interfaces/IVaultCommon.sol";
import {LiquidationPlan} from "../../../contracts/math/LiquidationMath.sol";
import {AccountId, toAccountId} from "../../../contracts/types/AccountId.sol";
import {Holding, Portfolio} from "../../../contracts/types/Portfolio.sol";
import {Price, PriceStatus} from "../../../contracts/types/Price.sol";
import {EndCheck} from "./EndCheck.sol";
import {Liquidating} from "./Liquidating.sol";
import {Standing} from "./World.sol";

/// @notice Accounts that nobody takes are closed through the fund by anyone, and what they held is sold.
abstract contract Closing is EndCheck, Liquidating {
    /// @dev Of the least debt, as the contract has it.
    uint256 private constant SMALL_DEBTS = 2;

    function closeThroughFund(uint256 who) public {
        uint256 at = who % OWN;
        AccountId account = accounts[at];
        Standing[] memory before = _standings();
        Holding[] memory legs = vault.portfolio(account).collateral;
        uint256 carriedBefore = waterfall.carried();
        bool may = closeOut.closable(account);
        bool small = before[at].margin.markCollateral < SMALL_DEBTS * _minDebtWad();
        _allowClosing(account, may, small);
        _listen();
        (bool ok, bytes memory result) =
            _try(stranger, address(closeOut), abi.encodeCall(closeOut.closeOut, (account, ONE, _payee())));
        if (!ok) {
            for (uint256 i; i < accounts.length; ++i) {
                _claim("P15", _standing(accounts[i]).digest == before[i].digest, "a refused close-out left a mark");
            }
            _watchClocks(false);
            return;
        }
        (LiquidationPlan memory plan, uint256 tip) = abi.decode(result, (LiquidationPlan, uint256));
        Covered memory covered = _bookLoss();
        cashMoves += 16;
        _bookLegs(account, legs, before[at].margin.downLegs, plan.fraction);
        _claim("P07", may, "an account was closed out that was not to be");
        _claim("V20", tip <= plan.bonus / 2 + 1, "a tip of more than half of the bonus");
        _claimClosed(at, before, plan);
        _claimCarried();
        bool juniorPaid = waterfall.carried() != carriedBefore || covered.fromJunior != 0;
        _count("closed through the fund");
        if (small) _count("closed for smallness");
        if (waterfall.carried() != carriedBefore) _count("close-out advanced");
        _watchClocks(covered.socialised != 0);
        _watchShares(juniorPaid || covered.fromSenior + covered.socialised != 0);
    }

    function buyStock(uint256 which, uint256 amount) public {
        address asset = address(_asset(which));
        uint256 held = vault.collateralOf(closeOut.shelfAccount(asset), asset);
        if (held == 0) return;
        amount = amount % 2 == 0 ? held : _bound(amount, 1, held);
        Price memory price = oracle.read(asset);
        _allowIf(price.status != PriceStatus.Live, ICloseOut.PriceNotLive.selector);
        _allowToken(asset);
        uint256 reserves = vault.reserves();
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
        _count("stock sold");
        _watchClocks(false);
        _watchShares(false);
    }

    function _payee() private view returns (AccountId) {
        return toAccountId(keeper, 0);
    }

    function _bookLoss() private returns (Covered memory covered) {
        address market;
        (covered, market) = _coveredIn(_heard());
        if (covered.shortfall != 0) ghostShortfall[market] += covered.shortfall;
    }

    function _bookLegs(AccountId account, Holding[] memory legs, uint256 downLegs, uint256 fraction) private {
        for (uint256 i; i < legs.length; ++i) {
            if (downLegs & (1 << i) != 0) continue;
            int256 amount = int256(uint256(legs[i].amount) * fraction / ONE);
            _book(account, legs[i].asset, -amount);
            _book(closeOut.shelfAccount(legs[i].asset), legs[i].asset, amount);
        }
    }

    function _allowClosing(AccountId account, bool may, bool small) private {
        (bool yes, uint256 elapsed) = vault.liquidatable(account);
        bool left = !small && elapsed < closeOut.terms().patience;
        _allowIf(!may && !_isOpen(), ILiquidator.LiquidationsClosed.selector);
        _allowIf(!may && !yes, ILiquidator.NotLiquidatable.selector);
        _allowIf(!may && left, ICloseOut.LeftToLiquidators.selector);
        // there may be no money for it
        _allowIf(may, ILossWaterfall.CarryAboveCap.selector);
        _allowIf(may, ILossWaterfall.AdvanceShort.selector);
        _allowIf(may && !small, ILiquidator.PaceExceeded.selector);
        _allowIf(may && vault.cashOf(_payee()) < 0, IVaultCommon.DebtBelowMinimum.selector);
    }

    function _claimClosed(uint256 at, Standing[] memory before, LiquidationPlan memory plan) private {
        Standing memory current = _standing(accounts[at]);
        if (plan.fraction == ONE && before[at].margin.downLegs == 0) {
            _claim("P11", vault.portfolio(accounts[at]).collateral.length == 0, "a close-out left collateral");
            _claim("P12", current.cash >= 0, "a close-out left a debt");
        }
        Portfolio memory hand = vault.portfolio(closeOut.hand());
        _claim("P12", hand.cash == 0 && hand.collateral.length == 0, "something stayed in the hand");
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
