// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

/// @notice Counts what came of each action that a run chose: done, refused and by which error, or nothing tried. A
/// campaign whose actions are mostly refused or idle proves little, and none of that shows in its result.
abstract contract Tally {
    struct Outcomes {
        uint256 done;
        uint256 refused;
        uint256 idle;
    }

    mapping(bytes4 action => Outcomes) public outcomes;
    mapping(bytes4 action => mapping(bytes4 error => uint256)) public refusals;
    mapping(bytes4 action => bytes4[]) private _errors;

    uint256 private _depth;
    bool private _didSomething;
    bool private _wasRefused;

    /// @dev An action may be part of another; the one that was chosen counts.
    modifier acts() {
        _begin();
        _;
        _end();
    }

    /// @notice Errors that refused `action`, in the order of their first time.
    function errorsOf(bytes4 action) external view returns (bytes4[] memory) {
        return _errors[action];
    }

    function _succeeded() internal {
        _didSomething = true;
    }

    function _refused(bytes4 error) internal {
        _wasRefused = true;
        if (refusals[msg.sig][error]++ == 0) _errors[msg.sig].push(error);
    }

    function _begin() private {
        if (_depth++ == 0) (_didSomething, _wasRefused) = (false, false);
    }

    function _end() private {
        if (--_depth != 0) return;
        if (_didSomething) ++outcomes[msg.sig].done;
        else if (_wasRefused) ++outcomes[msg.sig].refused;
        else ++outcomes[msg.sig].idle;
    }
}
