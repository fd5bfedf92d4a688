// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IAggregatorV3} from "../interfaces/IAggregatorV3.sol";

/// @notice How a feed treats its callers.
enum FeedMode {
    Answers,
    Reverts,
    /// spends all gas it is given
    BurnsGas,
    /// returns one word instead of five
    ReturnsShort,
    /// returns 100,000 bytes
    ReturnsLong,
    /// returns five words with every bit set
    ReturnsGarbage
}

/// @notice A Chainlink aggregator that anyone may feed, with all its rounds; also an L2 sequencer uptime feed, whose
/// answer is 0 while the sequencer is up and 1 while it is down, since `startedAt`.
contract MockAggregator is IAggregatorV3 {
    struct Round {
        int256 answer;
        uint256 startedAt;
        uint256 updatedAt;
        uint80 answeredInRound;
    }

    string public description;
    uint256 public version = 4;
    FeedMode public mode;
    uint80 public latestRound;

    uint8 private _decimals;
    mapping(uint80 roundId => Round) private _rounds;

    event AnswerUpdated(int256 indexed current, uint256 indexed roundId, uint256 updatedAt);

    error NoData(uint80 roundId);
    error FeedReverted();

    constructor(uint8 decimals_, string memory description_) {
        _decimals = decimals_;
        description = description_;
    }

    /// @notice A new round, answered now.
    function push(int256 answer) external {
        pushAt(answer, block.timestamp);
    }

    /// @notice A new round, started and answered at `updatedAt`.
    function pushAt(int256 answer, uint256 updatedAt) public {
        uint80 roundId = latestRound + 1;
        setRound(roundId, answer, updatedAt, updatedAt, roundId);
    }

    /// @notice Writes a round field by field and makes it the latest.
    function setRound(uint80 roundId, int256 answer, uint256 startedAt, uint256 updatedAt, uint80 answeredInRound)
        public
    {
        latestRound = roundId;
        _rounds[roundId] = Round(answer, startedAt, updatedAt, answeredInRound);
        emit AnswerUpdated(answer, roundId, updatedAt);
    }

    function setReverting(bool reverting) external {
        mode = reverting ? FeedMode.Reverts : FeedMode.Answers;
    }

    function setMode(FeedMode newMode) external {
        mode = newMode;
    }

    function setDecimals(uint8 newDecimals) external {
        _decimals = newDecimals;
    }

    function decimals() external view returns (uint8) {
        _misbehave();
        return _decimals;
    }

    function latestRoundData() external view returns (uint80, int256, uint256, uint256, uint80) {
        return getRoundData(latestRound);
    }

    function getRoundData(uint80 roundId) public view returns (uint80, int256, uint256, uint256, uint80) {
        _misbehave();
        Round storage round = _rounds[roundId];
        if (round.updatedAt == 0 && round.answeredInRound == 0) revert NoData(roundId);
        return (roundId, round.answer, round.startedAt, round.updatedAt, round.answeredInRound);
    }

    /// @dev Assembly because no Solidity return type allows these lengths and values.
    function _misbehave() private view {
        FeedMode mode_ = mode;
        if (mode_ == FeedMode.Answers) return;
        if (mode_ == FeedMode.Reverts) revert FeedReverted();
        if (mode_ == FeedMode.BurnsGas) {
            for (uint256 i; i < type(uint256).max; ++i) {
                mode_ = mode;
            }
        }
        // solhint-disable-next-line no-inline-assembly
        assembly ("memory-safe") {
            // word at 0 only: ReturnsShort
            mstore(0, 1)
            if eq(mode_, 3) { return(0, 32) }
            let start := mload(0x40)
            if eq(mode_, 4) { return(start, 100000) }
            for { let i := 0 } lt(i, 160) { i := add(i, 32) } { mstore(add(start, i), not(0)) }
            return(start, 160)
        }
    }
}
