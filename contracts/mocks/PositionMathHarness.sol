// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {toDeltaWord} from "../types/DeltaWord.sol";
import {Greeks} from "../types/Greeks.sol";
import {InstrumentId, InstrumentKind, toOption, toPerpetual} from "../types/InstrumentId.sol";
import {DeltaTerms, InstrumentRisk} from "../types/InstrumentParams.sol";
import {InstrumentWord, toInstrumentWord} from "../types/InstrumentWord.sol";
import {Margin} from "../types/Margin.sol";
import {DeltaMargin} from "../risk/DeltaMargin.sol";
import {OptionLeg, OptionSet} from "../risk/OptionSet.sol";
import {StandardRates} from "../risk/StandardRates.sol";

/// @notice The functions that positions are measured by, for tests and for comparison with the sdk.
contract PositionMathHarness {
    struct Scales {
        uint256 initial;
        uint256 maintenance;
    }

    struct OptionCase {
        bool isCall;
        int256 size;
        uint256 strike;
        uint256 index;
        uint256 price;
    }

    function perpetualId(uint8 underlying) external pure returns (InstrumentId) {
        return toPerpetual(underlying);
    }

    function optionId(InstrumentKind kind, uint8 underlying, uint256 expiry, uint256 strike)
        external
        pure
        returns (InstrumentId)
    {
        return toOption(kind, underlying, expiry, strike);
    }

    function describe(InstrumentId id)
        external
        pure
        returns (InstrumentKind kind, uint8 underlying, uint256 expiry, uint256 strike, bool isCanonical)
    {
        return (id.kind(), id.underlying(), id.expiry(), id.strike(), id.isCanonical());
    }

    function perpetual(InstrumentRisk calldata risk, Scales calldata s, int256 size, int256 costBasis, uint256 price)
        external
        pure
        returns (Margin memory)
    {
        return StandardRates(toInstrumentWord(risk), s.initial, s.maintenance).perpetual(size, costBasis, price);
    }

    function option(InstrumentRisk calldata risk, Scales calldata s, OptionCase calldata c)
        external
        pure
        returns (Margin memory)
    {
        StandardRates memory rates = StandardRates(toInstrumentWord(risk), s.initial, s.maintenance);
        return rates.option(c.isCall, c.size, c.strike, c.index, c.price);
    }

    function deltaMargin(Greeks calldata greeks, uint256 index, DeltaTerms calldata terms, Scales calldata s)
        external
        pure
        returns (Margin memory)
    {
        StandardRates memory rates = StandardRates(InstrumentWord.wrap(0), s.initial, s.maintenance);
        return DeltaMargin.requirementsOf(greeks, index, toDeltaWord(terms), rates);
    }

    /// @notice A set at its mark.
    function setOf(OptionLeg[] memory legs)
        external
        pure
        returns (int256 leastPayoff, uint256[] memory naked, Margin memory margin)
    {
        OptionSet.Bound memory bound = OptionSet.boundOf(legs, legs.length);
        return (bound.leastPayoff, bound.naked, OptionSet.total(legs, legs.length, bound, OptionSet.markOf));
    }
}
