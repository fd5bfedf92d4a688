import { readContract } from 'viem/actions';

import { priceOracleAbi, realisedVolatilityAbi, volatilityFeedAbi } from '../../sdk/abi';
import type { AccountStanding } from '../../sdk/client';
import { readInstrumentFacts, type ExpiryFacts, type UnderlyingFacts } from '../../sdk/doctor';
import { formatSpan, formatTime, formatWad } from '../../sdk/format';
import { PriceStatus, tradeGrowthEndsAt, type Price } from '../../sdk/math';
import { checkEnds, checkUse, type Finding, stateOfPrice } from './finding';
import type { Chain } from './openChain';

/** Whether underlyings are as their terms have them: caps, prices, volatilities, and ramps that have ended. */
export async function checkInstruments(chain: Chain, standings: readonly AccountStanding[]): Promise<Finding[]> {
  const { client, manifest, block, instruments } = chain;
  const { underlyings } = await readInstrumentFacts(client, {
    manifest,
    symbolOf: chain.symbolOf,
    positions: standings.flatMap(({ portfolio }) => portfolio.positions),
    blockNumber: block.number,
  });
  const findings = underlyings.map(async (facts): Promise<Finding[]> => {
    const known = instruments.underlyings[facts.underlying - 1];
    if (known === undefined) return [];
    const subject = chain.underlyingName(facts.underlying);
    const { risk, scenarios, delta, trade } = known;
    const ends = [...[risk, scenarios, delta].map(({ span }) => span.endsAt), tradeGrowthEndsAt(trade)];
    const isCollateral = chain.policy.collaterals.some(({ asset }) => asset === known.index);
    return [
      ...checkClosed(subject, facts),
      ...checkCaps(subject, facts),
      // that of a collateral is looked at with the collaterals
      ...(isCollateral ? [] : await checkPrice(chain, `${subject} index`, facts.index, known.index)),
      ...(await checkPrice(chain, `${subject} perpetual`, facts.perpetual, known.perpetual)),
      ...(await checkVolatilities(chain, subject, facts, known.index)),
      ...checkEnds(subject, ends, block.timestamp),
    ];
  });
  return (await Promise.all(findings)).flat();
}

function checkClosed(subject: string, { closedAt }: UnderlyingFacts): Finding[] {
  if (closedAt === 0n) return [];
  const detail = `the guardian has closed it, at version ${closedAt}: positions can only be reduced`;
  return [{ severity: 'note', rule: 'closed', subject, detail }];
}

function checkCaps(subject: string, facts: UnderlyingFacts): Finding[] {
  const { perpetuals, perpetualCap, options, optionCap, unsettled, unsettledCap } = facts;
  const of = (used: bigint, cap: bigint, what: string): string => `${formatWad(used)} of ${formatWad(cap)} ${what}`;
  return [
    ...checkUse(
      { rule: 'open interest', subject, detail: of(perpetuals, perpetualCap, 'units are open, long perpetuals') },
      { used: perpetuals, cap: perpetualCap },
    ),
    ...checkUse(
      { rule: 'open interest', subject, detail: of(options, optionCap, 'units are open, short options') },
      { used: options, cap: optionCap },
    ),
    ...checkUse(
      { rule: 'unsettled cap', subject, detail: of(unsettled, unsettledCap, 'was paid to winners ahead of losers') },
      { used: unsettled, cap: unsettledCap },
    ),
  ];
}

async function checkPrice(
  { client, manifest, block }: Chain,
  subject: string,
  { status, updatedAt }: Price,
  key: `0x${string}`,
): Promise<Finding[]> {
  if (status === PriceStatus.Live) return [];
  const { openAge } = await readContract(client, {
    address: manifest.contracts.PriceOracle.address,
    abi: priceOracleAbi,
    functionName: 'feedOf',
    args: [key],
    blockNumber: block.number,
  });
  const age = Number(block.timestamp) - updatedAt;
  const detail = `${stateOfPrice(status)}, ${formatSpan(age)} old; it opens no risk from ${formatSpan(openAge)} on`;
  return [{ severity: 'breach', rule: 'price', subject, detail }];
}

/** Of the expiries that somebody holds, and the realised one that dynamic margin goes by. */
async function checkVolatilities(
  { client, manifest, block }: Chain,
  subject: string,
  { expiries = [] }: UnderlyingFacts,
  index: `0x${string}`,
): Promise<Finding[]> {
  const { VolatilityFeed, RealisedVolatility } = manifest.contracts;
  const [surface, terms, state] = await Promise.all([
    readContract(client, {
      address: VolatilityFeed.address,
      abi: volatilityFeedAbi,
      functionName: 'configOf',
      args: [index],
      blockNumber: block.number,
    }),
    readContract(client, {
      address: RealisedVolatility.address,
      abi: realisedVolatilityAbi,
      functionName: 'termsOf',
      args: [index],
      blockNumber: block.number,
    }),
    readContract(client, {
      address: RealisedVolatility.address,
      abi: realisedVolatilityAbi,
      functionName: 'stateOf',
      args: [index],
      blockNumber: block.number,
    }),
  ]);
  return [
    ...expiries.flatMap((expiry) => checkExpiry(subject, expiry, surface, block.timestamp)),
    ...checkSample(subject, { slowHalfLife: terms.slowHalfLife, sampledAt: state.sampledAt }, block.timestamp),
  ];
}

interface Ages {
  readonly openAge: number;
  readonly nearExpiry: number;
  readonly nearOpenAge: number;
}

function checkExpiry(
  underlying: string,
  { expiry, publishedAt, volatilityStatus }: ExpiryFacts,
  { openAge, nearExpiry, nearOpenAge }: Ages,
  now: bigint,
): Finding[] {
  if (expiry <= now || volatilityStatus === PriceStatus.Live) return [];
  const allowed = expiry - now <= BigInt(nearExpiry) ? nearOpenAge : openAge;
  const age = publishedAt === 0n ? 'never published' : `${formatSpan(now - publishedAt)} old`;
  const detail = `${stateOfPrice(volatilityStatus)}, ${age}; it opens no risk from ${formatSpan(allowed)} on`;
  const subject = `${underlying} ${formatTime(expiry).slice(0, 16).replace('T', ' ')}`;
  return [{ severity: 'breach', rule: 'volatility', subject, detail }];
}

/** One that nobody samples stays where it is: noted after the time in which it would have fallen by half. */
function checkSample(
  subject: string,
  { slowHalfLife, sampledAt }: { readonly slowHalfLife: number; readonly sampledAt: number },
  now: bigint,
): Finding[] {
  const age = now - BigInt(sampledAt);
  if (slowHalfLife === 0 || (sampledAt !== 0 && age <= BigInt(slowHalfLife))) return [];
  const detail =
    sampledAt === 0
      ? 'realised volatility was never sampled: nothing is scaled'
      : `realised volatility was sampled ${formatSpan(age)} ago: is a keeper running?`;
  return [{ severity: 'note', rule: 'volatility', subject, detail }];
}
