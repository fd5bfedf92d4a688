// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {MockPyth} from "@pythnetwork/pyth-sdk-solidity/MockPyth.sol";
import {PythStructs} from "@pythnetwork/pyth-sdk-solidity/PythStructs.sol";

/// @notice Pyth's own mock, which anyone may feed without a fee. As the real one it keeps the price published last.
contract MockPythPrices is MockPyth(60, 0) {
    bool public reverting;

    error PythReverted();

    /// @notice A price of `price * 10 ** exponent` give or take `confidence * 10 ** exponent`.
    function push(bytes32 id, int64 price, uint64 confidence, int32 exponent, uint256 publishTime) external {
        PythStructs.Price memory published = PythStructs.Price(price, confidence, exponent, publishTime);
        bytes[] memory updates = new bytes[](1);
        updates[0] = abi.encode(PythStructs.PriceFeed(id, published, published));
        this.updatePriceFeeds(updates);
    }

    function setReverting(bool newReverting) external {
        reverting = newReverting;
    }

    function getPriceUnsafe(bytes32 id) public view override returns (PythStructs.Price memory) {
        if (reverting) revert PythReverted();
        return super.getPriceUnsafe(id);
    }
}
