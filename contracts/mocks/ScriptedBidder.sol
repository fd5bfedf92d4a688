// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {ITakeOverCallee} from "../interfaces/ITakeOverCallee.sol";
import {AccountId} from "../types/AccountId.sol";

/// @notice One call of a script.
struct ScriptedCall {
    address target;
    bytes data;
    /// the script goes on where it fails
    bool mayFail;
}

/// @notice A contract that makes calls of anyone's choice, on its own and in the middle of a take-over, whose `data` is
/// a script. It notes how the last one went.
contract ScriptedBidder is ITakeOverCallee {
    uint256 public takeOvers;
    bool public succeeded;
    /// what the last call returned, or reverted with
    bytes public result;

    function run(ScriptedCall[] memory script) public {
        for (uint256 i; i < script.length; ++i) {
            // solhint-disable-next-line avoid-low-level-calls
            (succeeded, result) = script[i].target.call(script[i].data);
            if (!succeeded && !script[i].mayFail) _revertWith(result);
        }
    }

    function onTakeOver(AccountId, AccountId, int256, address[] calldata, uint256[] calldata, bytes calldata data)
        external
    {
        ++takeOvers;
        run(abi.decode(data, (ScriptedCall[])));
    }

    /// @notice Spends all gas it is given, without the time that a loop would take.
    function burnGas() external pure {
        // solhint-disable-next-line no-inline-assembly
        assembly ("memory-safe") {
            invalid()
        }
    }

    function _revertWith(bytes memory reason) internal pure {
        // solhint-disable-next-line no-inline-assembly
        assembly ("memory-safe") {
            revert(add(reason, 32), mload(reason))
        }
    }
}
