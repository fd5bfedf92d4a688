// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {Address} from "@openzeppelin/contracts/utils/Address.sol";
import {NoncesKeyed} from "@openzeppelin/contracts/utils/NoncesKeyed.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {SignatureChecker} from "@openzeppelin/contracts/utils/cryptography/SignatureChecker.sol";
import {IVaultCore} from "../interfaces/IVaultCore.sol";
import {IVaultPermits} from "../interfaces/IVaultPermits.sol";
import {AccountId} from "../types/AccountId.sol";
import {OperatorRight} from "../types/OperatorRight.sol";
import {OperatorPermit, SignedBatch, hashOperatorPermit, hashSignedBatch} from "../types/SignedMessage.sol";
import {Authority, Operator} from "./Authority.sol";

/// @title Operators and batches by signature
/// @dev Its storage follows that of the vault's other codes, which do not have it.
abstract contract Permits is Authority, EIP712, NoncesKeyed, IVaultPermits {
    constructor() EIP712("Plimsoll", "1") {}

    /// @inheritdoc IVaultPermits
    function permitOperator(OperatorPermit calldata permit, bytes calldata signature) external {
        _redeem(permit.account.owner(), hashOperatorPermit(permit), permit.nonce, permit.deadline, signature);
        _setOperator(permit.account, permit.operator, permit.rights, permit.expiry);
    }

    /// @inheritdoc IVaultPermits
    /// @dev The vault calls itself here and nowhere else, and acts for the signer in calls from itself alone: whoever
    /// is called meanwhile and calls back is a caller of his own.
    function runSigned(SignedBatch calldata signed, bytes calldata signature)
        external
        returns (bytes[] memory results)
    {
        if (_signer != address(0)) revert NestedSignedBatch(_signer);
        if (signed.relayer != address(0) && msg.sender != signed.relayer) {
            revert OnlyRelayer(signed.relayer, msg.sender);
        }
        _redeem(signed.signer, hashSignedBatch(signed), signed.nonce, signed.deadline, signature);
        _signer = signed.signer;
        _signedAccount = signed.account;
        bytes memory returned = Address.functionCall(address(this), abi.encodeCall(IVaultCore.batch, (signed.steps)));
        _signer = address(0);
        _signedAccount = AccountId.wrap(0);
        return abi.decode(returned, (bytes[]));
    }

    /// @inheritdoc IVaultPermits
    function cancelNonce(uint256 nonce) external {
        _use(_actor(), nonce);
    }

    /// @inheritdoc IVaultPermits
    function nonces(address signer, uint192 key) public view override(NoncesKeyed, IVaultPermits) returns (uint256) {
        return super.nonces(signer, key);
    }

    function _setOperator(AccountId account, address operator, uint8 rights, uint40 expiry) internal {
        if (rights > OperatorRight.ALL) revert RightsOutOfBounds(rights, OperatorRight.ALL);
        _operators[account][operator] = Operator(rights, expiry);
        emit OperatorChanged(account, operator, rights, expiry);
    }

    /// @dev A wallet that is asked for its signature can change nothing: the call is static.
    function _redeem(address signer, bytes32 message, uint256 nonce, uint256 deadline, bytes calldata signature)
        private
    {
        if (block.timestamp > deadline) revert SignatureExpired(deadline);
        bytes32 digest = _hashTypedDataV4(message);
        if (!SignatureChecker.isValidSignatureNowCalldata(signer, digest, signature)) revert SignatureRefused(signer);
        _use(signer, nonce);
    }

    function _use(address signer, uint256 nonce) private {
        _useCheckedNonce(signer, nonce);
        emit NonceUsed(signer, nonce);
    }
}
