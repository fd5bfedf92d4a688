import { zeroAddress, zeroHash } from 'viem';

import { formatBps, formatSpan, formatWad } from '../format';
import { BPS, PriceStatus, min } from '../math';
import { reporter, type Check } from './check';
import type { FeedFacts, SequencerFacts, SourceAnswer } from './readFeeds';

const { ok, warn, fail } = reporter('feeds');

/** An answer this near to a bound of sanity is soon no answer. */
const NEAR_BOUND_BPS = 1_000n;
/** A keeper records each few minutes; without it the band grows wide. */
const MOST_UNRECORDED = 86_400n;

/** What there is to say of each price, at `now` (timestamp). */
export function judgeFeeds(feeds: readonly FeedFacts[], now: bigint): Check[] {
  return feeds.flatMap((feed) => {
    if (feed.config.primary === zeroAddress) {
      const advice = 'PriceOracle.configure, or lower its cap to zero';
      return [fail(`price ${feed.symbol}`, 'it is listed as collateral and has no feed', advice)];
    }
    return [
      judgePrice(feed, now),
      judgePrimary(feed, now),
      ...judgeSecond(feed, now),
      judgeDecimals(feed),
      judgeRecord(feed, now),
    ];
  });
}

function judgePrice(facts: FeedFacts, now: bigint): Check {
  const { symbol, price, config } = facts;
  const name = `price ${symbol}`;
  const age = now - BigInt(price.updatedAt);
  const limits = `opens no risk from ${formatSpan(config.openAge)} on, is dead from ${formatSpan(config.liquidationAge)} on`;
  const band = `${formatWad(price.low)} to ${formatWad(price.high)}`;
  if (price.status === PriceStatus.Live) {
    return ok(name, `Live at ${formatWad(price.spot)}, band ${band}, ${formatSpan(age)} old; ${limits}`);
  }
  const status = price.status === PriceStatus.Degraded ? 'Degraded' : 'Down';
  const late = lateSource(facts, now);
  const effect =
    status === 'Degraded'
      ? 'it opens no new risk, and sells at its good end only'
      : 'nobody may borrow against it, be called or be sold by it';
  return fail(
    name,
    `${status}: ${effect}; ${late?.cause ?? 'see the lines of its sources and of the sequencer'}; ${limits}`,
    late?.advice ?? `look after the feed ${config.primary}, or configure another`,
  );
}

/** The source that keeps a price from being Live by its age: the first of them. */
function lateSource(
  { config, primary, second }: FeedFacts,
  now: bigint,
): { readonly cause: string; readonly advice: string } | undefined {
  const isLate = (answer: SourceAnswer | undefined): answer is SourceAnswer =>
    answer !== undefined && now - answer.updatedAt > BigInt(config.openAge);
  if (isLate(primary)) {
    const cause = `its feed last answered ${formatSpan(now - primary.updatedAt)} ago`;
    return { cause, advice: `look after the feed ${config.primary}, or configure another` };
  }
  if (!isLate(second)) return undefined;
  const since = formatSpan(now - second.updatedAt);
  return config.secondId === zeroHash
    ? { cause: `its second source last answered ${since} ago`, advice: `look after ${config.second}` }
    : { cause: `nobody has pushed its price of Pyth for ${since}`, advice: pushAdvice(config) };
}

function pushAdvice({ second, secondId }: FeedFacts['config']): string {
  return `bring a newer price ${secondId} to Pyth's contract ${second}, or run who does`;
}

function judgePrimary({ symbol, config, primary }: FeedFacts, now: bigint): Check {
  return judgeSource(`source ${symbol}`, config.primary, { answer: primary, config, now });
}

interface SourceParameters {
  readonly answer: SourceAnswer | undefined;
  readonly config: FeedFacts['config'];
  readonly now: bigint;
}

function judgeSource(name: string, address: string, { answer, config, now }: SourceParameters): Check {
  if (answer === undefined) return fail(name, `${address} does not answer`, 'configure another feed');
  const { price, updatedAt } = answer;
  const { floor, ceiling } = config;
  const bounds = `${formatWad(floor)} to ${formatWad(ceiling)}`;
  const says = `${address} says ${formatWad(price)}, ${formatSpan(now - updatedAt)} old`;
  if (updatedAt > now) return fail(name, `${says}: that is in the future`, 'configure another feed');
  if (price <= floor || price >= ceiling) {
    return fail(name, `${says}: not within ${bounds}`, 'if the market is there, configure wider bounds');
  }
  const room = min(((price - floor) * BPS) / price, ((ceiling - price) * BPS) / price);
  return room < NEAR_BOUND_BPS
    ? warn(name, `${says}: ${formatBps(room)} from a bound of ${bounds}`, 'configure wider bounds in time')
    : ok(name, `${says}; bounds ${bounds}`);
}

