// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Test} from "forge-std/Test.sol";
import {Black76} from "../../contracts/math/Black76.sol";
import {Exponential} from "../../contracts/math/Exponential.sol";
import {NaturalLog} from "../../contracts/math/NaturalLog.sol";
import {Normal} from "../../contracts/math/Normal.sol";

/// @notice What the maths of options costs in a loop, its call included and the loop not. It asserts nothing about
/// that: `forge test --match-contract Black76Gas -vv`.
contract Black76GasTest is Test {
    uint256 private constant FORWARD = 100_000e18;
    uint256 private constant DEVIATION = 0.2e18;
    uint256 private constant ROUNDS = 32;

    uint256 private _start;
    uint256 private _loop;

    function test_gas_ofPricesInALoop() public {
        uint256 sum;
        _begin();
        for (uint256 i; i < ROUNDS; ++i) {
            unchecked {
                sum += Black76.callPrice(FORWARD, 101_000e18, -0.00995e18, DEVIATION);
            }
        }
        _log("callPrice, 1 % out of the money");
        for (uint256 i; i < ROUNDS; ++i) {
            unchecked {
                sum += Black76.callPrice(FORWARD, 82_000e18, 0.19845e18, DEVIATION);
            }
        }
        _log("callPrice, 18 % in the money");
        for (uint256 i; i < ROUNDS; ++i) {
            unchecked {
                sum += Black76.putPrice(FORWARD, 82_000e18, 0.19845e18, DEVIATION);
            }
        }
        _log("putPrice, 18 % out of the money");
        for (uint256 i; i < ROUNDS; ++i) {
            unchecked {
                sum += Black76.callPrice(FORWARD, 160_000e18, -0.47e18, DEVIATION);
            }
        }
        _log("callPrice, 60 % out of the money");
        assertNotEq(sum, 0);
    }

    function test_gas_ofTheRest() public {
        uint256 sum;
        _begin();
        for (uint256 i; i < ROUNDS; ++i) {
            unchecked {
                sum += Black76.callDelta(0.19845e18, DEVIATION);
            }
        }
        _log("callDelta");
        for (uint256 i; i < ROUNDS; ++i) {
            unchecked {
                sum += Black76.vega(FORWARD, 0.19845e18, DEVIATION);
            }
        }
        _log("vega");
        for (uint256 i; i < ROUNDS; ++i) {
            unchecked {
                sum += Black76.gamma(FORWARD, 0.19845e18, DEVIATION);
            }
        }
        _log("gamma");
        for (uint256 i; i < ROUNDS; ++i) {
            unchecked {
                sum += uint256(Black76.logMoneynessOf(FORWARD, 40_000e18));
            }
        }
        _log("logMoneynessOf, 0.4 times the forward");
        for (uint256 i; i < ROUNDS; ++i) {
            unchecked {
                sum += uint256(Black76.logMoneynessOf(FORWARD, 1_000_000e18));
            }
        }
        _log("logMoneynessOf, ten times the forward");
        for (uint256 i; i < ROUNDS; ++i) {
            unchecked {
                sum += Black76.deviationOf(0.8e18, 1 days);
            }
        }
        _log("deviationOf");
        assertNotEq(sum, 0);
    }

    function test_gas_ofTheParts() public {
        uint256 sum;
        _begin();
        for (uint256 i; i < ROUNDS; ++i) {
            unchecked {
                sum += Normal.tail(1.2e18);
            }
        }
        _log("Normal.tail, inner piece");
        for (uint256 i; i < ROUNDS; ++i) {
            unchecked {
                sum += Normal.tail(2.4e18);
            }
        }
        _log("Normal.tail, outer piece");
        for (uint256 i; i < ROUNDS; ++i) {
            unchecked {
                sum += Exponential.expOfMinus(1.2e18);
            }
        }
        _log("Exponential.expOfMinus");
        for (uint256 i; i < ROUNDS; ++i) {
            unchecked {
                sum += uint256(NaturalLog.ln(2 ** 95));
            }
        }
        _log("NaturalLog.ln of the largest");
        assertGt(sum, 0);
    }

    /// @dev The empty loop is taken off every figure.
    function _begin() private {
        uint256 sum;
        (_start, _loop) = (1, 1); // warm slots
        uint256 before = gasleft();
        for (uint256 i; i < ROUNDS; ++i) {
            unchecked {
                sum += before;
            }
        }
        _loop = before - gasleft();
        assertGt(sum, 0);
        _start = gasleft();
    }

    function _log(string memory name) private {
        uint256 spent = _start - gasleft() - _loop;
        emit log_named_uint(name, spent / ROUNDS);
        _start = gasleft();
    }
}
