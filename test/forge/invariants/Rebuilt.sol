// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {CashPool, InterestIndex} from "../../../contracts/math/InterestIndex.sol";
import {AccountId} from "../../../contracts/types/AccountId.sol";
import {Portfolio} from "../../../contracts/types/Portfolio.sol";
import {LiveClock, LiveClocks} from "../../../contracts/vault/LiveClock.sol";
import {Replay} from "../fixtures/Replay.sol";
import {World} from "./World.sol";

/// @notice Compares what a replay of the events has rebuilt with the system.
abstract contract Rebuilt is World {
    using InterestIndex for CashPool;
    using LiveClocks for LiveClock;

    /// @notice From here on, and with what whoever deployed this has recorded.
    function startReplay() external {
        replay = new Replay(START);
        replay.setFund(address(junior));
        flush();
    }

    /// @notice P30, for everything that the replay rebuilds.
    function checkReplay() external view {
        _checkPool();
        for (uint256 i; i < accounts.length; ++i) {
            _checkAccount(accounts[i]);
        }
        for (uint256 i; i < assets.length; ++i) {
            assertEq(replay.totalCollateral(assets[i]), vault.totalCollateral(assets[i]), "P30: total collateral");
            assertEq(replay.paceAvailable(assets[i]), vault.paceAvailable(assets[i]), "P30: pace");
            assertEq(replay.restrictedAt(assets[i]), policy.restrictedAt(assets[i]), "P30: restriction");
            assertEq(abi.encode(replay.shelfOf(assets[i])), abi.encode(closeOut.shelfOf(assets[i])), "P30: shelf");
        }
        assertEq(replay.restrictedAt(address(quote)), policy.restrictedAt(address(quote)), "P30: restriction");
        assertEq(replay.carried(), waterfall.carried(), "P30: what is tied up");
        assertEq(replay.advancedByJunior(), waterfall.advancedBy(junior), "P30: what the tranche has advanced");
        assertEq(replay.waterfall(), address(vault.waterfall()), "P30: waterfall");
        address[2] memory backers = [alice, erin];
        for (uint256 i; i < backers.length; ++i) {
            assertEq(replay.sharesOf(backers[i]), junior.balanceOf(backers[i]), "P30: shares");
            assertEq(abi.encode(replay.requestOf(backers[i])), abi.encode(junior.requestOf(backers[i])), "P30: notice");
        }
    }

    /// @dev The vault shows its pool and clock as they are now, so the rebuilt ones are brought to now as well.
    function _checkPool() private view {
        CashPool memory rebuilt = replay.pool().accrued(policy.cashTerms().reserveFactorBps, block.timestamp);
        assertEq(abi.encode(rebuilt), abi.encode(vault.pool()), "P30: pool");
        assertEq(replay.borrowCap(), policy.cashTerms().borrowCap, "P30: borrow cap");
        LiveClock memory clock = replay.clock();
        assertEq(clock.liveTime(oracle.outageTime()), vault.liveTime(), "P30: live time");
        assertEq(clock.isOpen(), vault.liquidationsOpen(), "P30: open");
    }

    function _checkAccount(AccountId account) private view {
        Replay.Account memory rebuilt = replay.accountOf(account);
        Portfolio memory p = vault.portfolio(account);
        assertEq(rebuilt.principal, vault.principalOf(account), "P30: principal");
        assertEq(rebuilt.mode, p.mode, "P30: mode");
        assertEq(abi.encode(rebuilt.collateral), abi.encode(p.collateral), "P30: collateral, in its order");
        (uint8 rights, uint40 expiry) = replay.operatorOf(AccountId.unwrap(account), keeper);
        (uint8 rightsNow, uint40 expiryNow) = vault.operatorOf(account, keeper);
        assertEq(rights, rightsNow, "P30: operator's rights");
        assertEq(expiry, expiryNow, "P30: operator's expiry");
        assertEq(abi.encode(replay.callOf(account)), abi.encode(vault.callOf(account)), "P30: margin call");
    }
}
