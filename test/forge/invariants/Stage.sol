// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {MockERC20} from "../../../contracts/mocks/MockERC20.sol";
import {ScriptedBidder} from "../../../contracts/mocks/ScriptedBidder.sol";
import {AccountId, toAccountId} from "../../../contracts/types/AccountId.sol";
import {HostileToken} from "../fixtures/HostileToken.sol";
import {Witnesses} from "../fixtures/Witnesses.sol";

/// @notice The system with two more collaterals, of one source each, of which one may turn, and everybody who acts on
/// it, with tokens.
abstract contract Stage is Witnesses {
    uint256 internal constant USD = 1e6;
    uint256 internal constant ONE = 1e18;
    /// accounts of actors; the rest are the fund's
    uint256 internal constant OWN = 10;

    address internal immutable alice = makeAddr("alice, who lends");
    address internal immutable bob = makeAddr("bob, who lends");
    address internal immutable carol = makeAddr("carol, who borrows");
    address internal immutable dave = makeAddr("dave, who borrows");
    address internal immutable erin = makeAddr("erin, who borrows");
    address internal immutable bidder = makeAddr("bidder");
    address internal immutable keeper = makeAddr("keeper");
    address internal immutable stranger = makeAddr("stranger");
    address internal immutable council = makeAddr("council, whose changes of policy wait");

    uint24 internal constant GRACE = 10 minutes;
    uint32 internal constant COUNCIL_DELAY = 6 hours;

    /// bids without capital, and finds it in the middle of the take-over
    ScriptedBidder internal immutable flash = new ScriptedBidder();
    AccountId internal immutable flashing = toAccountId(address(flash), 0);
    uint256 internal constant FLASH_AT = OWN + 12;

    MockERC20 internal silver;
    /// ordinary when it is listed, and what not later
    HostileToken internal hostile;
    /// of those who sign
    mapping(address owner => uint256) internal keys;

    constructor() {
        deployWitnesses(GRACE);
        _listMore();
        address[9] memory actors = [alice, bob, carol, dave, erin, bidder, keeper, stranger, address(flash)];
        for (uint256 i; i < actors.length; ++i) {
            _fundActor(actors[i]);
        }
    }

    function _listMore() private {
        (, keys[carol]) = makeAddrAndKey("carol, who borrows");
        (, keys[dave]) = makeAddrAndKey("dave, who borrows");
        (, keys[erin]) = makeAddrAndKey("erin, who borrows");
        (silver, hostile) = (new MockERC20("Silver", "SILVER", 8), new HostileToken());
        _list(silver, 8, 25, 2_000, 2_500, 4_000_000);
        _list(hostile, 18, 100, 3_000, 3_500, 200_000);
    }

    function _fundActor(address actor) private {
        quote.mint(actor, 1e9 * USD);
        weth.mint(actor, 1e6 * ONE);
        wbtc.mint(actor, 1e6 * 1e8);
        gold.mint(actor, 1e6 * 1e6);
        silver.mint(actor, 1e9 * 1e8);
        hostile.mint(actor, 1e9 * ONE);
        vm.startPrank(actor);
        quote.approve(address(vault), type(uint256).max);
        quote.approve(address(junior), type(uint256).max);
        quote.approve(address(senior), type(uint256).max);
        quote.approve(address(closeOut), type(uint256).max);
        for (uint256 i; i < assets.length; ++i) {
            MockERC20(assets[i]).approve(address(vault), type(uint256).max);
        }
        vm.stopPrank();
    }
}
