export { reporter, tally, type Check, type CheckGroup, type Outcome, type Reporter, type Tally } from './check';
export { attempt, diagnose, type DiagnoseParameters } from './diagnose';
export {
  readInstrumentFacts,
  type ExpiryFacts,
  type InstrumentFacts,
  type ReadInstrumentFactsParameters,
  type UnderlyingFacts,
} from './readInstruments';
export type { LedgerProgress } from './readLedger';
