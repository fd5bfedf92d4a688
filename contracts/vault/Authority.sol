// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {ILossWaterfall} from "../interfaces/ILossWaterfall.sol";
import {IVaultCommon} from "../interfaces/IVaultCommon.sol";
import {AccountId} from "../types/AccountId.sol";
import {OperatorRight} from "../types/OperatorRight.sol";
import {LiveClock, LiveClocks} from "./LiveClock.sol";

/// @dev One slot: 1 + 5 bytes.
struct Operator {
    uint8 rights;
    uint40 expiry;
}

/// @title Who may do what with the vault
/// @notice Owners and their operators, the waterfall, and the guardian's pause.
abstract contract Authority is IVaultCommon, AccessManaged {
    using LiveClocks for LiveClock;

    LiveClock internal _clock;
    mapping(AccountId account => mapping(address operator => Operator)) internal _operators;
    /// pays for what accounts cannot
    ILossWaterfall internal _waterfall;

    /// whose signed batch runs, and on which account; zero where none does
    address internal transient _signer;
    AccountId internal transient _signedAccount;

    /// @dev Seconds in which the chain's sequencer was down, so far.
    function _outageTime() internal view virtual returns (uint256);

    function _liveTime() internal view returns (uint256) {
        return _clock.liveTime(_outageTime());
    }

    /* GUARDS */

    /// @dev Who acts: the caller, or who has signed the batch for which the vault calls itself.
    function _actor() internal view returns (address) {
        return msg.sender == address(this) ? _signer : msg.sender;
    }

    /// @dev Who acts on `account`, which in a signed batch is the one it was signed for.
    function _actorOn(AccountId account) internal view returns (address) {
        if (msg.sender != address(this)) return msg.sender;
        if (!(account == _signedAccount)) revert NotAuthorised(account, _signer, OperatorRight.ALL);
        return _signer;
    }

    function _isAuthorised(AccountId account, address caller, uint8 right) internal view returns (bool) {
        if (caller == account.owner()) return true;
        Operator memory known = _operators[account][caller];
        return known.rights & right == right && block.timestamp < known.expiry;
    }

    function _requireWaterfall() internal view {
        if (msg.sender != address(_waterfall)) revert OnlyWaterfall(msg.sender);
    }

    function _requireOwner(AccountId account) internal view {
        address actor = _actorOn(account);
        if (actor != account.owner()) revert NotAuthorised(account, actor, OperatorRight.ALL);
    }

    function _requireAuthorised(AccountId account, uint8 right) internal view {
        address actor = _actorOn(account);
        if (!_isAuthorised(account, actor, right)) revert NotAuthorised(account, actor, right);
    }

    /// @dev An operator may send tokens to the owner only.
    function _requirePayable(AccountId account, address to) internal view {
        if (to == address(0)) revert ZeroRecipient();
        if (_actorOn(account) == account.owner()) return;
        _requireAuthorised(account, OperatorRight.WITHDRAW);
        if (to != account.owner()) revert RecipientNotOwner(account, to);
    }
}
