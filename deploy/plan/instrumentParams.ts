import { AppError } from '../../sdk/errors';
import type { UnderlyingPolicy } from '../config/policyFile';
import { percentToBps, percentToPpm, ratioToBps, scale } from '../config/units';

const WAD_DECIMALS = 18;
/** A percent of one, as WAD. */
const PERCENT_DECIMALS = WAD_DECIMALS - 2;
const UINT16_MAX = 2n ** 16n - 1n;
const UINT24_MAX = 2n ** 24n - 1n;
const UINT64_MAX = 2n ** 64n - 1n;
const UINT96_MAX = 2n ** 96n - 1n;

// The structs of contracts/types/InstrumentParams.sol, contracts/interfaces/IVolatilityFeed.sol and
// contracts/types/VolatilityTerms.sol, fields in their order.

export function toInstrumentRisk(name: string, { perpetual, options }: UnderlyingPolicy) {
  const slope = scale(perpetual.slopePercentPerUnit, PERCENT_DECIMALS);
  return {
    perpetualInitialPpm: percentToPpm(perpetual.initialPercent),
    perpetualMaintenancePpm: percentToPpm(perpetual.maintenancePercent),
    perpetualSlope: fit(slope, UINT64_MAX, `${name}.perpetual.slopePercentPerUnit`),
    optionInitialPpm: percentToPpm(options.initialPercent),
    optionFloorPpm: percentToPpm(options.floorPercent),
    optionMaintenancePpm: percentToPpm(options.maintenancePercent),
    profitInitialBps: percentToBps(perpetual.profitInitialHaircutPercent),
    profitMaintenanceBps: percentToBps(perpetual.profitMaintenanceHaircutPercent),
    longInitialBps: percentToBps(options.longInitialHaircutPercent),
    longMaintenanceBps: percentToBps(options.longMaintenanceHaircutPercent),
  };
}

export function toTradeTerms(name: string, { perpetual, options, trading }: UnderlyingPolicy) {
  const cap = (of: 'perpetual' | 'options', percent: number): number =>
    Number(fit(BigInt(percentToBps(percent)), UINT24_MAX, `${name}.${of}.capPercentOfDepth`));
  const [hours = 0, minutes = 0] = options.expiryTime.split(':').map(Number);
  return {
    depth: fit(scale(trading.depthUnits, WAD_DECIMALS), UINT96_MAX, `${name}.trading.depthUnits`),
    perpetualCapBps: cap('perpetual', perpetual.capPercentOfDepth),
    optionCapBps: cap('options', options.capPercentOfDepth),
    bandBps: percentToBps(trading.bandPercent),
    takerFeePpm: percentToPpm(trading.takerFeePercent),
    makerFeePpm: percentToPpm(trading.makerFeePercent),
    fundingPpmPerDay: percentToPpm(perpetual.fundingPercentPerDay),
    expiryMinute: hours * 60 + minutes,
    maxTenorDays: options.maxTenorDays,
    strikeDigits: options.strikeDigits,
    unsettledCap: trading.unsettledCapQuote,
  };
}

export function toScenarioTerms({ scenarios }: UnderlyingPolicy) {
  return {
    rangeBps: percentToBps(scenarios.rangePercent),
    stepBps: percentToBps(scenarios.stepPercent),
    initialBps: ratioToBps(scenarios.initialFactor),
    volatilityUpBps: percentToBps(scenarios.volatilityUpPercent),
    volatilityDownBps: percentToBps(scenarios.volatilityDownPercent),
    nakedPpm: percentToPpm(scenarios.nakedPercent),
    basisPpm: percentToPpm(scenarios.basisPercent),
    tailShocksBps: scenarios.tails.map(({ shockPercent }) => percentToBps(shockPercent)),
    tailWeightsBps: scenarios.tails.map(({ weightPercent }) => percentToBps(weightPercent)),
  };
}

/** All zero, and no floor, where the policy says nothing. */
export function toDeltaTerms({ deltaMargin: terms }: UnderlyingPolicy) {
  return {
    moveInitialPpm: percentToPpm(terms?.moveInitialPercent ?? 0),
    moveMaintenancePpm: percentToPpm(terms?.moveMaintenancePercent ?? 0),
    volatilityInitialBps: percentToBps(terms?.volatilityInitialPoints ?? 0),
    volatilityMaintenanceBps: percentToBps(terms?.volatilityMaintenancePoints ?? 0),
    isFloor: terms?.isFloor ?? false,
  };
}

export function toVolatilityConfig(name: string, { volatility: { surface } }: UnderlyingPolicy) {
  const delay = BigInt(surface.relayDelaySeconds);
  return {
    openAge: surface.openAgeSeconds,
    liquidationAge: surface.liquidationAgeSeconds,
    nearExpiry: surface.nearExpirySeconds,
    nearOpenAge: surface.nearOpenAgeSeconds,
    nearLiquidationAge: surface.nearLiquidationAgeSeconds,
    relayDelay: Number(fit(delay, UINT16_MAX, `${name}.volatility.surface.relayDelaySeconds`)),
    confidenceBps: percentToBps(surface.confidencePercent),
    jumpBpsPerHour: percentToBps(surface.jumpPercentPerHour),
  };
}

export function toVolatilityTerms({ volatility: { realised } }: UnderlyingPolicy) {
  return {
    referenceBps: percentToBps(realised.referencePercent),
    floorBps: percentToBps(realised.floorPercent),
    capBps: percentToBps(realised.capPercent),
    rampBpsPerHour: percentToBps(realised.rampPercentPerHour),
    minInterval: realised.minIntervalSeconds,
    fastHalfLife: realised.fastHalfLifeSeconds,
    slowHalfLife: realised.slowHalfLifeSeconds,
  };
}

function fit(value: bigint, most: bigint, path: string): bigint {
  if (value <= most) return value;
  throw new AppError(`policy: underlyings.${path}: is too large for the contract`, { code: 'policy_mismatch' });
}
