// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {IERC1271} from "@openzeppelin/contracts/interfaces/IERC1271.sol";
import {ScriptedBidder, ScriptedCall} from "./ScriptedBidder.sol";

/// @notice A wallet that is a contract: what `key` has signed is its signature. It makes a call of anyone's choice
/// before it says so, and fails with it where that must not fail.
contract ContractWallet is ScriptedBidder, IERC1271 {
    address public immutable key;

    ScriptedCall private _whenAsked;

    constructor(address key_) {
        key = key_;
    }

    function setWhenAsked(ScriptedCall calldata newCall) external {
        _whenAsked = newCall;
    }

    function isValidSignature(bytes32 digest, bytes calldata signature) external view returns (bytes4) {
        ScriptedCall memory first = _whenAsked;
        if (first.target != address(0)) {
            // solhint-disable-next-line avoid-low-level-calls
            (bool ok, bytes memory returned) = first.target.staticcall(first.data);
            if (!ok && !first.mayFail) _revertWith(returned);
        }
        return ECDSA.recover(digest, signature) == key ? IERC1271.isValidSignature.selector : bytes4(0);
    }
}
