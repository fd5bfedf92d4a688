// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Span} from "../math/LinearRamp.sol";
import {CashWord} from "../types/CashWord.sol";
import {CollateralWord} from "../types/CollateralWord.sol";
import {LiquidationWord} from "../types/LiquidationWord.sol";
import {
    CapGrowth,
    CashTerms,
    CollateralRamp,
    CollateralRisk,
    LiquidationTerms,
    PaceLimit,
    PairRamp,
    PairRisk,
    RampSpeeds
} from "../types/PolicyParams.sol";

/// @title The margin policy
/// @notice Risk parameters as data, within bounds that code sets. Each change raises the version and is an event.
/// @dev From `seal` on, what tightens maintenance and what turns terms of liquidation against the accounts comes over a
/// ramp, and caps grow: docs/risk.md, "Changes of policy". Events carry what is being gone to.
interface IMarginPolicy {
    event CollateralListed(uint64 indexed version, address indexed asset, CollateralRisk risk);
    event CollateralChanged(uint64 indexed version, address indexed asset, CollateralRisk risk);
    event CollateralRampStarted(address indexed asset, CollateralRamp ramp);
    event CapGrowthStarted(address indexed asset, CapGrowth growth);
    event PaceChanged(uint64 indexed version, address indexed asset, PaceLimit pace);
    event PairChanged(uint64 indexed version, address indexed asset, PairRisk risk);
    event PairRampStarted(address indexed asset, PairRamp ramp);
    event CashTermsChanged(uint64 indexed version, CashTerms terms);
    event BorrowCapGrowthStarted(CapGrowth growth);
    event LiquidationTermsChanged(uint64 indexed version, LiquidationTerms terms);
    event LiquidationRampStarted(uint40 startedAt, uint40 endsAt);
    event RampSpeedsChanged(uint64 indexed version, RampSpeeds speeds);
    event Sealed(uint64 indexed version);
    /// @notice The guardian has restricted `subject`, a collateral or the quote token, by the change of this version.
    event NewRiskRestricted(uint64 indexed version, address indexed subject);
    /// @notice What the guardian has restricted may be loosened again.
    event Released(uint64 indexed version, address indexed subject);
    /// @notice What ramped or grew has arrived and is no longer looked up.
    event CollateralSettled(address indexed asset);
    event CashSettled();
    event LiquidationSettled();

    /// @notice `parameter` was given as `value` and must be within `[least, most]`.
    error ParameterOutOfBounds(bytes32 parameter, uint256 value, uint256 least, uint256 most);
    /// @notice What may be done at once may only lower risk: `parameter` is `current`, and `value` on the wrong side.
    error WouldLoosen(bytes32 parameter, uint256 value, uint256 current);
    /// @notice The guardian has restricted `subject`, and the change would loosen that: `release` it first.
    error Restricted(address subject, uint64 restriction);
    /// @notice `restriction` is not the one that stands, which is `known`; zero is none.
    error OtherRestriction(address subject, uint64 restriction, uint64 known);
    /// @notice The change would ramp for `duration` seconds: make it in steps.
    error RampTooLong(uint256 duration, uint256 most);
    error AlreadySealed();
    error CollateralAlreadyListed(address asset);
    error CollateralNotListed(address asset);
    error PairNotListed(address asset);
    /// @notice The quote token is cash and cannot be collateral.
    error QuoteIsCash(address quote);
    error TooManyDecimals(address asset, uint8 decimals);
    /// @notice There is no token at `asset`, or one that does not tell its decimals.
    error NotAToken(address asset);

    /* SETTING: the policy role, which waits */

    /// @notice Lists `asset` as collateral; its decimals are read from the token. Until `setPace` nothing limits how
    /// fast it may be sold. Its supply cap is zero for three days, and then grows to what it is to be.
    /// @param risk `listed` and `decimals` are ignored
    function listCollateral(address asset, CollateralRisk calldata risk) external;

    /// @notice Replaces the parameters of a listed collateral. A maintenance haircut that rises and a depth that falls
    /// ramp from where they are now; a cap that rises grows by a part of what it is now, and from zero as a new one;
    /// everything else is at once.
    function setCollateral(address asset, CollateralRisk calldata risk) external;

    /// @notice Sets how fast `asset` may be sold above `hCritical`; an empty bucket must be full again within a day.
    function setPace(address asset, PaceLimit calldata pace) external;

    /// @notice Sets the haircuts of `asset` in isolated accounts that owe cash. A maintenance haircut that rises ramps.
    /// @param risk where not `listed` the haircuts must be those the pair is to have: no new debt is opened on it, and
    /// the accounts that stand on it stand as before
    function setPair(address asset, PairRisk calldata risk) external;

    /// @notice Sets rates, least debt and borrow cap. They act with time and on new debt, and hold at once, but for a
    /// borrow cap that rises: it grows by a part of what it is now.
    /// @dev The least debt must stay large beside the call fee and the floor bonus, so it is raised before them.
    /// Warning: call the vault's `accrue` first, so that the time before is paid for at the terms of that time.
    function setCashTerms(CashTerms calldata terms) external;

