// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {NANO} from "../../../contracts/math/Units.sol";
import {AccountId} from "../../../contracts/types/AccountId.sol";
import {InstrumentId} from "../../../contracts/types/InstrumentId.sol";
import {Assessment} from "../../../contracts/types/Margin.sol";
import {LOT, Market} from "../../../contracts/types/Market.sol";
import {Portfolio, Position} from "../../../contracts/types/Portfolio.sol";
import {TradedWorld} from "./TradedWorld.sol";

/// @notice What must hold of positions between any two calls, and of every account after one.
abstract contract PositionBooks is TradedWorld {
    /// wei that one call may leave with the vault
    int256 private constant DUST = 1_000;
    /// roundings of one call against an account: its cash and bases, and each position once a side
    int256 private constant SLACK = 200;

    struct Standing {
        Assessment margin;
        /// of everything that only a call can change
        bytes32 digest;
        /// what lenders have of what they lent: less by a loss that is booked
        uint96 supplyIndex;
    }

    /// @notice P01: cash, reserves and what is unsettled are what the vault has, and no more than rounding beside it.
    function checkCustody() public view {
        int256 owes = int256(vault.reserves()) - vault.marketOf(BITCOIN).unsettled;
        for (uint256 i; i < accounts.length; ++i) {
            owes += vault.cashOf(accounts[i]);
        }
        uint256 balance = quote.balanceOf(address(vault));
        assertEq(balance, ghostCash, "P01: what cash went in and out");
        int256 left = int256(balance * 1e12) - owes;
        assertGe(left, 0, "P01: custody of the quote token");
        assertLe(left, int256(cashMoves + 20) * (DUST + int256(uint256(NANO))), "P01: more than rounding is nobody's");
    }

    /// @notice P28: long and short are as much, open interest is their sum, and what was paid for perpetuals and
    /// options beyond what was received is what is unsettled.
    function checkPositions() public view {
        int256 bases;
        uint256 perpetualLots;
        uint256 optionLots;
        for (uint256 k; k < traded.length; ++k) {
            int256 sum;
            uint256 long;
            for (uint256 i; i < accounts.length; ++i) {
                (int256 size, int256 basis) = vault.positionOf(accounts[i], traded[k]);
                sum += size;
                if (size > 0) long += uint256(size);
                bases += basis;
                assertEq(size % int256(LOT), 0, "P28: a part of a lot");
            }
            assertEq(sum, 0, "P28: long and short differ");
            if (traded[k].isOption()) optionLots += long / LOT;
            else perpetualLots += long / LOT;
        }
        Market memory market = vault.marketOf(BITCOIN);
        assertEq(market.perpetualLots, perpetualLots, "P28: open interest of perpetuals");
        assertEq(market.optionLots, optionLots, "P28: open interest of options");
        int256 left = bases + ghostOptionsPaid - market.unsettled;
        assertGe(left, 0, "P28: more is unsettled than was paid");
        assertLe(left, int256(cashMoves), "P28: more than rounding is nobody's basis");
    }

    /// @notice [POS-01] [POS-02]: lists are without gaps, in order, of what there is, and as long as they say.
    function checkLists() public view {
        for (uint256 i; i < accounts.length; ++i) {
            Position[] memory positions = vault.portfolio(accounts[i]).positions;
            assertLe(positions.length, 32, "POS-01: too many");
            uint256 known;
            for (uint256 k; k < traded.length; ++k) {
                (int256 size, int256 basis) = vault.positionOf(accounts[i], traded[k]);
                if (size != 0 || basis != 0) ++known;
            }
            assertEq(positions.length, known, "POS-02: another number of positions");
            for (uint256 k = 1; k < positions.length; ++k) {
                bool ordered =
                    InstrumentId.unwrap(positions[k - 1].instrument) < InstrumentId.unwrap(positions[k].instrument);
                assertTrue(ordered, "POS-01: out of order");
            }
        }
    }

    /// @notice P02, P03: the pool's principals are the sums of its accounts'.
    function checkPrincipals() public view {
        int256 lent;
        int256 owed;
        for (uint256 i; i < accounts.length; ++i) {
            int256 principal = vault.principalOf(accounts[i]);
            if (principal > 0) lent += principal;
            else owed -= principal;
        }
        assertEq(uint256(lent), vault.pool().supplyPrincipal, "P03: lenders");
        assertEq(uint256(owed), vault.pool().borrowPrincipal, "P03: debtors");
    }

    function check() external view override {
        checkCustody();
        checkPositions();
        checkLists();
        checkPrincipals();
    }

    function _remember(InstrumentId id) internal {
        if (isTraded[id]) return;
        isTraded[id] = true;
        traded.push(id);
    }

    function _standings() internal view returns (Standing[] memory all) {
        all = new Standing[](accounts.length);
        for (uint256 i; i < all.length; ++i) {
            all[i] = _standing(accounts[i]);
        }
    }

    /// @dev P05 for two accounts after a call by their owners, P15 and P17 for all others.
    function _claimAfter(Standing[] memory before, AccountId a, AccountId b, bool ok) internal {
        for (uint256 i; i < accounts.length && ok; ++i) {
            if (!(accounts[i] == a || accounts[i] == b)) continue;
            Assessment memory now_ = assess(accounts[i]);
            if (!_hasPositions(accounts[i]) && vault.cashOf(accounts[i]) >= 0) continue;
            bool covered = !ghostPaused && now_.worse.excess() >= 0;
            _claim("P05", covered || _isSafer(before[i].margin, now_), "below initial margin and not safer");
            if (!covered) _count("only made safer");
        }
        if (ok) _claimOthers(before, a, b);
        else _claimOthers(before, AccountId.wrap(0), AccountId.wrap(0));
    }

    function _claimOthers(Standing[] memory before, AccountId a, AccountId b) internal {
        for (uint256 i; i < accounts.length; ++i) {
            if (accounts[i] == a || accounts[i] == b) continue;
            Standing memory now_ = _standing(accounts[i]);
            _claim("P15", now_.digest == before[i].digest, "a call changed an account it did not name");
            int256 lost = before[i].margin.mark.equity - now_.margin.mark.equity;
            bool lossBooked = now_.supplyIndex < before[i].supplyIndex;
            if (lossBooked) _count("loss socialised");
            else _claim("P17", lost <= 2 && lost >= -2, "a call changed what another account is worth");
        }
    }

    function _hasPositions(AccountId account) internal view returns (bool) {
        return vault.portfolio(account).positions.length != 0;
    }

    function _isSafer(Assessment memory before, Assessment memory now_) private pure returns (bool) {
        return _excess(now_.worse.equity, now_.worse.maintenance) + SLACK
                >= _excess(before.worse.equity, before.worse.maintenance)
            && _excess(now_.better.equity, now_.better.maintenance) + SLACK
                >= _excess(before.better.equity, before.better.maintenance);
    }

    function _excess(int256 equity, uint256 required) private pure returns (int256) {
        return equity - int256(required);
    }

    function _standing(AccountId account) private view returns (Standing memory s) {
        Portfolio memory p = vault.portfolio(account);
        if (p.positions.length != 0 || p.cash < 0) s.margin = engine.assess(p);
        else s.margin.mark.equity = p.cash;
        s.supplyIndex = vault.pool().supplyIndex;
        bytes memory sizes;
        for (uint256 i; i < p.positions.length; ++i) {
            (int256 size, int256 basis) = vault.positionOf(account, p.positions[i].instrument);
            sizes = abi.encodePacked(sizes, size, basis);
        }
        s.digest = keccak256(abi.encode(vault.principalOf(account), p.mode, p.collateral, sizes));
    }
}
