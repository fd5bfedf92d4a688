// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {SignatureChecker} from "@openzeppelin/contracts/utils/cryptography/SignatureChecker.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {ITrading} from "../interfaces/ITrading.sol";
import {Rounding} from "../math/Rounding.sol";
import {AccountId} from "../types/AccountId.sol";
import {OperatorRight} from "../types/OperatorRight.sol";
import {LOT} from "../types/Market.sol";
import {Order, hashOrder} from "../types/Order.sol";
import {Steps} from "../vault/Steps.sol";

/// @title Signed orders
/// @notice Whether an order stands, and how much of it is left.
abstract contract Orders is Steps, EIP712, ITrading {
    /// @dev What is filled of an order that was cancelled.
    uint256 private constant ALL = type(uint256).max;

    constructor() EIP712("Plimsoll", "1") {}

    /// @inheritdoc ITrading
    function cancelOrder(AccountId account, uint256 nonce) external {
        _requireAuthorised(account, OperatorRight.TRADE);
        _filled[account][nonce] = ALL;
        emit OrderUsed(account, nonce, ALL);
    }

    /// @inheritdoc ITrading
    function cancelOrders(AccountId account) external returns (uint256 epoch) {
        _requireAuthorised(account, OperatorRight.TRADE);
        epoch = ++_orderEpoch[account];
        emit OrdersCancelled(account, epoch);
    }

    /// @inheritdoc ITrading
    function filledOf(AccountId account, uint256 nonce) external view returns (uint256) {
        return _filled[account][nonce];
    }

    /// @inheritdoc ITrading
    function orderEpochOf(AccountId account) external view returns (uint256) {
        return _orderEpoch[account];
    }

    /// @dev What may still be filled of the order, WAD in whole lots; never nothing.
    function _leftOf(Order calldata order) internal view returns (uint256 left) {
        left = Math.saturatingSub(Rounding.magnitude(order.size), _filled[order.account][order.nonce]);
        left -= left % LOT;
        if (left == 0) revert OrderUsedUp(order.account, order.nonce);
    }

    /// @dev Takes `size`, no more than is left, out of the order. A wallet that is asked for its signature can change
    /// nothing: the call is static.
    function _use(Order calldata order, bytes calldata signature, uint256 size) internal {
        AccountId account = order.account;
        if (block.timestamp > order.deadline) revert OrderExpired(account, order.deadline);
        uint256 epoch = _orderEpoch[account];
        if (order.epoch != epoch) revert OrderOfOtherEpoch(account, order.epoch, epoch);
        if (!_isSigned(order, signature)) revert OrderNotSigned(account, order.signer);
        if (!_isAuthorised(account, order.signer, OperatorRight.TRADE)) {
            revert NotAuthorised(account, order.signer, OperatorRight.TRADE);
        }
        uint256 filled = _filled[account][order.nonce] + size;
        _filled[account][order.nonce] = filled;
        emit OrderUsed(account, order.nonce, filled);
    }

    function _isSigned(Order calldata order, bytes calldata signature) private view returns (bool) {
        if (signature.length == 0 && order.signer == _actorOn(order.account)) return true;
        bytes32 digest = _hashTypedDataV4(hashOrder(order));
        return SignatureChecker.isValidSignatureNowCalldata(order.signer, digest, signature);
    }
}