    /// @notice Sets the terms of calls and liquidations. Each field that turns against the accounts ramps from where it
    /// is now, the others hold at once.
    /// @dev Call fee and floor bonus must be small beside the least debt: `setCashTerms` comes first.
    function setLiquidationTerms(LiquidationTerms calldata terms) external;

    /// @notice Sets how fast later changes come, within what code allows. Ramps that run keep their pace.
    function setRampSpeeds(RampSpeeds calldata speeds) external;

    /// @notice Ends the time before anybody uses the policy, in which nothing ramps or grows. Cannot be undone.
    function seal() external;

    /// @notice Lets the setters loosen again what the guardian has restricted of `subject`: initial haircuts and supply
    /// cap of an asset, or the borrow cap, of which the quote token is the subject.
    /// @param restriction `restrictedAt`, so that no release can be scheduled before the restriction it is to lift
    function release(address subject, uint64 restriction) external;

    /* LOWERING RISK: the guardian, at once. Nothing loosens it until it is released */

    /// @notice Raises the initial haircut of `asset` in cross accounts, up to all of it: then it counts nothing for new
    /// risk. Reverts with `WouldLoosen` where it would fall.
    function raiseInitialHaircut(address asset, uint16 haircutBps) external;

    /// @notice The same for the pair of isolated accounts.
    function raisePairInitialHaircut(address asset, uint16 haircutBps) external;

    /// @notice Lowers the supply cap of `asset`, or the one that its cap grows to. What is above it may stay or leave.
    /// @param cap token units
    function lowerSupplyCap(address asset, uint96 cap) external;

    /// @notice Lowers what all accounts together may owe, or what that grows to.
    /// @dev What is owed now closes borrowing as well as zero does, and a cap grows back from it faster.
    /// @param cap whole quote units
    function lowerBorrowCap(uint48 cap) external;

    /// @notice Takes in nothing more of `asset` and lets it back no new risk, in accounts of any kind.
    function closeToNewRisk(address asset) external;

    /* SETTLING: anyone */

    /// @notice Forgets ramps and growths that have ended, of `assets`, the borrow cap and the terms of liquidation, so
    /// that checks no longer pay for looking them up.
    function settle(address[] calldata assets) external;

    /* READING */

    /// @notice Raised by one with each change.
    function version() external view returns (uint64);

    /// @notice Whether `seal` has been called.
    function isSealed() external view returns (bool);

    /// @notice Haircuts and depth as they are now; the supply cap is the one to be grown to (`intakeOf` tells today's).
    /// All zero where `asset` is not listed.
    function collateralRisk(address asset) external view returns (CollateralRisk memory);

    /// @notice The same in one word, as checks read it.
    function collateralWord(address asset) external view returns (CollateralWord);

    /// @notice Whether the vault takes in `asset`, and how much in all now, token units.
    function intakeOf(address asset) external view returns (bool listed, uint256 supplyCap);

    /// @notice All zero where `asset` is not listed: then nobody can set one, and the liquidator takes it as no limit.
    function paceLimit(address asset) external view returns (PaceLimit memory);

    /// @notice As it is now.
    function pairRisk(address asset) external view returns (PairRisk memory);

    /// @notice With the borrow cap as it is now.
    function cashTerms() external view returns (CashTerms memory);

    /// @notice The same in one word.
    function cashWord() external view returns (CashWord);

    /// @notice As they are now.
    function liquidationTerms() external view returns (LiquidationTerms memory);

    /// @notice The same in one word.
    function liquidationWord() external view returns (LiquidationWord);

    /// @notice All that a liquidation goes by, in one call: `liquidationWord` and `cashWord`.
    function liquidationWords() external view returns (LiquidationWord, CashWord);

    function rampSpeeds() external view returns (RampSpeeds memory);

    /// @notice The version of the policy by which the guardian last restricted `subject`, zero where nothing is
    /// restricted: see `release`.
    function restrictedAt(address subject) external view returns (uint64);

    /// @notice Every collateral ever listed, in order.
    function collaterals() external view returns (address[] memory);

    /// @notice Where the terms of `asset` are going, and from where; zero where nothing ramps or grows.
    function collateralTarget(address asset)
        external
        view
        returns (CollateralRisk memory target, CollateralRamp memory ramp, CapGrowth memory growth);

    /// @notice The same for its pair.
    function pairTarget(address asset) external view returns (PairRisk memory target, PairRamp memory ramp);

    /// @notice The terms of cash with the borrow cap that is grown to, and from where it grows; zero where it does not.
    function cashTarget() external view returns (CashTerms memory target, CapGrowth memory growth);

    /// @notice Where the terms of liquidation are going, and from where; zero where nothing ramps.
    function liquidationTarget()
        external
        view
        returns (LiquidationTerms memory target, LiquidationTerms memory from, Span memory span);
}
