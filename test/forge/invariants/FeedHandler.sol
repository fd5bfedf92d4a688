// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {ILiquidator} from "../../../contracts/interfaces/ILiquidator.sol";
import {IMarginCalls} from "../../../contracts/interfaces/IMarginCalls.sol";
import {IVaultCommon} from "../../../contracts/interfaces/IVaultCommon.sol";
import {Haircut} from "../../../contracts/math/Haircut.sol";
import {MockERC20} from "../../../contracts/mocks/MockERC20.sol";
import {AccountId, toAccountId} from "../../../contracts/types/AccountId.sol";
import {Margin} from "../../../contracts/types/Margin.sol";
import {MarginCall} from "../../../contracts/types/MarginCall.sol";
import {CollateralRisk} from "../../../contracts/types/PolicyParams.sol";
import {Price, PriceStatus} from "../../../contracts/types/Price.sol";
import {Attempts} from "./Attempts.sol";
import {Feeds} from "./Feeds.sol";

/// @notice Borrowers of one collateral each, and one of all three, whose feeds fail.
contract FeedHandler is Feeds {
    uint256 private constant USD = 1e6;
    int256 private constant HEALTHY = 1e18;
    /// roundings of a cash balance
    int256 private constant WEI = 8;

    address private immutable lender = makeAddr("lender");
    address private immutable borrower = makeAddr("borrower");
    address private immutable bidder = makeAddr("bidder");
    address private immutable keeper = makeAddr("keeper");
    /// 0 to 2 with the collateral of that number, 3 with all of them
    AccountId[4] private borrowers;
    uint96 private _bids;

    constructor() {
        give(lender, toAccountId(lender, 0), quote, 20_000_000 * USD);
        for (uint256 i; i < 4; ++i) {
            borrowers[i] = toAccountId(borrower, uint96(i));
            _stock(i);
            vm.prank(borrower);
            vault.borrow(borrowers[i], 60_000 * USD, borrower);
        }
    }

    /// @inheritdoc Attempts
    function actions() public pure override returns (bytes4[] memory list) {
        bytes4[15] memory all = [
            this.print.selector,
            this.print.selector,
            this.printSecond.selector,
            this.goBack.selector,
            this.breakOrMend.selector,
            this.breakOrMend.selector,
            this.alarm.selector,
            this.wait_.selector,
            this.calm.selector,
            this.poke.selector,
            this.borrow.selector,
            this.withdraw.selector,
            this.repay.selector,
            this.callMargin.selector,
            this.liquidate.selector
        ];
        list = new bytes4[](all.length);
        for (uint256 i; i < all.length; ++i) {
            list[i] = all[i];
        }
    }

    /// @inheritdoc Attempts
    function parts() public pure override returns (bytes4[] memory list) {
        list = new bytes4[](1);
        list[0] = this.crash.selector;
    }

    /// @notice More debt: refused exactly where what has not failed does not carry it.
    function borrow(uint256 who, uint256 amount) external acts {
        AccountId account = borrowers[who % 4];
        if (vault.portfolio(account).collateral.length == 0 && !_stock(who % 4)) return;
        uint256 room = engine.largestBorrow(vault.portfolio(account)) / 1e12;
        // more often than not as much as there is room for
        if (room == 0) amount = _bound(amount, 100 * USD, 1_000 * USD);
        else amount = amount % 4 != 0 ? room : _bound(amount, 1, room);
        int256 cash = vault.cashOf(account) - int256(amount * 1e12);
        if (cash >= 0) return;
        int256 least = int256(uint256(policy.cashTerms().minDebt)) * 1e18;
        _allowIf(cash + least > -WEI, IVaultCommon.DebtBelowMinimum.selector);
        _allowIf(_carried(account, address(0), 0) + cash < WEI, IVaultCommon.Undercollateralised.selector);
        (bool ok,) = _try(borrower, address(vault), abi.encodeCall(vault.borrow, (account, amount, borrower)));
        if (ok) _claimCarried(account, "borrowed on a failed feed");
        _count(ok ? bytes32("borrow") : bytes32("no borrow"));
        _check();
    }

    /// @notice Collateral out: from beside a debt only what the rest can do without, and always where there is none.
    function withdraw(uint256 who, uint256 what, uint256 amount) external acts {
        AccountId account = borrowers[who % 4];
        address asset = assets[what % 3];
        uint256 held = vault.collateralOf(account, asset);
        if (held < 4) return;
        amount = _bound(amount, 1, held / 4);
        int256 cash = vault.cashOf(account);
        bool short = _carried(account, asset, amount) + cash < WEI;
        _allowIf(cash < 0 && short, IVaultCommon.Undercollateralised.selector);
        (bool ok,) = _try(borrower, address(vault), abi.encodeCall(vault.withdraw, (account, asset, amount, borrower)));
        if (ok && cash < 0) _claimCarried(account, "withdrew on a failed feed");
        // what is Down goes back to where it stands alone only (VLT-39)
        bool alone = vault.portfolio(account).collateral.length == 1;
        if (ok && (alone || oracle.read(asset).status != PriceStatus.Down)) {
            give(borrower, account, MockERC20(asset), amount);
        }
        _count(ok ? bytes32("withdraw") : bytes32("no withdraw"));
        _check();
    }

    /// @notice Repayment never fails, whatever the feeds do.
    function repay(uint256 who, uint256 part) external acts {
        AccountId account = borrowers[who % 4];
        uint256 debt = vault.debtOf(account);
        if (debt == 0) return;
        uint256 amount = part % 4 == 0 || debt < 1_000 * USD ? type(uint256).max : debt / 3;
        quote.mint(borrower, debt);
        vm.prank(borrower);
        quote.approve(address(vault), debt);
        _try(borrower, address(vault), abi.encodeCall(vault.repay, (account, amount)));
        _count("repay");
        for (uint256 i; i < 3; ++i) {
            if (vault.collateralOf(account, assets[i]) != 0 && isFailed(assets[i])) _count("repaid on a failed feed");
        }
        _check();
    }

    function callMargin(uint256 who, uint256 drop) external acts {
        AccountId account = borrowers[who % 4];
        if (drop % 2 == 0 && vault.cashOf(account) < 0) _fall(who, _bound(drop, 7_500, 9_500));
        Margin memory best = _best(account);
        bool callable = best.health() < HEALTHY && best.maintenance != 0;
        bool known = vault.callOf(account).calledAt != 0;
        _allowIf(!callable, IMarginCalls.NotCallable.selector);
        _allowIf(callable && known, IMarginCalls.AlreadyCalled.selector);
        (bool ok,) = _try(keeper, address(vault), abi.encodeCall(vault.call, (account)));
        _claim("P25", !ok || callable, "called by a failed feed alone");
        if (ok) _count(isUp() ? bytes32("call") : bytes32("call in alarm"));
        _check();
    }

    /// @notice A sale of the whole account: what is dead stays, and what is doubtful sells nobody by itself.
    function liquidate(uint256 who, uint256 drop) external acts {
        AccountId account = borrowers[who % 4];
        if (drop % 4 == 0 && vault.cashOf(account) < 0) _fall(who, _bound(drop, 5_000, 6_700));
        if (drop % 4 == 1) _passGrace(account);
        Margin memory best = _best(account);
        bool may = _mayLiquidate(account, best);
        _allowIf(!may, ILiquidator.NotLiquidatable.selector);
        uint256[3] memory held;
        for (uint256 i; i < 3; ++i) {
            held[i] = vault.collateralOf(account, assets[i]);
        }
        // with money and nothing else, so that nothing but the account decides
        AccountId bidding = toAccountId(bidder, _bids++);
        give(bidder, bidding, quote, 3_000_000 * USD);
        bytes memory data = abi.encodeCall(vault.liquidate, (account, bidding, 1e18, type(int256).max, new bytes(0)));
        (bool ok,) = _try(bidder, address(vault), data);
        _claim("P25", !ok || may, "sold by a failed feed alone");
        if (ok) _claimSold(account, held);
        else _count(_isOverdue(account) && !isUp() ? bytes32("spared in alarm") : bytes32("no liquidation"));
        _check();
    }

    /// @dev What this borrower holds falls, for all sources that work.
    function _fall(uint256 who, uint256 bps) private {
        for (uint256 i; i < 3; ++i) {
            if (who % 4 == i || who % 4 == 3) crash(i, bps);
        }
    }

    /// @dev Until the deadline of the account's call, if it has one.
    function _passGrace(AccountId account) private {
        MarginCall memory made = vault.callOf(account);
        if (made.calledAt != 0 && vault.liveTime() < made.deadline) wait_(made.deadline - vault.liveTime(), 0x030303);
    }

    /// @dev Collateral for about 100,000 where the feeds began: of one asset, or a third of all.
    function _stock(uint256 who) private returns (bool done) {
        uint256[3] memory worth = [uint256(50e18), 2.5e8, 40e6];
        for (uint256 j; j < 3; ++j) {
            // nothing is put beside what is Down
            if (who == 3 && oracle.read(assets[j]).status == PriceStatus.Down) return false;
        }
        for (uint256 j; j < 3; ++j) {
            if (who == j) give(borrower, borrowers[who], MockERC20(assets[j]), worth[j]);
            else if (who == 3) give(borrower, borrowers[who], MockERC20(assets[j]), worth[j] / 3);
        }
        return true;
    }

    /* WHAT MUST COME OF IT */

    /// @dev While the sequencer is not up, only who would have no grace without that either (LIQ-30).
    function _mayLiquidate(AccountId account, Margin memory best) private view returns (bool) {
        int256 health = best.health();
        if (health >= HEALTHY) return false;
        bool overdue = _isOverdue(account);
        return health < _critical() || (overdue && isUp());
    }

    function _isOverdue(AccountId account) private view returns (bool) {
        MarginCall memory made = vault.callOf(account);
        return made.calledAt != 0 && vault.liveTime() >= made.deadline;
    }

    function _critical() private view returns (int256) {
        return int256(uint256(policy.liquidationTerms().criticalHealthBps)) * 1e14;
    }

    /// @dev What legs whose feeds have not failed carry at their lower side, without `amount` of `asset`, quote WAD.
    function _carried(AccountId account, address asset, uint256 amount) private view returns (int256 counted) {
        for (uint256 i; i < 3; ++i) {
            uint256 held = vault.collateralOf(account, assets[i]);
            if (assets[i] == asset) held -= amount;
            if (held == 0 || isFailed(assets[i])) continue;
            (, uint256 counts_) = _measure(assets[i], held, oracle.read(assets[i]).low, false);
            counted += int256(counts_);
        }
    }

    /// @dev The account at the best that any witness says. A dead feed is no witness: what it priced requires nothing.
    function _best(AccountId account) private view returns (Margin memory margin) {
        margin.equity = vault.cashOf(account);
        for (uint256 i; i < 3; ++i) {
            uint256 held = vault.collateralOf(account, assets[i]);
            if (held == 0) continue;
            (uint256 value, uint256 counted) = _measure(assets[i], held, _bestPrice(assets[i]), true);
            margin.equity += int256(value);
            if (oracle.read(assets[i]).status != PriceStatus.Down) margin.maintenance += value - counted;
        }
    }

    /// @dev Witnesses are both sources while they are alive, and of what is doubtful the smoothed price too.
    function _bestPrice(address asset) private view returns (uint256 best) {
        Price memory price = oracle.read(asset);
        if (!isFailed(asset)) return primary[asset].price;
        best = price.high;
        bool alive = isAlive(primary[asset]);
        if (alive && primary[asset].price > best) best = primary[asset].price;
        if (!hasSecond(asset) || !isAlive(second[asset])) return best;
        // beside a fresh primary an old second source is not heard
        if (_isFresh(primary[asset]) && !_isFresh(second[asset])) return best;
        bool apart = alive && areApart(primary[asset].price, second[asset].price);
        uint256 says = second[asset].price + second[asset].doubt;
        if ((apart || !alive) && says > best) best = says;
    }

    function _measure(address asset, uint256 held, uint256 price, bool maintenance)
        private
        view
        returns (uint256 value, uint256 counted)
    {
        CollateralRisk memory risk = policy.collateralRisk(asset);
        uint256 haircut = maintenance ? risk.maintenanceHaircutBps : risk.initialHaircutBps;
        value = Haircut.valueDown(held, price, risk.decimals);
        counted = Haircut.countedDown(value, haircut, held, risk.depth);
    }

    /* CLAIMS */

    function _claimCarried(AccountId account, string memory what) private {
        _claim("P25", _carried(account, address(0), 0) + vault.cashOf(account) >= 0, what);
    }

    function _claimSold(AccountId account, uint256[3] memory held) private {
        _count("liquidation");
        if (!isUp()) _count("sold in alarm");
        for (uint256 i; i < 3; ++i) {
            bool down = oracle.read(assets[i]).status == PriceStatus.Down;
            bool kept = vault.collateralOf(account, assets[i]) == held[i];
            _claim("P25", !down || kept, "sold at a dead price");
            _claim("P25", down || held[i] == 0 || !kept, "a sale left a living leg whole");
            if (held[i] != 0 && down) _count("sold beside a dead feed");
            if (held[i] != 0 && !down && isFailed(assets[i])) _count("sold by a doubtful feed");
        }
    }
}
