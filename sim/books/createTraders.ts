import { keccak256, parseUnits, toHex } from 'viem';
import { privateKeyToAccount, type PrivateKeyAccount } from 'viem/accounts';

import { InstrumentKind, toAccountId, toOption, toPerpetual } from '../../sdk/math';
import { createRandom, type Random } from '../random';
import type { GroupScenario } from '../scenario/booksSchema';
import type { Scenario } from '../scenario/scenarioSchema';
import type { BookLeg, SimMarket, Trader, Traders } from './market';

/** Sizes have so many digits after the point: whole lots of every instrument. */
const SIZE_DIGITS = 4;
const STRIKE_DIGITS = 2;

/** Who has books, drawn from the seed; nothing is opened yet. */
export function createTraders(scenario: Scenario, markets: readonly SimMarket[], seed: number): Traders {
  const random = createRandom(seed).fork('traders');
  const traders = (scenario.books?.groups ?? []).flatMap((group) =>
    Array.from({ length: group.count }, (_, i) => {
      const name = `${group.name} ${i + 1}`;
      return createTrader({ name, group, markets, scenario, random: random.fork(name) });
    }),
  );
  const desk = keyOf('desk');
  const perpetuals = markets.map(({ number }) => toPerpetual(number));
  const traded = new Set([...perpetuals, ...traders.flatMap(({ legs }) => legs.map(({ instrument }) => instrument))]);
  return {
    markets,
    traders,
    desk: { key: desk, account: toAccountId(desk.address, 0n) },
    instruments: [...traded].sort((a, b) => (a < b ? -1 : 1)),
  };
}

interface CreateTraderParameters {
  readonly name: string;
  readonly group: GroupScenario;
  readonly markets: readonly SimMarket[];
  readonly scenario: Scenario;
  readonly random: Random;
}

function createTrader({ name, group, markets, scenario, random }: CreateTraderParameters): Trader {
  const market = markets.find(({ symbol }) => symbol === group.market);
  if (market === undefined) throw new Error(`${group.market} is not deployed`);
  const { median, sigma, least, most } = group.size;
  const size = Math.min(most, Math.max(least, random.logNormal(median, sigma)));
  const { cushion } = group;
  const key = keyOf(name);
  return {
    name,
    group,
    market,
    key,
    accounts: { cross: toAccountId(key.address, 0n), portfolio: toAccountId(key.address, 1n) },
    size,
    legs: group.legs.map((leg) => toLeg(leg, market, size)),
    holds: parseUnits((size * group.holds).toFixed(SIZE_DIGITS), market.indexDecimals),
    cushion: cushion.least + (cushion.most - cushion.least) * random.next() ** cushion.skew,
    answers: random.chance(scenario.owners.answerShare),
  };
}

function toLeg({ kind, expiry, moneyness, units }: GroupScenario['legs'][number], market: SimMarket, size: number) {
  const leg = (instrument: bigint): BookLeg => ({ instrument, size: toSize(size * units) });
  if (kind === 'perpetual') return leg(toPerpetual(market.number));
  const strike = Number((market.path.at(0) * moneyness).toPrecision(STRIKE_DIGITS));
  return leg(
    toOption({
      kind: kind === 'call' ? InstrumentKind.Call : InstrumentKind.Put,
      underlying: market.number,
      expiry: market.expiries[expiry] ?? 0n,
      strike: parseUnits(strike.toFixed(6), 18),
    }),
  );
}

/** Units of the underlying as WAD, in whole lots. */
export function toSize(units: number): bigint {
  return parseUnits(units.toFixed(SIZE_DIGITS), 18);
}

/** A key of the simulation: orders are signed, so whoever trades needs one. */
function keyOf(name: string): PrivateKeyAccount {
  return privateKeyToAccount(keccak256(toHex(`plimsoll simulation key: ${name}`)));
}
