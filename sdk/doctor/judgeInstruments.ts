import { formatBps, formatSpan, formatTime, formatWad } from '../format';
import { FUNDING_MAX_HOLD, PriceStatus, SettlementStatus, type Price } from '../math';
import { reporter, type Check } from './check';
import type { ExpiryFacts, InstrumentFacts, UnderlyingFacts } from './readInstruments';

const { ok, warn, fail, skip } = reporter('instruments');

/** Of a cap, from which it is soon reached. */
const NEARLY_BPS = 9_000n;
const BPS = 10_000n;
const KEEPER = 'is a keeper running?';

/** How perpetuals and options stand, at `now` (timestamp). */
export function judgeInstruments({ isSealed, underlyings }: InstrumentFacts, now: bigint): Check[] {
  if (underlyings.length === 0) return [ok('underlyings', 'none is listed: nothing is traded')];
  const detail = `${underlyings.length} listed: ${underlyings.map(({ symbol }) => symbol).join(', ')}`;
  return [
    isSealed
      ? ok('underlyings', `${detail}; sealed`)
      : warn('underlyings', `${detail}; not sealed: a requirement that rises does so at once`, 'InstrumentPolicy.seal'),
    ...underlyings.flatMap((each) => judgeUnderlying(each, now)),
  ];
}

function judgeUnderlying(facts: UnderlyingFacts, now: bigint): Check[] {
  const { symbol, closedAt, expiries } = facts;
  return [
    closedAt === 0n
      ? ok(`trading ${symbol}`, 'open')
      : warn(`trading ${symbol}`, `closed by the guardian at version ${closedAt}: positions can only be reduced`),
    judgePrice(`index of ${symbol}`, facts.index, now),
    judgePrice(`perpetual of ${symbol}`, facts.perpetual, now),
    judgeFunding(facts, now),
    judgeCap(`perpetuals of ${symbol}`, { used: facts.perpetuals, cap: facts.perpetualCap, unit: 'units long' }),
    judgeCap(`options of ${symbol}`, { used: facts.options, cap: facts.optionCap, unit: 'units short' }),
    judgeUnsettled(facts),
    ...(expiries === undefined
      ? [skip(`expiries of ${symbol}`, 'the accounts are not known, and so not what they hold')]
      : expiries.map((expiry) => judgeExpiry(symbol, expiry, now))),
  ];
}

function judgePrice(name: string, { status, spot, updatedAt }: Price, now: bigint): Check {
  const detail = `${formatWad(spot)}, ${formatSpan(now - BigInt(updatedAt))} old`;
  if (status === PriceStatus.Live) return ok(name, `Live at ${detail}`);
  return status === PriceStatus.Degraded
    ? fail(name, `Degraded at ${detail}: no position is opened on it`, 'look after its feed')
    : fail(name, `Down: positions of it can be neither valued nor taken over`, 'look after its feed');
}

function judgeFunding({ symbol, perpetuals, fundingAt }: UnderlyingFacts, now: bigint): Check {
  const name = `funding of ${symbol}`;
  if (perpetuals === 0n) return ok(name, 'nobody holds perpetuals');
  const age = now - fundingAt;
  return age > FUNDING_MAX_HOLD
    ? warn(name, `nobody has looked for ${formatSpan(age)}: it has stopped`, KEEPER)
    : ok(name, `brought up to date ${formatSpan(age)} ago`);
}

interface CapFacts {
  readonly used: bigint;
  readonly cap: bigint;
  readonly unit: string;
}

function judgeCap(name: string, { used, cap, unit }: CapFacts): Check {
  const share = cap === 0n ? '' : `, ${formatBps((used * BPS) / cap)} of it`;
  const detail = `${formatWad(used)} ${unit}, cap ${formatWad(cap)}${share}`;
  if (used > cap) return warn(name, `${detail}: it can only fall`, 'nothing, if the cap was lowered on purpose');
  return cap !== 0n && used * BPS >= cap * NEARLY_BPS ? warn(name, `${detail}: nearly full`) : ok(name, detail);
}

function judgeUnsettled({ symbol, unsettled, unsettledCap: cap }: UnderlyingFacts): Check {
  const name = `unsettled of ${symbol}`;
  const detail = `winners were paid ${formatWad(unsettled)} before losers have paid, cap ${formatWad(cap)}`;
  return unsettled > 0n && unsettled * BPS >= cap * NEARLY_BPS
    ? warn(name, `${detail}: who wins now waits`, 'settle who has lost: MarginVault.settle')
    : ok(name, detail);
}

function judgeExpiry(symbol: string, expiry: ExpiryFacts, now: bigint): Check {
  const when = formatTime(expiry.expiry).slice(0, 16).replace('T', ' ');
  const name = `options of ${symbol}, ${when}`;
  const detail = `${formatWad(expiry.short)} units short`;
  return now < expiry.expiry ? judgeOpen(name, detail, expiry, now) : judgeExpired(name, detail, expiry, now);
}

function judgeOpen(name: string, detail: string, { volatilityStatus, publishedAt }: ExpiryFacts, now: bigint): Check {
  const age = publishedAt === 0n ? 'never published' : `${formatSpan(now - publishedAt)} old`;
  const text = `${detail}, volatility ${age}`;
  if (volatilityStatus === PriceStatus.Live) return ok(name, text);
  return volatilityStatus === PriceStatus.Degraded
    ? warn(name, `${text}: opens no new risk`, 'is a publisher running?')
    : fail(name, `${text}: they cannot be priced`, 'is a publisher running?');
}

function judgeExpired(
  name: string,
  detail: string,
  { settlementStatus, covered, expiry }: ExpiryFacts,
  now: bigint,
): Check {
  const since = `expired ${formatSpan(now - expiry)} ago`;
  switch (settlementStatus) {
    case SettlementStatus.Final:
      return warn(name, `${detail}, ${since}, the price is final and they are not settled`, KEEPER);
    case SettlementStatus.Pending:
      return ok(name, `${detail}, ${since}; the price is pending, and may be disputed until it is final`);
    default:
      return fail(
        name,
        `${detail}, ${since}: no price, of the window ${formatSpan(covered)} were seen, or it was disputed`,
        'the governor resolves it: SettlementFeed.resolve',
      );
  }
}
