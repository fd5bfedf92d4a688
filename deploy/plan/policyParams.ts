import { AppError } from '../../sdk/errors';
import { compactDown, compactUp } from '../../sdk/math';
import type { NetworkConfig, PriceConfig } from '../config/networkConfig';
import type { CollateralPolicy, PolicyFile, UnderlyingPolicy } from '../config/policyFile';
import { percentToBps, ratioToBps, scale } from '../config/units';
import type { Feeds } from './deployAssets';

const WAD_DECIMALS = 18;
const SECONDS_PER_HOUR = 3_600n;
const UINT96_MAX = 2n ** 96n - 1n;
const UINT128_MAX = 2n ** 128n - 1n;

// The structs of contracts/types/PolicyParams.sol and contracts/interfaces/IPriceOracle.sol, fields in their order.

export function toCollateralRisk(name: string, policy: CollateralPolicy, decimals: number) {
  return {
    listed: true,
    decimals,
    maintenanceHaircutBps: percentToBps(policy.maintenanceHaircutPercent),
    initialHaircutBps: percentToBps(policy.initialHaircutPercent),
    depth: fit(scale(policy.depthTokens, decimals), UINT96_MAX, `collaterals.${name}.depthTokens`),
    supplyCap: fit(scale(policy.supplyCapTokens, decimals), UINT96_MAX, `collaterals.${name}.supplyCapTokens`),
  };
}

/** The refill is rounded down to a quote WAD a second. */
export function toPaceLimit(name: string, { pace }: CollateralPolicy) {
  const where = `collaterals.${name}.pace`;
  return {
    capacity: fit(scale(pace.capacityQuote, WAD_DECIMALS), UINT128_MAX, `${where}.capacityQuote`),
    refillPerSecond: fit(
      scale(pace.refillQuotePerHour, WAD_DECIMALS) / SECONDS_PER_HOUR,
      UINT128_MAX,
      `${where}.refillQuotePerHour`,
    ),
  };
}

export function toPairRisk({ isolated }: CollateralPolicy) {
  if (isolated === null) return { listed: false, maintenanceHaircutBps: 0, initialHaircutBps: 0 };
  return {
    listed: true,
    maintenanceHaircutBps: percentToBps(isolated.maintenanceHaircutPercent),
    initialHaircutBps: percentToBps(isolated.initialHaircutPercent),
  };
}

export function toCashTerms({ cash }: PolicyFile) {
  return {
    baseRateBps: percentToBps(cash.baseRatePercent),
    slopeLowBps: percentToBps(cash.slopeLowPercent),
    slopeHighBps: percentToBps(cash.slopeHighPercent),
    kinkBps: percentToBps(cash.kinkPercent),
    reserveFactorBps: percentToBps(cash.reserveFactorPercent),
    minDebt: cash.minDebtQuote,
    borrowCap: cash.borrowCapQuote,
  };
}

export function toLiquidationTerms({ liquidation: terms }: PolicyFile) {
  return {
    bonusMinBps: percentToBps(terms.bonusMinPercent),
    bonusMaxBps: percentToBps(terms.bonusMaxPercent),
    feeBps: percentToBps(terms.feePercent),
    kappaBps: ratioToBps(terms.kappa),
    targetHealthBps: ratioToBps(terms.targetHealth),
    criticalHealthBps: ratioToBps(terms.criticalHealth),
    cureBufferBps: percentToBps(terms.cureBufferPercent),
    bonusRamp: terms.bonusRampSeconds,
    maxGrace: terms.maxGraceSeconds,
    callFeeCents: Number(scale(terms.callFeeQuote, 2)),
    floorBonusCents: Number(scale(terms.floorBonusQuote, 2)),
    socialisationCapBps: percentToBps(terms.socialisationCapPercent),
  };
}

/** @param feeds where the prices come from */
export function toFeedConfig(
  feeds: Feeds,
  { feed }: { readonly feed: PriceConfig },
  { oracle }: Pick<CollateralPolicy, 'oracle'>,
) {
  return {
    ...feeds,
    openAge: oracle.openAgeSeconds,
    liquidationAge: oracle.liquidationAgeSeconds,
    halfLife: oracle.halfLifeSeconds,
    disagreementBps: percentToBps(feed.disagreementPercent),
    // as the oracle keeps them, so that what it shows is what was meant
    floor: compactDown(scale(feed.floor, WAD_DECIMALS)),
    ceiling: compactUp(scale(feed.ceiling, WAD_DECIMALS)),
  };
}

/**
 * Makes sure that `policy` has parameters for each configured collateral and for no other, and of underlyings for none
 * that is not configured: those that it leaves out are not listed.
 * @throws AppError `policy_mismatch`
 */
export function checkSymbols(config: NetworkConfig, policy: PolicyFile): void {
  const symbols = config.collaterals.map(({ symbol }) => symbol);
  const stranger = Object.keys(policy.collaterals).find((symbol) => !symbols.includes(symbol));
  if (stranger !== undefined) throw mismatch(policy, `${stranger} is no collateral of this network`);
  for (const symbol of symbols) policyOf(policy, symbol);
  const known = (config.underlyings ?? []).map(({ symbol }) => symbol);
  const unknown = Object.keys(policy.underlyings ?? {}).find((symbol) => !known.includes(symbol));
  if (unknown !== undefined) throw mismatch(policy, `${unknown} is no underlying of this network`, 'underlyings');
}

/** @throws AppError `policy_mismatch` */
export function underlyingPolicyOf(policy: PolicyFile, symbol: string): UnderlyingPolicy {
  const found = policy.underlyings?.[symbol];
  if (found === undefined) throw mismatch(policy, `${symbol} is missing`, 'underlyings');
  return found;
}

/** @throws AppError `policy_mismatch` */
export function policyOf(policy: PolicyFile, symbol: string): CollateralPolicy {
  const found = policy.collaterals[symbol];
  if (found === undefined) throw mismatch(policy, `${symbol} is missing`);
  return found;
}

function mismatch({ name }: PolicyFile, reason: string, section = 'collaterals'): AppError {
  return new AppError(`policy ${name}: ${section}: ${reason}`, { code: 'policy_mismatch' });
}

function fit(value: bigint, most: bigint, path: string): bigint {
  if (value <= most) return value;
  throw new AppError(`policy: ${path}: is too large for the contract`, { code: 'policy_mismatch' });
}