function judgeSecond({ symbol, config, primary, second }: FeedFacts, now: bigint): Check[] {
  const name = `second source ${symbol}`;
  if (config.second === zeroAddress) {
    const advice = 'configure another (PriceOracle.configure): an aggregator, or a price of Pyth';
    return [warn(name, 'one source only: whatever it says within its bounds is believed', advice)];
  }
  const found = judgeSource(name, config.second, { answer: second, config, now });
  if (found.outcome === 'failure' || second === undefined) return [found];
  const age = now - second.updatedAt;
  if (age > BigInt(config.openAge)) {
    const isDead = age > BigInt(config.liquidationAge);
    const since = isDead
      ? `is dead from ${formatSpan(config.liquidationAge)} on`
      : `confirms nothing from ${formatSpan(config.openAge)} on`;
    const detail = `${config.second} last answered ${formatSpan(age)} ago, and ${since}: the price is not Live without it`;
    return [fail(name, detail, config.secondId === zeroHash ? 'look after it' : pushAdvice(config))];
  }
  const uncertain = (second.confidence * BPS) / second.price;
  if (config.secondId !== zeroHash && uncertain > BigInt(config.confidenceBps)) {
    const detail = `it is uncertain by ${formatBps(uncertain)}, and believed up to ${formatBps(config.confidenceBps)}`;
    return [fail(name, detail, 'wait for a quieter market: without it the price is Degraded')];
  }
  if (primary === undefined || primary.price <= 0n) return [found];
  const lower = min(primary.price, second.price);
  const apart =
    ((primary.price > second.price ? primary.price - second.price : second.price - primary.price) * BPS) / lower;
  const detail = `${formatBps(apart)} from the first, ${formatBps(config.disagreementBps)} allowed`;
  if (apart > BigInt(config.disagreementBps)) {
    return [fail(name, `${formatWad(second.price)} is ${detail}`, 'find out which of the two is right')];
  }
  return [{ ...found, detail: `${found.detail}; ${detail}` }];
}

function judgeDecimals({ symbol, decimals, price, primary }: FeedFacts): Check {
  const name = `decimals ${symbol}`;
  const { token, policy } = decimals;
  if (token !== policy) {
    const advice = 'lower its cap to zero: its amounts are counted wrongly';
    return fail(name, `the token says ${token ?? 'nothing'}, the policy has ${policy}`, advice);
  }
  // the oracle took the feed's decimals when it was configured
  if (price.status === PriceStatus.Live && primary !== undefined && primary.price !== price.spot) {
    const detail = `the feed's answer is ${formatWad(primary.price)} by its decimals of today, and the oracle reads ${formatWad(price.spot)}`;
    return fail(name, detail, 'configure the feed anew');
  }
  return ok(name, `${policy}, as the token says; the feed's answer is read as it is meant`);
}

function judgeRecord({ symbol, recordedAt }: FeedFacts, now: bigint): Check {
  const name = `smoothing ${symbol}`;
  const age = now - BigInt(recordedAt);
  const detail = `last recorded ${formatSpan(age)} ago`;
  return age > MOST_UNRECORDED
    ? warn(name, `${detail}: the band still reaches to that price`, 'run a keeper, or call PriceOracle.update')
    : ok(name, detail);
}

/** Whether an L2's prices are believed. */
export function judgeSequencer({ exists, feed, grace, isUp, round }: SequencerFacts, now: bigint): Check {
  const name = 'sequencer';
  if (!exists) return ok(name, 'this chain has none');
  if (feed === zeroAddress) {
    return fail(name, 'the chain has one, and no uptime feed is configured', 'PriceOracle.configureSequencer');
  }
  // as the oracle reads it: a round without a start, or with one to come, is none
  if (round === undefined || round.startedAt === 0n || round.startedAt > now) {
    const detail =
      `its uptime feed ${feed} does not answer: no price is Live; one that was written since the last change recorded ` +
      'and within its first age is Degraded, every other one Down; only who is below the critical health is sold';
    return fail(name, detail, 'configure another feed');
  }
  const since = formatSpan(now - round.startedAt);
  if (round.answer !== 0n) {
    return fail(name, `reported down for ${since}: nothing new is opened`, `wait, or see whether ${feed} is right`);
  }
  return isUp
    ? ok(name, `up for ${since}, grace ${formatSpan(grace)}`)
    : warn(name, `up again for ${since}, in its grace of ${formatSpan(grace)}`);
}
