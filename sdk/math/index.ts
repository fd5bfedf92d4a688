export { formatAccountId, indexOf, isAccountId, ownerOf, toAccountId } from './accountId';
export { raiseToLeast, type LeastTerms } from './leastRequirement';
export { assess, legHaircuts, measureLegs, worstScenarios, type MarginInputs } from './assess';
export {
  callDelta,
  callPrice,
  deviationOf,
  logMoneynessOf,
  optionGamma,
  optionVega,
  putPrice,
  type OptionPoint,
  type OptionTerms,
} from './black76';
export { callFee } from './callFee';
export { compactDown, compactUp } from './compactPrice';
export { decayFactor } from './decay';
export { expOfMinus } from './exponential';
export { FUNDING_MAX_HOLD, fundingIndexAt, fundingPaid, fundingRateOf, type FundingState } from './funding';
export {
  borrowCapAt,
  borrowGrowthEndsAt,
  capEndsAt,
  GROWTH_WAIT,
  growthEndsAt,
  LEAST_BORROW_BASIS,
  setCashAt,
  supplyCapAt,
  type GrowingCash,
} from './growth';
export { countedDown, valueDown } from './haircut';
export {
  describeInstrument,
  InstrumentKind,
  isOption,
  toOption,
  toPerpetual,
  type Instrument,
  type InstrumentId,
} from './instrumentId';
export {
  accrued,
  borrowIndexAt,
  borrowRate,
  reserves,
  toCashFloor,
  toPrincipalFloor,
  totalBorrow,
  totalSupply,
  utilisation,
} from './interest';
export { largestBorrow, largestWithdrawal } from './largest';
export {
  criticalHealth,
  clearableHealth,
  curedHealth,
  grace,
  largestFraction,
  leastBonus,
  leavesDust,
  mustClose,
  payingHealth,
  planLiquidation,
  rates,
  type LargestFraction,
  type LiquidationRates,
} from './liquidation';
export { excess, health } from './margin';
export { MarginState, marginState, type MarginCall, type Standing } from './marginState';
export { measureLeg, type Leg, type LegHaircuts, type LegSide } from './measureLeg';
export { naturalLog, naturalLogRatio } from './naturalLog';
export { normalCdf, normalDensity, normalTail } from './normal';
export {
  optionPayoff,
  optionTiming,
  optionValue,
  type OptionTermsAtIndex,
  type OptionTiming,
  type WindowSoFar,
} from './optionValue';
export { boundOf, setMargin, type OptionLeg, type SetBound } from './optionSet';
export { measurePositions } from './measurePositions';
export {
  assessBooks,
  assessByPortfolio,
  fillBooks,
  positionsOfBooks,
  type BookInputs,
  type CollateralInputs,
  type FilledBook,
  type PortfolioMargin,
  type WorstScenario,
} from './portfolioMargin';
export {
  deltaTermsAt,
  instrumentRiskAt,
  isMoving,
  scenarioTermsAt,
  setDeltaTermsAt,
  setInstrumentRiskAt,
  setScenarioTermsAt,
  type Ramped,
} from './instrumentRamps';
export {
  setTradeAt,
  tradeCapsAt,
  tradeCapsOf,
  tradeGrowthEndsAt,
  type GrowingTrade,
  type TradeCapGrowth,
  type TradeCaps,
  type TradeTerms,
} from './tradeCaps';
export {
  collateralRiskAt,
  liquidationTermsAt,
  listCollateralAt,
  pairRiskAt,
  rampAt,
  setCollateralAt,
  setLiquidationAt,
  setPairAt,
  turnsAgainst,
  type CollateralTerms,
  type PairTerms,
  type RampedLiquidation,
} from './ramp';
export {
  configureVolatility,
  sampleVolatility,
  scalesAt,
  volatilityOf,
  type Scales,
  type VolatilityState,
  type VolatilityTerms,
} from './realisedVolatility';
export { divFloor, divUp, max, min, mulDivCeil, mulDivDown, mulDivFloor, mulDivUp } from './rounding';
export { HARSHEST_SCENARIOS, ScenarioVolatility, type ScenarioTerms } from './scenarios';
export { averageSoFar, settlementAt, SETTLEMENT_WINDOW, SettlementStatus, type SettlementRecord } from './settlement';
export { sqrtDown } from './sqrt';
export {
  areWingsSound,
  decodeSlice,
  encodeSlice,
  LEAST_VARIANCE,
  leastVariance,
  MOST_VARIANCE,
  SVI_ONE,
  unboundedVarianceAt,
  varianceAt,
  type SviSlice,
} from './svi';
export { deltaMargin, NO_DELTA_TERMS, type DeltaMargin, type DeltaTerms } from './deltaMargin';
export { deltaRequirements, type DeltaRequirement } from './deltaRequirements';
export { greeksOf, type Greeks } from './greeks';
export { assessPositions, type ExpiryInputs, type PositionAssessment, type UnderlyingInputs } from './standardMargin';
export {
  optionMargin,
  perpetualMargin,
  type InstrumentRisk,
  type OptionPosition,
  type PerpetualPosition,
  type StandardRates,
} from './standardRates';
export {
  MarginMode,
  PriceStatus,
  type AccountId,
  type Assessment,
  type CapGrowth,
  type CashPool,
  type CashTerms,
  type CollateralRamp,
  type CollateralRisk,
  type Holding,
  type LiquidationPlan,
  type LiquidationTerms,
  type Margin,
  type PaceLimit,
  type PairRamp,
  type PairRisk,
  type Portfolio,
  type Position,
  type Price,
  type RampSpeeds,
  type Span,
} from './types';
export { BPS, CENT, INDEX_ONE, INT256_MAX, INT256_MIN, NANO, PPM, RAY, WAD, YEAR } from './units';
