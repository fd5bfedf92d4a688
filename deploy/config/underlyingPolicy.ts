import { z } from 'zod';

import { oracleAges } from './oracleAges';
import {
  decimal,
  finePercent,
  percent,
  percent16,
  percentOfWhole,
  positiveDecimal,
  ratio,
  seconds24,
  signedPercent,
  wholeQuote,
} from './units';

/** Tails of a scenario grid, as contracts/types/InstrumentParams.sol has them. */
export const TAILS = 4;

/** Initial and maintenance terms, of which the first is no less than the second. */
const ordered = <Shape extends z.ZodRawShape>(shape: Shape, pairs: readonly (readonly [string, string])[]) =>
  z.strictObject(shape).superRefine((terms, context) => {
    const values = terms as Readonly<Record<string, number>>;
    for (const [more, less] of pairs) {
      if (Number(values[more]) >= Number(values[less])) continue;
      context.addIssue({ code: 'custom', path: [more], message: `is below ${less}` });
    }
  });

const perpetual = ordered(
  {
    /** of the notional */
    initialPercent: finePercent,
    maintenancePercent: finePercent,
    /** added to both for each whole unit held */
    slopePercentPerUnit: decimal,
    /** part of an unrealised profit that counts nothing */
    profitInitialHaircutPercent: percentOfWhole,
    profitMaintenanceHaircutPercent: percentOfWhole,
    /** most that all accounts together may be long, of the depth */
    capPercentOfDepth: percent,
    /** most that funding moves a day, of the index */
    fundingPercentPerDay: finePercent,
    oracle: oracleAges,
  },
  [
    ['initialPercent', 'maintenancePercent'],
    ['profitInitialHaircutPercent', 'profitMaintenanceHaircutPercent'],
  ],
);

const options = ordered(
  {
    /** of the index, for each unit of a short option at or in the money; less what it is out of the money */
    initialPercent: finePercent,
    /** ... and no less than this */
    floorPercent: finePercent,
    /** of the index, and for a put of its price where that is more */
    maintenancePercent: finePercent,
    /** part of the price of a long option that counts nothing */
    longInitialHaircutPercent: percentOfWhole,
    longMaintenanceHaircutPercent: percentOfWhole,
    /** most that all accounts together may be short, of the depth */
    capPercentOfDepth: percent,
    /** time of the day (UTC) at which options expire */
    expiryTime: z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'is no time of the day as 08:00'),
    maxTenorDays: z.int('must be whole days').min(0, 'is negative').max(730, 'is above 730'),
    /** significant digits of a strike */
    strikeDigits: z.int('must be a whole number').min(1, 'is below 1').max(6, 'is above 6'),
  },
  [
    ['initialPercent', 'floorPercent'],
    ['floorPercent', 'maintenancePercent'],
    ['longInitialHaircutPercent', 'longMaintenanceHaircutPercent'],
  ],
);

const trading = ordered(
  {
    /** market depth, whole units */
    depthUnits: positiveDecimal,
    /** how far from the mark a trade's price may be, of the index */
    bandPercent: percent16,
    takerFeePercent: finePercent,
    makerFeePercent: finePercent,
    /** most that winners are paid before losers have paid it */
    unsettledCapQuote: wholeQuote,
  },
  [['takerFeePercent', 'makerFeePercent']],
);

/** The markets that portfolio margin tries a book in. */
const scenarios = ordered(
  {
    /** how far the index is taken to move, either way, before dynamic margin scales it */
    rangePercent: percent16,
    /** distance of the moves that are tried, up to four */
    stepPercent: percent16,
    /** initial margin, of maintenance margin */
    initialFactor: ratio,
    /** what volatility is raised and lowered by, a month before expiry */
    volatilityUpPercent: percent16,
    volatilityDownPercent: percent16,
    /** of the index, for each unit of options that is short and not covered */
    nakedPercent: finePercent,
    /** of the notional of the perpetual */
    basisPercent: finePercent,
    /** far moves, and the part of their loss that counts */
    tails: z
      .array(z.strictObject({ shockPercent: signedPercent, weightPercent: percentOfWhole }))
      .length(TAILS, `must be ${TAILS} moves`),
  },
  [['rangePercent', 'stepPercent']],
).refine((s) => s.stepPercent * 4 >= s.rangePercent, {
  path: ['stepPercent'],
  message: 'is below a quarter of rangePercent',
});

/** What net exposure is taken to require, beside standard margin or as its floor. */
const deltaMargin = ordered(
  {
    /** how far the index is taken to move, before dynamic margin scales it */
    moveInitialPercent: finePercent,
    moveMaintenancePercent: finePercent,
    /** how far volatility is, in points */
    volatilityInitialPoints: percent16,
    volatilityMaintenancePoints: percent16,
    /** whether standard margin requires no less; else it is reported and nothing more */
    isFloor: z.boolean(),
  },
  [
    ['moveInitialPercent', 'moveMaintenancePercent'],
    ['volatilityInitialPoints', 'volatilityMaintenancePoints'],
  ],
);

/** How far the publishers of volatility are believed, and for how long. */
const surface = ordered(
  {
    openAgeSeconds: seconds24,
    liquidationAgeSeconds: seconds24,
    /** before an expiry, from when on the next two are the ages */
    nearExpirySeconds: seconds24,
    nearOpenAgeSeconds: seconds24,
    nearLiquidationAgeSeconds: seconds24,
    /** from a message's timestamp to the chain */
    relayDelaySeconds: seconds24,
    /** widest confidence that opens new risk */
    confidencePercent: percent16,
    /** how far an update may move variance for each hour */
    jumpPercentPerHour: percent16,
  },
  [
    ['liquidationAgeSeconds', 'openAgeSeconds'],
    ['openAgeSeconds', 'nearOpenAgeSeconds'],
    ['liquidationAgeSeconds', 'nearLiquidationAgeSeconds'],
    ['nearOpenAgeSeconds', 'relayDelaySeconds'],
  ],
);

/** What dynamic margin measures, in volatility a year. */
const realised = ordered(
  {
    /** what the rates above are made for: up to it nothing is scaled */
    referencePercent: percent,
    floorPercent: percent,
    capPercent: percent,
    /** most that the maintenance scale rises in an hour */
    rampPercentPerHour: percent16,
    /** least time between two samples */
    minIntervalSeconds: seconds24,
    /** half-lives: of what is new, and of the estimate as it falls */
    fastHalfLifeSeconds: seconds24,
    slowHalfLifeSeconds: seconds24,
  },
  [
    ['referencePercent', 'floorPercent'],
    ['capPercent', 'referencePercent'],
    ['slowHalfLifeSeconds', 'fastHalfLifeSeconds'],
  ],
);

/** Terms of one underlying, in the units people use. */
export const underlyingPolicy = z.strictObject({
  perpetual,
  options,
  trading,
  scenarios,
  /** nothing is reported, and nothing is a floor, where it is left out */
  deltaMargin: deltaMargin.optional(),
  volatility: z.strictObject({ surface, realised }),
});
