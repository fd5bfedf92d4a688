// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {CashTerms, CollateralRisk, LiquidationTerms, PaceLimit, PairRisk} from "../types/PolicyParams.sol";

/// @title The margin policy
/// @notice Risk parameters as data, within bounds that code sets. Each change raises the version and is an event.
interface IMarginPolicy {
    event CollateralListed(uint64 indexed version, address indexed asset, CollateralRisk risk);
    event CollateralChanged(uint64 indexed version, address indexed asset, CollateralRisk risk);
    event PaceChanged(uint64 indexed version, address indexed asset, PaceLimit pace);
    event PairChanged(uint64 indexed version, address indexed asset, PairRisk risk);
    event CashTermsChanged(uint64 indexed version, CashTerms terms);
    event LiquidationTermsChanged(uint64 indexed version, LiquidationTerms terms);

    /// @notice `parameter` was given as `value` and must be within `[least, most]`.
    error ParameterOutOfBounds(bytes32 parameter, uint256 value, uint256 least, uint256 most);
    error CollateralAlreadyListed(address asset);
    error CollateralNotListed(address asset);
    /// @notice The quote token is cash and cannot be collateral.
    error QuoteIsCash(address quote);
    error TooManyDecimals(address asset, uint8 decimals);
    /// @notice There is no token at `asset`, or one that does not tell its decimals.
    error NotAToken(address asset);

    /// @notice Lists `asset` as collateral; its decimals are read from the token. Until `setPace` nothing limits how
    /// fast it may be sold. Only the policy role.
    /// @param risk `listed` and `decimals` are ignored
    function listCollateral(address asset, CollateralRisk calldata risk) external;

    /// @notice Replaces the parameters of a listed collateral. Only the policy role.
    function setCollateral(address asset, CollateralRisk calldata risk) external;

    /// @notice Sets how fast `asset` may be sold above `hCritical`; an empty bucket must be full again within a day.
    /// Only the policy role.
    function setPace(address asset, PaceLimit calldata pace) external;

    /// @notice Sets the haircuts of `asset` in isolated accounts that owe cash. Only the policy role.
    /// @param risk where not `listed` the haircuts must be those the pair has: no new debt is opened on it, and the
    /// accounts that stand on it stand as before
    function setPair(address asset, PairRisk calldata risk) external;

    /// @notice Sets rates, least debt and borrow cap. Only the policy role.
    /// @dev The least debt must stay large beside the call fee and the floor bonus, so it is raised before them.
    /// Warning: new rates hold from the vault's last accrual on, not from now. Call `accrue` first.
    function setCashTerms(CashTerms calldata terms) external;

    /// @notice Sets the terms of calls and liquidations. Only the policy role.
    /// @dev Call fee and floor bonus must be small beside the least debt: `setCashTerms` comes first.
    function setLiquidationTerms(LiquidationTerms calldata terms) external;

    /// @notice Raised by one with each change.
    function version() external view returns (uint64);

    /// @notice All zero where `asset` is not listed.
    function collateralRisk(address asset) external view returns (CollateralRisk memory);

    function paceLimit(address asset) external view returns (PaceLimit memory);

    function pairRisk(address asset) external view returns (PairRisk memory);

    function cashTerms() external view returns (CashTerms memory);

    function liquidationTerms() external view returns (LiquidationTerms memory);

    /// @notice Every collateral ever listed, in order.
    function collaterals() external view returns (address[] memory);
}
