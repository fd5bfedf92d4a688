import {
  describeInstrument,
  InstrumentKind,
  naturalLogRatio,
  optionTiming,
  optionValue,
  varianceAt,
  type BookInputs,
} from '../../sdk/math';
import { wadToNumber } from '../record/numbers';
import type { AccountBook } from '../record/createBooks';

/** Of the index, either way: what a delta is measured over. */
const STEP = 1_000n;

/** What the options of a book gain for each quote unit that the index rises, and its perpetuals; units of the underlying. */
export function netDelta(
  { positions }: Pick<AccountBook, 'positions'>,
  { index, expiries }: BookInputs,
  now: bigint,
): { readonly options: number; readonly perpetual: number } {
  let [options, perpetual] = [0, 0];
  for (const { instrument, size } of positions) {
    const { kind, expiry, strike } = describeInstrument(instrument);
    if (kind === InstrumentKind.Perpetual) {
      perpetual += wadToNumber(size);
      continue;
    }
    const known = expiries.get(expiry);
    if (known === undefined || expiry <= now) continue;
    const timing = optionTiming(expiry, now, known.window);
    const variance = varianceAt(known.slice, naturalLogRatio(strike, index.spot));
    const at = (price: bigint): bigint =>
      optionValue({ isCall: kind === InstrumentKind.Call, index: price, strike, variance }, timing);
    const [up, down] = [index.spot + index.spot / STEP, index.spot - index.spot / STEP];
    options += (wadToNumber(size) * wadToNumber(at(up) - at(down))) / wadToNumber(up - down);
  }
  return { options, perpetual };
}
