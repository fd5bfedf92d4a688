import { z } from 'zod';

import { oracleAges } from './oracleAges';
import { readJsonFile } from './readJsonFile';
import { underlyingPolicy } from './underlyingPolicy';
import {
  cents,
  decimal,
  percent,
  percent16,
  percentOfWhole,
  positiveDecimal,
  ratio,
  seconds32,
  symbol,
  wholeQuote,
} from './units';

const haircuts = z
  .strictObject({ maintenanceHaircutPercent: percentOfWhole, initialHaircutPercent: percentOfWhole })
  .refine((h) => h.initialHaircutPercent >= h.maintenanceHaircutPercent, {
    path: ['initialHaircutPercent'],
    message: 'is below the maintenance haircut',
  });

const collateral = haircuts.safeExtend({
  /** an account that holds x counts only depth / (depth + x) of it, whole tokens */
  depthTokens: positiveDecimal,
  /** most that the vault takes in, whole tokens */
  supplyCapTokens: decimal,
  /** haircuts in isolated accounts that owe cash; null where such accounts may not hold it */
  isolated: haircuts.nullable(),
  /** how fast accounts above the critical health may be sold, collateral value in quote */
  pace: z.strictObject({ capacityQuote: decimal, refillQuotePerHour: decimal }),
  oracle: oracleAges,
});

const cash = z.strictObject({
  /** yearly borrow rate at no utilisation */
  baseRatePercent: percent,
  /** added by the time utilisation reaches the kink */
  slopeLowPercent: percent,
  /** added from the kink to full utilisation */
  slopeHighPercent: percent,
  kinkPercent: percentOfWhole,
  /** part of the interest kept as reserve */
  reserveFactorPercent: percentOfWhole,
  minDebtQuote: wholeQuote,
  /** most that all accounts together may owe */
  borrowCapQuote: wholeQuote,
});

const liquidation = z
  .strictObject({
    /** start and end of the bonus, of the maintenance requirement */
    bonusMinPercent: percent16,
    bonusMaxPercent: percent16,
    /** to the reserve, of the maintenance requirement */
    feePercent: percent16,
    /** bonus and fee together never pass this part of health */
    kappa: ratio,
    /** health a partial liquidation restores */
    targetHealth: ratio,
    /** below this health no call is needed and the pace limit does not bind */
    criticalHealth: ratio,
    /** a call is cured at health 1 plus this */
    cureBufferPercent: percent16,
    bonusRampSeconds: seconds32,
    /** grace of an account called at health 1 */
    maxGraceSeconds: seconds32,
    callFeeQuote: cents,
    /** least bonus that pays for the work */
    floorBonusQuote: cents,
    /** most of all lent cash that one shortfall may cost the lenders */
    socialisationCapPercent: percentOfWhole,
  })
  .refine((terms) => terms.bonusMaxPercent >= terms.bonusMinPercent, {
    path: ['bonusMaxPercent'],
    message: 'is below bonusMinPercent',
  });

/** `deployments/policies/<name>.json`: a margin policy in the units people use. */
export const policyFileSchema = z.strictObject({
  name: z.string().regex(/^[a-z0-9][a-z0-9-]*$/, 'must be lower case letters, digits and dashes'),
  description: z.string().min(1),
  collaterals: z.record(symbol, collateral),
  /** what perpetuals and options are traded on; of those that the network describes, the ones named here */
  underlyings: z.record(symbol, underlyingPolicy).optional(),
  cash,
  liquidation,
});

export type PolicyFile = z.output<typeof policyFileSchema>;
export type CollateralPolicy = PolicyFile['collaterals'][string];
export type UnderlyingPolicy = NonNullable<PolicyFile['underlyings']>[string];

/** @throws AppError `config_missing`, `config_invalid` */
export function readPolicyFile(path: string): PolicyFile {
  return readJsonFile(path, 'policy', policyFileSchema);
}
