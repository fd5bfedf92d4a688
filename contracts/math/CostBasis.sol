// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {SignedMath} from "@openzeppelin/contracts/utils/math/SignedMath.sol";
import {Funding} from "./Funding.sol";
import {Rounding} from "./Rounding.sol";

/// @notice What a trade does to the stored basis of a perpetual, and what it pays (docs/risk.md, "Perpetuals").
library CostBasis {
    /// @dev What is closed takes its part of the basis with it, in proportion; what is opened adds what it costs; what
    /// turns round closes all and opens the rest. Rounded against the account.
    /// @param size before the trade, WAD, as `traded`
    /// @param basis quote WAD stored before
    /// @param net price of the trade less the funding index, quote WAD for one unit
    /// @return left quote WAD to be stored
    /// @return cash what the trade pays the account, quote WAD; negative is a loss
    function afterTrade(int256 size, int256 basis, int256 traded, int256 net)
        internal
        pure
        returns (int256 left, int256 cash)
    {
        int256 all = basis + Funding.cost(traded, net);
        int256 rest = size + traded;
        if (rest == 0) left = 0;
        else if (size == 0 || size > 0 == traded > 0) left = all;
        else if (rest > 0 == size > 0) left = _shareOf(basis, rest, size);
        else left = Funding.cost(rest, net);
        // what was paid for more than what is left of it is a loss
        cash = left - all;
    }

    /// @notice What of `worth` is paid now: a loss whole, a profit as far as there is room.
    /// @param room quote WAD that winners may still be paid before losers have paid; may be negative
    function paidOf(int256 worth, int256 room) internal pure returns (int256) {
        return worth <= 0 ? worth : SignedMath.max(SignedMath.min(worth, room), 0);
    }

    /// @dev Of a basis what belongs to `rest` of `size`, rounded up.
    function _shareOf(int256 basis, int256 rest, int256 size) private pure returns (int256) {
        return Rounding.mulDivCeil(basis, Rounding.magnitude(rest), Rounding.magnitude(size));
    }
}
