// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {VolatilityConfig} from "../../../contracts/interfaces/IVolatilityFeed.sol";
import {MockAggregator} from "../../../contracts/mocks/MockAggregator.sol";
import {MockERC20} from "../../../contracts/mocks/MockERC20.sol";
import {AccountId, toAccountId} from "../../../contracts/types/AccountId.sol";
import {InstrumentId, InstrumentKind, toOption, toPerpetual} from "../../../contracts/types/InstrumentId.sol";
import {InstrumentRisk, TradeTerms} from "../../../contracts/types/InstrumentParams.sol";
import {OperatorRight} from "../../../contracts/types/OperatorRight.sol";
import {SviParameters} from "../../../contracts/types/SviWord.sol";
import {VolatilityUpdate} from "../../../contracts/types/VolatilityUpdate.sol";
import {System} from "../fixtures/System.sol";
import {Terms} from "../fixtures/Terms.sol";
import {Attempts} from "./Attempts.sol";

/// @notice The system with instruments of bitcoin, and everybody who trades them. One operator may trade for all
/// traders, and this contract signs volatilities.
abstract contract TradedWorld is System, Attempts {
    uint256 internal constant USD = 1e6;
    uint256 internal constant ONE = 1e18;
    uint256 internal constant TRADERS = 4;
    /// whose cash the vault lends, and who bids
    uint256 internal constant LENDER = TRADERS;
    uint256 internal constant BIDDER = TRADERS + 1;
    uint256 internal constant KEEPER = TRADERS + 2;
    uint8 internal constant BITCOIN = 1;
    uint256 internal constant STRIKES = 4;

    address internal immutable operator = makeAddr("operator, who trades for all");
    address internal immutable keeper = makeAddr("keeper");
    InstrumentId internal immutable perpetual = toPerpetual(BITCOIN);
    address internal perpetualKey;

    AccountId[] public accounts;
    /// tokens that went in less tokens that came out
    uint256 public ghostCash;
    /// quote WAD that settled options received, less what others paid for them
    int256 public ghostOptionsPaid;
    /// calls that moved cash or bases: each may leave some wei behind
    uint256 public cashMoves;
    bool internal ghostPaused;

    /// every instrument that was ever traded
    InstrumentId[] public traded;
    mapping(InstrumentId => bool) internal isTraded;
    /// the next expiry that is traded
    uint256 public expiry;

    constructor() {
        deploySystem();
        perpetualKey = _newPerpetual();
        InstrumentRisk memory risk = InstrumentRisk({
            perpetualInitialPpm: 20_000,
            perpetualMaintenancePpm: 10_000,
            perpetualSlope: 5e13,
            optionInitialPpm: 150_000,
            optionFloorPpm: 100_000,
            optionMaintenancePpm: 75_000,
            profitInitialBps: 5_000,
            profitMaintenanceBps: 2_000,
            longInitialBps: 10_000,
            longMaintenanceBps: 5_000
        });
        instruments.listUnderlying(address(wbtc), perpetualKey, risk, _tradeTerms());
        volatilityFeed.configure(address(wbtc), _volatilityConfig());
        string[7] memory names = ["alice", "bob", "carol", "dave", "lender", "bidder", "keeper"];
        for (uint256 i; i < names.length; ++i) {
            address owner = i == KEEPER ? keeper : makeAddr(names[i]);
            accounts.push(toAccountId(owner, 0));
            quote.mint(owner, 1e9 * USD);
            vm.startPrank(owner);
            quote.approve(address(vault), type(uint256).max);
            vault.setOperator(accounts[i], operator, OperatorRight.TRADE, type(uint40).max);
            vm.stopPrank();
        }
        for (uint256 i; i < TRADERS; ++i) {
            _put(i, 40_000 * USD);
        }
        _put(LENDER, 5_000_000 * USD);
        _put(BIDDER, 5_000_000 * USD);
        give(accounts[3].owner(), accounts[3], weth, 20 * ONE);
        _nextExpiry();
        oracle.update(assets);
    }

    /// @notice ERC-1271: whatever is asked, it has signed it.
    function isValidSignature(bytes32, bytes calldata) external pure returns (bytes4) {
        return this.isValidSignature.selector;
    }

    function _option(uint256 which) internal view returns (InstrumentId) {
        InstrumentKind kind = which % 2 == 0 ? InstrumentKind.Call : InstrumentKind.Put;
        return toOption(kind, BITCOIN, expiry, (34_000 + 4_000 * (which / 2 % STRIKES)) * ONE);
    }

    function _publish(uint256 level) internal {
        VolatilityUpdate memory update = VolatilityUpdate({
            underlying: address(wbtc),
            expiry: uint40(expiry),
            parameters: SviParameters({a: int40(int256(level)), b: 0, rho: 0, m: 0, sigma: 1e8}),
            confidenceBps: 100,
            timestamp: uint40(block.timestamp)
        });
        volatilityFeed.publish(update, address(this), "");
    }

    /// @dev The second next eight o'clock: an expiry that has passed stays with those who hold it.
    function _nextExpiry() internal {
        expiry = (block.timestamp / 1 days + 2) * 1 days + 8 hours;
    }

    function _put(uint256 who, uint256 amount) internal {
        vm.prank(accounts[who].owner());
        vault.deposit(accounts[who], address(quote), amount);
        ghostCash += amount;
    }

    function _newPerpetual() private returns (address key) {
        MockAggregator feed = new MockAggregator(8, "BTC perpetual");
        key = address(feed);
        feeds[key] = feed;
        assets.push(key);
        setPriceWad(key, 40_000 * ONE);
        oracle.configure(key, Terms.feed(key));
    }

    function _tradeTerms() internal pure returns (TradeTerms memory) {
        return TradeTerms({
            depth: 60e18,
            perpetualCapBps: 10_000,
            optionCapBps: 10_000,
            bandBps: 300,
            takerFeePpm: 500,
            makerFeePpm: 200,
            fundingPpmPerDay: 30_000,
            expiryMinute: 480,
            maxTenorDays: 365,
            strikeDigits: 4,
            unsettledCap: 20_000
        });
    }

    function _volatilityConfig() private pure returns (VolatilityConfig memory) {
        return VolatilityConfig({
            openAge: 1 hours,
            liquidationAge: 6 hours,
            nearExpiry: 1 days,
            nearOpenAge: 1 hours,
            nearLiquidationAge: 3 hours,
            relayDelay: 2 minutes,
            confidenceBps: 500,
            jumpBpsPerHour: 60_000
        });
    }

    function _asset(address key) internal pure returns (MockERC20) {
        return MockERC20(key);
    }
}
