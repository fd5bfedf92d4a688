// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {IMarginVault} from "../interfaces/IMarginVault.sol";
import {AccountId} from "../types/AccountId.sol";
import {ModuleRight} from "../types/ModuleRight.sol";
import {OperatorRight} from "../types/OperatorRight.sol";
import {LiveClock, LiveClocks} from "./LiveClock.sol";

/// @dev One slot: 1 + 5 bytes.
struct Operator {
    uint8 rights;
    uint40 expiry;
}

/// @title Who may do what with the vault
/// @notice Owners and their operators, linked modules, and the guardian's pause.
abstract contract Authority is IMarginVault, AccessManaged {
    using LiveClocks for LiveClock;

    /// @notice Seconds between the end of a pause and the first liquidation: time to repay or top up first.
    uint256 public constant RESUME_WINDOW = 10 minutes;

    LiveClock internal _clock;
    mapping(AccountId account => mapping(address operator => Operator)) private _operators;
    mapping(address module => uint8 rights) public moduleRights;

    modifier onlyModule(uint8 right) {
        _requireModule(right);
        _;
    }

    /* OPERATORS */

    /// @inheritdoc IMarginVault
    function setOperator(AccountId account, address operator, uint8 rights, uint40 expiry) external {
        _requireOwner(account);
        if (rights > OperatorRight.ALL) revert RightsOutOfBounds(rights, OperatorRight.ALL);
        _operators[account][operator] = Operator(rights, expiry);
        emit OperatorChanged(account, operator, rights, expiry);
    }

    /// @inheritdoc IMarginVault
    function operatorOf(AccountId account, address operator) external view returns (uint8 rights, uint40 expiry) {
        Operator memory known = _operators[account][operator];
        return (known.rights, known.expiry);
    }

    /// @inheritdoc IMarginVault
    function isAuthorised(AccountId account, address caller, uint8 right) public view returns (bool) {
        if (caller == account.owner()) return true;
        Operator memory known = _operators[account][caller];
        return known.rights & right == right && block.timestamp < known.expiry;
    }

    /* GOVERNANCE */

    /// @inheritdoc IMarginVault
    function pause() external restricted {
        _clock.pause(_outageTime());
        _emitPause(true);
    }

    /// @inheritdoc IMarginVault
    function unpause() external restricted {
        _clock.resume(_outageTime(), RESUME_WINDOW);
        _emitPause(false);
    }

    /// @inheritdoc IMarginVault
    function setModule(address module, uint8 rights) external restricted {
        if (rights > ModuleRight.ALL) revert RightsOutOfBounds(rights, ModuleRight.ALL);
        moduleRights[module] = rights;
        emit ModuleChanged(module, rights);
    }

    /// @inheritdoc IMarginVault
    function liveTime() external view returns (uint256) {
        return _clock.liveTime(_outageTime());
    }

    /// @inheritdoc IMarginVault
    function liquidationsOpen() external view returns (bool) {
        return _clock.isOpen();
    }

    /// @dev Seconds in which the chain's sequencer was down, so far.
    function _outageTime() internal view virtual returns (uint256);

    function _emitPause(bool paused) private {
        LiveClock memory clock = _clock;
        emit PauseChanged(msg.sender, paused, clock.opensAt, clock.stoppedAt, clock.outageBefore);
    }

    /* GUARDS */

    function _requireModule(uint8 right) private view {
        if (moduleRights[msg.sender] & right == 0) revert NotModule(msg.sender, right);
    }

    function _requireOwner(AccountId account) internal view {
        if (msg.sender != account.owner()) revert NotAuthorised(account, msg.sender, OperatorRight.ALL);
    }

    function _requireAuthorised(AccountId account, uint8 right) internal view {
        if (!isAuthorised(account, msg.sender, right)) revert NotAuthorised(account, msg.sender, right);
    }

    /// @dev An operator may send tokens to the owner only.
    function _requirePayable(AccountId account, address to) internal view {
        if (to == address(0)) revert ZeroRecipient();
        if (msg.sender == account.owner()) return;
        _requireAuthorised(account, OperatorRight.WITHDRAW);
        if (to != account.owner()) revert RecipientNotOwner(account, to);
    }
}
