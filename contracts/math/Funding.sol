// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {SignedMath} from "@openzeppelin/contracts/utils/math/SignedMath.sol";
import {Market} from "../types/Market.sol";
import {Price, PriceStatus} from "../types/Price.sol";
import {Rounding} from "./Rounding.sol";
import {PPM, WAD} from "./Units.sol";

/// @notice What longs of a perpetual pay shorts for its price being above the index, and the other way round: the
/// distance once a day, clamped.
/// @dev One index for both sides, so that what is paid is what is received. The rate is stored and goes on until
/// somebody looks again, so that no later price changes what the time before has cost.
library Funding {
    using SafeCast for int256;

    /// @dev A rate that nobody looked at for so long ends: the prices it came from say nothing any more.
    uint256 internal constant MAX_HOLD = 8 hours;

    /// @notice The index now, quote WAD for one unit.
    function indexNow(Market storage market) internal view returns (int256) {
        (int256 index, int256 rate, uint256 at) = (market.fundingIndex, market.fundingRate, market.fundingAt);
        // fits: 2**79 * 28,800
        return index + rate * int256(Math.min(block.timestamp - at, MAX_HOLD));
    }

    /// @notice Brings the index up to now, and stores what the rate is from here on.
    function advance(Market memory market, int256 index, int256 rate) internal view {
        market.fundingIndex = index.toInt112();
        market.fundingRate = rate.toInt80();
        market.fundingAt = uint40(block.timestamp); // fits: for 34,000 years
    }

    /// @notice Quote WAD a second for one unit long.
    /// @dev Spot is compared with spot, and each end of one band with that of the other: of three distances the
    /// smallest counts, and none where they point apart. So a single print moves no money, and a fall that both prices
    /// share does not either. Nothing where one of them is doubtful.
    /// @param mostPpm a day, of the index
    function rateOf(Price memory perpetual, Price memory index, uint256 mostPpm) internal pure returns (int256) {
        if (perpetual.status != PriceStatus.Live || index.status != PriceStatus.Live) return 0;
        // fit: prices are below 2**104
        int256 distance = _nearer(
            int256(perpetual.spot) - int256(index.spot),
            _nearer(int256(perpetual.low) - int256(index.low), int256(perpetual.high) - int256(index.high))
        );
        int256 most = int256(index.spot * mostPpm / PPM);
        return SignedMath.max(SignedMath.min(distance, most), -most) / int256(1 days);
    }

    /// @notice What `size` costs at `price` a unit, or has paid in funding at an index of it: quote WAD, rounded up;
    /// negative is received.
    /// @param price quote WAD, of any sign
    function cost(int256 size, int256 price) internal pure returns (int256) {
        return price < 0
            ? Rounding.mulDivCeil(-size, Rounding.magnitude(price), WAD)
            : Rounding.mulDivCeil(size, uint256(price), WAD);
    }

    function _nearer(int256 a, int256 b) private pure returns (int256) {
        if (a > 0 && b > 0) return SignedMath.min(a, b);
        return a < 0 && b < 0 ? SignedMath.max(a, b) : int256(0);
    }
}
