// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {AccountId} from "./AccountId.sol";

/// @notice What `setOperator` takes, signed by the account's owner.
struct OperatorPermit {
    AccountId account;
    address operator;
    uint8 rights;
    uint40 expiry;
    /// the owner's next one in its namespace: 24 bytes of namespace, 8 of sequence
    uint256 nonce;
    /// last second in which the signature may be used
    uint256 deadline;
}

/// @notice Steps that `signer` wants taken on one account.
struct SignedBatch {
    /// owner or operator: who acts, and pays and is paid
    address signer;
    /// the one account that the steps have authority over
    AccountId account;
    /// each the calldata of a function of the vault
    bytes[] steps;
    /// who may send it in; zero for anybody
    address relayer;
    /// the signer's next one in its namespace: 24 bytes of namespace, 8 of sequence
    uint256 nonce;
    /// last second in which the signature may be used
    uint256 deadline;
}

bytes32 constant OPERATOR_PERMIT_TYPE = keccak256(
    "OperatorPermit(bytes32 account,address operator,uint8 rights,uint40 expiry,uint256 nonce,uint256 deadline)"
);
bytes32 constant SIGNED_BATCH_TYPE = keccak256(
    "SignedBatch(address signer,bytes32 account,bytes[] steps,address relayer,uint256 nonce,uint256 deadline)"
);

/// @notice The struct hash of EIP-712.
function hashOperatorPermit(OperatorPermit calldata permit) pure returns (bytes32) {
    return keccak256(
        abi.encode(
            OPERATOR_PERMIT_TYPE,
            permit.account,
            permit.operator,
            permit.rights,
            permit.expiry,
            permit.nonce,
            permit.deadline
        )
    );
}

/// @notice The struct hash of EIP-712.
function hashSignedBatch(SignedBatch calldata signed) pure returns (bytes32) {
    bytes32[] memory steps = new bytes32[](signed.steps.length);
    for (uint256 i; i < steps.length; ++i) {
        steps[i] = keccak256(signed.steps[i]);
    }
    return keccak256(
        abi.encode(
            SIGNED_BATCH_TYPE,
            signed.signer,
            signed.account,
            keccak256(abi.encodePacked(steps)),
            signed.relayer,
            signed.nonce,
            signed.deadline
        )
    );
}
