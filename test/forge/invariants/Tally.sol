// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

/// @notice Counts what came of each action that a run chose, and of each part of an action that has several: done,
/// refused and by which error, or nothing tried. A campaign whose actions are mostly refused or idle proves little, and
/// none of that shows in its result.
abstract contract Tally {
    struct Outcomes {
        uint256 done;
        uint256 refused;
        uint256 idle;
    }

    /// What is going on now, and within what.
    struct Doing {
        bytes4 action;
        bool didSomething;
        bool wasRefused;
    }

    mapping(bytes4 action => Outcomes) public outcomes;
    mapping(bytes4 action => mapping(bytes4 error => uint256)) public refusals;
    mapping(bytes4 action => bytes4[]) private _errors;

    Doing[] private _doing;

    /// @dev What a run chooses.
    modifier acts() {
        _begin(msg.sig);
        _;
        _end();
    }

    /// @dev What a run chooses, or another action does; counted under its own name either way.
    modifier actsAs(bytes4 action) {
        _begin(action);
        _;
        _end();
    }

    /// @notice Errors that refused `action`, in the order of their first time.
    function errorsOf(bytes4 action) external view returns (bytes4[] memory) {
        return _errors[action];
    }

    /// @dev Only when something has come of it: what is counted as done is believed to be tested.
    function _succeeded() internal {
        for (uint256 i; i < _doing.length; ++i) {
            _doing[i].didSomething = true;
        }
    }

    function _refused(bytes4 error) internal {
        for (uint256 i; i < _doing.length; ++i) {
            _doing[i].wasRefused = true;
            bytes4 action = _doing[i].action;
            if (refusals[action][error]++ == 0) _errors[action].push(error);
        }
    }

    function _begin(bytes4 action) private {
        _doing.push(Doing(action, false, false));
    }

    function _end() private {
        Doing memory last = _doing[_doing.length - 1];
        _doing.pop();
        if (last.didSomething) ++outcomes[last.action].done;
        else if (last.wasRefused) ++outcomes[last.action].refused;
        else ++outcomes[last.action].idle;
    }
}
