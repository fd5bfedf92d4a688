// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {ICloseOut, Shelf} from "../interfaces/ICloseOut.sol";
import {IInstrumentPolicy} from "../interfaces/IInstrumentPolicy.sol";
import {ILossWaterfall} from "../interfaces/ILossWaterfall.sol";
import {IMarginPolicy} from "../interfaces/IMarginPolicy.sol";
import {IMarginVault} from "../interfaces/IMarginVault.sol";
import {IPriceOracle} from "../interfaces/IPriceOracle.sol";
import {ITakeOverCallee} from "../interfaces/ITakeOverCallee.sol";
import {LiquidationPlan} from "../math/LiquidationMath.sol";
import {Rounding} from "../math/Rounding.sol";
import {BPS, CENT, NANO, WAD} from "../math/Units.sol";
import {AccountId, toAccountId} from "../types/AccountId.sol";
import {CloseOutTerms} from "../types/BackstopTerms.sol";
import {Assessment} from "../types/Margin.sol";
import {Holding, Portfolio} from "../types/Portfolio.sol";
import {Price, PriceStatus} from "../types/Price.sol";
import {LossMarket} from "./LossMarket.sol";

/// @title Close-out of accounts that nobody else takes
/// @dev One account of this contract bids, and is empty between two calls, so that it has room for whatever comes; each
/// collateral then goes to a shelf of its own, an account too. It has no margin to hold positions with.
contract CloseOut is ICloseOut, ITakeOverCallee, AccessManaged, ReentrancyGuardTransient {
    using SafeERC20 for IERC20;
    using SafeCast for uint256;
    using SafeCast for int256;

    /// @dev Of the least debt: an account with less collateral than this is small.
    uint256 private constant SMALL_DEBTS = 2;
    /// @dev Liquidators come first, and a keeper that is down must not cost lenders more than a day.
    uint256 private constant MIN_PATIENCE = 10 minutes;
    uint256 private constant MAX_PATIENCE = 1 days;
    /// @dev Shorter, and the first block would have all of the discount.
    uint256 private constant MIN_DISCOUNT_RAMP = 10 minutes;
    uint256 private constant MAX_DISCOUNT_RAMP = 7 days;
    /// @dev A price that is wrong by more is not the oracle's to have.
    uint256 private constant MAX_DISCOUNT_BPS = 2_000;
    /// @dev A transaction has never cost more, hundredths of a quote unit.
    uint256 private constant MAX_TIP_CENTS = 5_000;

    /// @dev Quote WAD advanced beside what is lacking: each of two draws may lose some wei of it to rounding.
    uint256 private constant ROUNDING = 1e6;

    IMarginVault public immutable vault;
    IMarginPolicy public immutable policy;
    IPriceOracle public immutable oracle;
    ILossWaterfall public immutable waterfall;
    IERC20 public immutable quote;
    /// @inheritdoc ICloseOut
    AccountId public immutable hand;
    uint256 private immutable _quoteScale;
    IInstrumentPolicy private immutable _instruments;

    CloseOutTerms private _terms;
    mapping(address asset => Shelf) private _shelves;

    /// @dev What one close-out has been advanced, quote WAD.
    uint256 private transient _fromReserves;
    uint256 private transient _fromJunior;

    constructor(address authority, IMarginVault vault_, ILossWaterfall waterfall_) AccessManaged(authority) {
        vault = vault_;
        policy = vault_.policy();
        oracle = vault_.oracle();
        waterfall = waterfall_;
        quote = IERC20(vault_.quote());
        _quoteScale = vault_.quoteScale();
        _instruments = vault_.riskEngine().positionModel().policy();
        hand = toAccountId(address(this), 0);
        // the vault is the only spender, and it pulls only what this contract deposits
        quote.forceApprove(address(vault_), type(uint256).max);
    }

    /* TAKING OVER */

    /// @inheritdoc ICloseOut
    function closeOut(AccountId account, uint256 maxFraction, AccountId payee)
        external
        nonReentrant
        returns (LiquidationPlan memory plan, uint256 tip)
    {
        (Portfolio memory p, Assessment memory a,) = vault.assess(account);
        if (p.positions.length != 0) revert PositionsHeld(account, p.positions.length);
        _requireAgreed(account, a);
        _requireLeft(account, a.markCollateral);
        address market = LossMarket.largest(p, a, _instruments);
        plan = vault.liquidate(account, hand, maxFraction, type(int256).max, abi.encode(market));
        // the bonus, less what the waterfall could not pay of it: where that is more than the bonus, reserves and
        // tranches have paid all that they may, and so had nothing to advance
        uint256 gained = (Rounding.mulDivCeil(a.mark.equity, plan.fraction, WAD) - plan.pay).toUint256();
        tip = _payTip(market, plan.fraction, gained, payee);

        // nothing was advanced where there is more than rounding left
        vault.contribute(hand, type(uint256).max);
        uint256 cost = _fromReserves + _fromJunior;
        _stock(p, a, cost, gained - tip);
        emit ClosedOut(account, msg.sender, plan.fraction, cost, gained, tip);
        (_fromReserves, _fromJunior) = (0, 0);
    }

    /// @inheritdoc ITakeOverCallee
    function onTakeOver(AccountId, AccountId, int256, address[] calldata, uint256[] calldata, bytes calldata data)
        external
    {
        if (msg.sender != address(vault) || !_reentrancyGuardEntered()) revert StrangeCallback(msg.sender);
        _haveCash(abi.decode(data, (address)), 0);
    }

    /// @inheritdoc ICloseOut
    function closable(AccountId account) external view returns (bool) {
        (bool yes, uint256 elapsed) = vault.liquidatable(account);
        if (!yes) return false;
        (Portfolio memory p, Assessment memory a,) = vault.assess(account);
        if (p.positions.length != 0 || _isDisputed(a)) return false;
        return a.markCollateral < _small() || elapsed >= _terms.patience;
    }

    function _requireLeft(AccountId account, uint256 collateral) private view {
        uint256 small = _small();
        if (collateral < small) return;
        (, uint256 elapsed) = vault.liquidatable(account);
        uint256 patience = _terms.patience;
        if (elapsed < patience) revert LeftToLiquidators(account, collateral, small, elapsed, patience);
    }

    function _requireAgreed(AccountId account, Assessment memory a) private pure {
        if (_isDisputed(a)) revert PriceDisputed(account, a.mark.equity, a.better.equity);
    }

    /// @dev At spot it is worth less than it owes, and at its better prices perhaps not: no shortfall is paid for what
    /// sources disagree about, and the fund does not bet on one of them.
    function _isDisputed(Assessment memory a) private pure returns (bool) {
        return a.downLegs == 0 && a.mark.equity < 0 && a.better.equity > a.mark.equity;
    }

    function _small() private view returns (uint256) {
        return uint256(policy.cashWord().minDebt()) * SMALL_DEBTS * WAD;
    }

    /// @dev Has the waterfall advance what the hand lacks of `amount`, quote WAD.
    function _haveCash(address market, uint256 amount) private {
        uint256 asked = _lacking(amount);
        if (asked == 0) return;
        (uint256 fromReserves, uint256 fromJunior) = waterfall.advance(hand, market, asked);
        _fromReserves += fromReserves;
        _fromJunior += fromJunior;
    }

    /// @dev In the grain of the reserves, through which it comes.
    function _lacking(uint256 amount) private view returns (uint256) {
        int256 lacks = amount.toInt256() - vault.cashOf(hand);
        return lacks <= 0 ? 0 : Rounding.divUp(uint256(lacks) + ROUNDING, NANO) * NANO;
    }

    /// @dev Never more than half of what is earned, so that nobody earns by having his own account closed out (V20),
    /// and of a part of an account a part only, so that nobody takes one bit by bit for a tip each time (A24).
    function _payTip(address market, uint256 fraction, uint256 gained, AccountId payee) private returns (uint256 tip) {
        uint256 most = Rounding.mulWadDown(_terms.tipCents * CENT, fraction);
        uint256 units = _havePart(market, Math.min(most, gained / 2)) / _quoteScale;
        if (units == 0) return 0;
        tip = units * _quoteScale;
        vault.transfer(hand, payee, address(quote), units);
    }

    /// @dev As much of `amount` as there is or is advanced: an account that needed no advance is closed also where
    /// there is no money for the tip (CLO-02).
    function _havePart(address market, uint256 amount) private returns (uint256) {
        uint256 asked = _lacking(amount);
        if (asked == 0) return amount;
        try waterfall.advance(hand, market, asked) returns (uint256 fromReserves, uint256 fromJunior) {
            _fromReserves += fromReserves;
            _fromJunior += fromJunior;
            return amount;
        } catch {
            return vault.cashOf(hand).toUint256(); // what it lacked for the account it has been advanced
        }
    }

    /// @dev Puts all that the hand holds on the shelves; cost and gain are shared by value, and what rounding leaves is
    /// the first one's.
    function _stock(Portfolio memory from, Assessment memory a, uint256 cost, uint256 gained) private {
        Holding[] memory held = vault.portfolio(hand).collateral;
        uint256 fromJunior = _fromJunior;
        if (held.length == 0) {
            if (cost != 0) waterfall.returnAdvance(cost, fromJunior, 0);
            return;
        }
        uint256[] memory values = new uint256[](held.length);
        uint256 sum;
        for (uint256 i; i < held.length; ++i) {
            values[i] = _valueIn(from, a, held[i].asset);
            sum += values[i];
        }
        (uint256 costLeft, uint256 juniorLeft, uint256 gainLeft) = (cost, fromJunior, gained);
        for (uint256 i = held.length - 1; i != 0; --i) {
            uint256 part = sum == 0 ? 0 : Rounding.mulDivDown(values[i], WAD, sum);
            uint256 c = Rounding.mulDivDown(cost, part, WAD);
            uint256 j = Rounding.mulDivDown(fromJunior, part, WAD);
            uint256 g = Rounding.mulDivDown(gained, part, WAD);
            _shelve(held[i], c, j, g);
            (costLeft, juniorLeft, gainLeft) = (costLeft - c, juniorLeft - j, gainLeft - g);
        }
        _shelve(held[0], costLeft, juniorLeft, gainLeft);
    }

    function _valueIn(Portfolio memory from, Assessment memory a, address asset) private pure returns (uint256 value) {
        for (uint256 i; i < from.collateral.length; ++i) {
            if (from.collateral[i].asset == asset) value = a.legValues[i];
        }
    }

    function _shelve(Holding memory holding, uint256 cost, uint256 fromJunior, uint256 gained) private {
        address asset = holding.asset;
        AccountId account = shelfAccount(asset);
        uint256 before = vault.collateralOf(account, asset);
        vault.transfer(hand, account, asset, holding.amount);
        Shelf storage shelf = _shelves[asset];
        // fits: an average of times
        shelf.since = uint40((shelf.since * before + vault.liveTime() * holding.amount) / (before + holding.amount));
        shelf.cost = (shelf.cost + cost).toUint128();
        shelf.fromJunior = (shelf.fromJunior + fromJunior).toUint128();
        shelf.discountLeft = (shelf.discountLeft + gained).toUint128();
        emit Stocked(asset, before + holding.amount, shelf.cost, shelf.fromJunior, shelf.discountLeft, shelf.since);
    }

    /* SELLING */

    /// @inheritdoc ICloseOut
    function buy(address asset, uint256 amount, uint256 limit, address recipient)
        external
        nonReentrant
        returns (uint256 sold, uint256 pay)
    {
        AccountId account = shelfAccount(asset);
        uint256 held = vault.collateralOf(account, asset);
        Shelf memory shelf = _shelves[asset];
        (sold, pay) = _price(asset, amount, held, shelf);
        if (pay > limit) revert PriceAboveLimit(pay, limit);

        uint256 cost = Rounding.mulDivDown(shelf.cost, sold, held);
        uint256 fromJunior = Rounding.mulDivDown(shelf.fromJunior, sold, held);
        // fit: no more than they were
        shelf.cost -= uint128(cost);
        shelf.fromJunior -= uint128(fromJunior);
        shelf.discountLeft -= uint128(Rounding.mulDivUp(shelf.discountLeft, sold, held));
        _shelves[asset] = shelf;
        emit Sold(asset, msg.sender, sold, pay, cost, fromJunior);

        quote.safeTransferFrom(msg.sender, address(this), pay);
        vault.deposit(hand, address(quote), pay);
        uint256 proceeds = vault.contribute(hand, type(uint256).max);
        waterfall.returnAdvance(cost, fromJunior, proceeds);
        vault.withdraw(account, asset, sold, recipient);
    }

    /// @inheritdoc ICloseOut
    function quoteOf(address asset, uint256 amount) external view returns (uint256 sold, uint256 pay) {
        return _price(asset, amount, vault.collateralOf(shelfAccount(asset), asset), _shelves[asset]);
    }

    /// @inheritdoc ICloseOut
    function shelfOf(address asset) external view returns (Shelf memory) {
        return _shelves[asset];
    }

    /// @inheritdoc ICloseOut
    function shelfAccount(address asset) public view returns (AccountId) {
        // truncation wanted: listed tokens that share 96 bits would share an account, and each still has its own stock
        return toAccountId(address(this), uint96(uint160(asset)) | 1);
    }

    /// @dev The dearer of spot and smoothed price, less a discount that grows with time and, over all that is there,
    /// never passes what was earned by taking it over: whoever has his own account closed out gets back at most what
    /// that cost him (V20). Rounded against the buyer.
    function _price(address asset, uint256 amount, uint256 held, Shelf memory shelf)
        private
        view
        returns (uint256 sold, uint256 pay)
    {
        sold = Math.min(amount, held);
        if (sold == 0) revert NothingForSale(asset);
        Price memory price = oracle.read(asset);
        if (price.status != PriceStatus.Live) revert PriceNotLive(asset, price.status);
        uint256 value = Rounding.mulDivUp(sold, price.high, 10 ** policy.collateralRisk(asset).decimals);
        CloseOutTerms memory t = _terms;
        // a late report of an outage takes live time back, perhaps to before the stock came (VLT-33)
        uint256 elapsed = Math.min(Math.saturatingSub(vault.liveTime(), shelf.since), t.discountRamp);
        uint256 discount = Rounding.mulDivDown(value, t.maxDiscountBps * elapsed, BPS * uint256(t.discountRamp));
        discount = Math.min(discount, Rounding.mulDivDown(shelf.discountLeft, sold, held));
        pay = Rounding.divUp(value - discount, _quoteScale);
    }

    /* TERMS */

    /// @inheritdoc ICloseOut
    function setTerms(CloseOutTerms calldata newTerms) external restricted {
        _within("patience", newTerms.patience, MIN_PATIENCE, MAX_PATIENCE);
        _within("discountRamp", newTerms.discountRamp, MIN_DISCOUNT_RAMP, MAX_DISCOUNT_RAMP);
        _within("maxDiscountBps", newTerms.maxDiscountBps, 0, MAX_DISCOUNT_BPS);
        _within("tipCents", newTerms.tipCents, 0, MAX_TIP_CENTS);
        _terms = newTerms;
        emit CloseOutTermsChanged(newTerms);
    }

    /// @inheritdoc ICloseOut
    function terms() external view returns (CloseOutTerms memory) {
        return _terms;
    }

    function _within(bytes32 parameter, uint256 value, uint256 least, uint256 most) private pure {
        if (value < least || value > most) revert CloseOutTermOutOfBounds(parameter, value, least, most);
    }
}
