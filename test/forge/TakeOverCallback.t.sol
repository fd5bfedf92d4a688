// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {IVaultCommon} from "../../contracts/interfaces/IVaultCommon.sol";
import {ITakeOverCallee} from "../../contracts/interfaces/ITakeOverCallee.sol";
import {AccountId, toAccountId} from "../../contracts/types/AccountId.sol";
import {System} from "./fixtures/System.sol";
import {TransientProbe, TransientReader} from "./fixtures/TransientProbe.sol";

/// @notice A bidder that makes calls of the test's choice when it is called back.
contract Bidder is ITakeOverCallee {
    struct Step {
        address target;
        bytes data;
        /// whether the bidder lets it fail
        bool caught;
    }

    Step[] private _steps;
    bytes[] public failures;

    function plan(address target, bytes memory data, bool caught) external {
        _steps.push(Step(target, data, caught));
    }

    function run(address target, bytes memory data) external {
        _call(Step(target, data, false));
    }

    function onTakeOver(AccountId, AccountId, int256, address[] calldata, uint256[] calldata, bytes calldata) external {
        for (uint256 i; i < _steps.length; ++i) {
            _call(_steps[i]);
        }
    }

    function _call(Step memory step) private {
        (bool ok, bytes memory result) = step.target.call(step.data);
        if (ok) return;
        if (step.caught) {
            failures.push(result);
            return;
        }
        // solhint-disable-next-line no-inline-assembly
        assembly ("memory-safe") {
            revert(add(result, 32), mload(result))
        }
    }
}

/// @notice Looks into the vault's transient storage when it is called.
contract Prober {
    address private immutable _vault;
    bytes32[] private _slots;
    bytes private _readerCode = type(TransientReader).runtimeCode;
    /// index of the first slot that was set, or their number
    uint256 public seen;

    constructor(address vault, AccountId[] memory accounts) {
        _vault = vault;
        _slots = TransientProbe.slotsOf(accounts);
    }

    function probe() external {
        seen = TransientProbe.firstSet(_vault, _readerCode, _slots);
    }

    function slotCount() external view returns (uint256) {
        return _slots.length;
    }
}

/// @notice What a bidder may do between taking a slice and being checked for it (P26, V41, V45).
contract TakeOverCallbackTest is System {
    uint256 private constant ONE = 1e18;
    uint256 private constant USD = 1e6;

    address private immutable borrower = makeAddr("borrower");
    AccountId private loan = toAccountId(borrower, 0);
    AccountId private taking;
    Bidder private taker;

    function setUp() public {
        deploySystem();
        AccountId bank = toAccountId(makeAddr("bank"), 0);
        give(bank.owner(), bank, quote, 5_000_000 * USD);
        give(borrower, loan, weth, 100 * ONE);
        vm.prank(borrower);
        vault.borrow(loan, 150_000 * USD, borrower);
        taker = new Bidder();
        taking = toAccountId(address(taker), 0);
        vm.prank(address(taker));
        quote.approve(address(vault), type(uint256).max);
        setPrice(weth, 1_650); // below the critical health
        skipLive(12);
    }

    function test_P26_theCheckIsOwedInTheCallbackAndNothingIsAfterwards() public {
        quote.mint(address(taker), 200_000 * USD);
        AccountId[] memory accounts = new AccountId[](2);
        (accounts[0], accounts[1]) = (loan, taking);
        Prober prober = new Prober(address(vault), accounts);
        taker.plan(address(prober), abi.encodeCall(prober.probe, ()), false);
        _plan(abi.encodeCall(vault.deposit, (taking, address(quote), 200_000 * USD)));
        _liquidate();
        assertLt(prober.seen(), prober.slotCount(), "the probe is blind");
        prober.probe();
        assertEq(prober.seen(), prober.slotCount(), "something is left");
    }

    function test_V41_noNestedCallSettlesTheCheckOfTheOuter() public {
        _plan(abi.encodeCall(vault.withdraw, (taking, address(weth), type(uint256).max, address(taker))));
        _plan(abi.encodeCall(vault.batch, (new bytes[](0))));
        _plan(abi.encodeCall(vault.accrue, ()));
        vm.expectPartialRevert(IVaultCommon.Undercollateralised.selector);
        _liquidate();
    }

    /// @dev A nested batch that is refused, and caught, takes nothing off the queue.
    function test_V41_aFailureCaughtInsideFreesNobody() public {
        bytes[] memory steps = new bytes[](2);
        steps[0] = abi.encodeCall(vault.withdraw, (taking, address(weth), 1, address(taker)));
        steps[1] = abi.encodeCall(vault.withdraw, (taking, address(wbtc), 1, address(taker)));
        taker.plan(address(vault), abi.encodeCall(vault.batch, (steps)), true);
        _plan(abi.encodeCall(vault.withdraw, (taking, address(weth), type(uint256).max, address(taker))));
        vm.expectPartialRevert(IVaultCommon.Undercollateralised.selector);
        _liquidate();
    }

    /// @dev The state it held before the callback is no excuse: a slice that comes with risk has to be carried.
    function test_P05_beingSaferWithinTheCallbackIsNotEnough() public {
        bytes[] memory steps = new bytes[](1);
        steps[0] = abi.encodeCall(vault.repay, (taking, 1_000 * USD));
        quote.mint(address(taker), 1_000 * USD);
        _plan(abi.encodeCall(vault.batch, (steps)));
        vm.expectPartialRevert(IVaultCommon.Undercollateralised.selector);
        _liquidate();
    }

    function test_V45_theLiquidatorIsNotEnteredTwice() public {
        quote.mint(address(taker), 400_000 * USD);
        _plan(abi.encodeCall(vault.deposit, (taking, address(quote), 200_000 * USD)));
        taker.plan(address(vault), abi.encodeCall(vault.liquidate, (loan, taking, ONE, type(int256).max, "")), true);
        _liquidate();
        assertEq(bytes4(taker.failures(0)), ReentrancyGuardTransient.ReentrancyGuardReentrantCall.selector);
    }

    function _plan(bytes memory data) private {
        taker.plan(address(vault), data, false);
    }

    function _liquidate() private {
        bytes memory data = abi.encodeCall(vault.liquidate, (loan, taking, ONE, type(int256).max, hex"01"));
        taker.run(address(vault), data);
    }
}
