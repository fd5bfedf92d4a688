export type { AtBlock } from './atBlock';
export { decodeMargins, type MarginRow, type MaybeMarginRow } from './decodeMargins';
export { decodeOperation, type DecodedOperation } from './decodeOperation';
export { describeOperation } from './describeOperation';
export { pinBlock } from './pinBlock';
export {
  readBackstop,
  type Backstop,
  type BackstopMarket,
  type LossTotals,
  type ReadBackstopParameters,
  type Tranche,
} from './readBackstop';
export { readMargins, type ReadMarginsParameters } from './readMargins';
export {
  decodeInstruments,
  readInstruments,
  type EncodedUnderlying,
  type ReadInstrumentsParameters,
  type UnderlyingReport,
} from './readInstruments';
export {
  readInstrumentRamps,
  type RampedInstruments,
  type RampedUnderlying,
  type ReadInstrumentRampsParameters,
} from './readInstrumentRamps';
export { readEvents, type ReadEventsParameters } from './readEvents';
export { readOperations, type Operation, type ReadOperationsParameters } from './readOperations';
export { readPolicy, type CollateralPolicy, type Policy, type ReadPolicyParameters } from './readPolicy';
export { readPortfolio, type ReadPortfolioParameters } from './readPortfolio';
export { readPrices, type ReadPricesParameters } from './readPrices';
export { readRamps, type RampedCollateral, type RampedPolicy } from './readRamps';
export { readStandings, type AccountStanding, type ReadStandingsParameters } from './readStandings';
export { readReport, type AccountReport, type ReadReportParameters } from './readReport';
