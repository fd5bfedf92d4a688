// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {OperatorPermit, SignedBatch} from "../types/SignedMessage.sol";

/// @title What may be done with the vault by signature
/// @notice Messages of EIP-712, signed by a key or, through ERC-1271, by a contract, sent in by somebody else. The
/// domain (`eip712Domain`) has the chain and the vault in it, the message its account, its nonce and its deadline.
/// @dev Nonces come in namespaces of the signer's choice, so that messages need not wait for each other; within one
/// they are used in order, and each is used once, by a message or by `cancelNonce`.
interface IVaultPermits {
    /// @param nonce 24 bytes of namespace, 8 of sequence; the next one in the namespace is one more
    event NonceUsed(address indexed signer, uint256 nonce);

    error SignatureExpired(uint256 deadline);
    /// @notice The signature is not `signer`'s, or not for this message, chain and vault.
    error SignatureRefused(address signer);
    error OnlyRelayer(address relayer, address caller);
    /// @notice A signed batch has no signed batch among its steps.
    error NestedSignedBatch(address signer);

    /// @notice `setOperator` by the signature of the account's owner. Anyone may send it in, so in a batch of steps
    /// that need it somebody else may come first: where that matters, sign the batch with a relayer instead.
    function permitOperator(OperatorPermit calldata permit, bytes calldata signature) external;

    /// @notice `batch` by the signature of `signed.signer`, who is the caller in all that its steps promise: he needs
    /// the rights, pays, and is called back. Steps that pay in or need a right are refused with `NotAuthorised` for
    /// every account but `signed.account`, the signer's other ones included. Roles cannot be used by signature.
    function runSigned(SignedBatch calldata signed, bytes calldata signature) external returns (bytes[] memory results);

    /// @notice Uses up the caller's next nonce of a namespace, so that what was signed with it is void. Later ones wait
    /// for this one and become usable by it: cancel those too where they are to be void.
    function cancelNonce(uint256 nonce) external;

    /// @notice The next nonce of `signer` in namespace `key`, with the namespace in its high 24 bytes.
    function nonces(address signer, uint192 key) external view returns (uint256);
}
