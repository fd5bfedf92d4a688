import { createRandom } from '../random';
import {
  STATES,
  type CallRecord,
  type CureRecord,
  type LiquidationRecord,
  type LossRecord,
  type RunResult,
  type StateName,
  type TopUpRecord,
} from '../result';
import { createPricePath, stepSeconds } from '../scenario/pricePath';

/**
 * A made-up result for tests of the report: no chain behind it, figures that only look like those of a replay.
 * @param grace seconds between a call and a sale
 */
export function sampleRun(name: string, grace: number, seed = 1): RunResult {
  const random = createRandom(seed);
  const path = createPricePath([
    [0, 180],
    [15_000, 168],
    [18_000, 122],
    [22_000, 142],
    [50_000, 140],
    [63_000, 103],
    [73_000, 86],
    [77_500, 138],
    [83_000, 107],
    [108_000, 128],
  ]);
  const seconds = stepSeconds([path], 108_000, { maxMoveBps: 150, minSeconds: 15, maxSeconds: 600 });
  const market = seconds.map((second) => path.at(second));
  const borrowers = Array.from({ length: 300 }, (_, i) => ({
    account: `0x${(i + 1).toString(16).padStart(40, '0')}:0`,
    line: 55 + 110 * random.next(),
    size: random.logNormal(20_000, 1),
    answers: random.chance(1 / 3),
    calledAt: -1,
    out: false,
  }));

  const states = Object.fromEntries(STATES.map((state): [StateName, number[]] => [state, []])) as Record<
    StateName,
    number[]
  >;
  const calls: CallRecord[] = [];
  const cures: CureRecord[] = [];
  const topUps: TopUpRecord[] = [];
  const liquidations: LiquidationRecord[] = [];
  const losses: LossRecord[] = [];
  let smooth = market[0] ?? 1;
  const band = seconds.map((_, i) => (smooth += ((market[i] ?? smooth) - smooth) * 0.12));
  let gap = 0;
  const pool = market.map((price, i) => {
    const second = seconds[i] ?? 0;
    let sold = 0;
    const count = Object.fromEntries(STATES.map((state) => [state, 0])) as Record<StateName, number>;
    for (const b of borrowers) {
      const health = price / b.line;
      if (b.out) {
        count.Closed++;
      } else if (health >= 1) {
        if (b.calledAt >= 0) cures.push({ second, account: b.account, health, by: b.answers ? 'owner' : 'price' });
        b.calledAt = -1;
        count[health > 1.08 ? 'Healthy' : 'Restricted']++;
      } else if (b.calledAt < 0) {
        b.calledAt = second;
        calls.push({
          second,
          account: b.account,
          health,
          graceSeconds: grace * health,
          fee: 1,
          waited: random.int(40),
        });
        count.Called++;
      } else if (b.answers && second - b.calledAt > 200) {
        topUps.push({ second, account: b.account, kind: 'repayment', value: b.size * 0.1 });
        b.line *= 0.85;
        count.Called++;
      } else if (second - b.calledAt >= grace || health < 0.6) {
        const shortfall = health < 0.85 ? b.size * 0.02 : 0;
        if (shortfall > 0) {
          losses.push({
            second,
            account: b.account,
            shortfall,
            fromReserves: shortfall * 0.4,
            fromJunior: shortfall * 0.5,
            fromSenior: shortfall * 0.1,
            socialised: 0,
            unpaid: 0,
          });
        }
        liquidations.push({
          second,
          account: b.account,
          keeper: random.chance(0.5) ? 'patient' : 'flash',
          health,
          fraction: 1,
          collateral: b.size,
          notional: 0,
          bonus: b.size * 0.03,
          fee: b.size * 0.005,
          shortfall,
          gainNextHour: b.size * (path.at(second + 3_600) / price - 1),
          waited: random.int(120),
        });
        sold += b.size;
        b.out = true;
        count.Closed++;
      } else count.Called++;
    }
    for (const state of STATES) states[state].push(count[state]);
    gap = gap * 0.7 - sold / 4e6;
    return price * Math.exp(gap);
  });

  const sum = <T>(list: readonly T[], of: (item: T) => number): number =>
    list.reduce((total, item) => total + of(item), 0);
  const collateral = sum(borrowers, ({ size }) => size);
  const bonus = sum(liquidations, (l) => l.bonus);
  const fees = sum(liquidations, (l) => l.fee);
  const callFees = sum(calls, (c) => c.fee);
  const gainNextHour = sum(liquidations, (l) => l.gainNextHour);
  const total = bonus + fees + callFees + gainNextHour;
  return {
    scenario: {
      name: 'sample',
      title: 'A sample crash',
      source: 'made up for a test',
      start: 1_583_992_800,
      seconds: 108_000,
      assumptions: [
        'Prices between two known points move by the same percentage every second.',
        'A third of the owners answer.',
      ],
    },
    policy: {
      name,
      summary: 'A sample policy.',
      parameters: [
        { group: 'Liquidation', name: 'longest grace', value: `${grace / 60} min` },
        { group: 'Liquidation', name: 'target health', value: '1.15' },
      ],
    },
    quote: 'USDC',
    seed,
    digest: `${name.length}${seed}`.padEnd(64, 'a'),
    population: {
      borrowers: 300,
      isolated: 90,
      lenders: 12,
      lentCash: 4e6,
      fundCapital: 9e4,
      collateral,
      debt: collateral * 0.6,
      answering: 100,
    },
    seconds,
    assets: [
      {
        symbol: 'WETH',
        market,
        spot: market,
        low: market.map((p, i) => Math.min(p, band[i] ?? p)),
        high: market.map((p, i) => Math.max(p, band[i] ?? p)),
        pool,
      },
    ],
    gasGwei: seconds.map((second) => (second > 60_000 && second < 80_000 ? 200 : 20)),
    states,
    calls,
    cures,
    topUps,
    liquidations,
    losses,
    keepers: ['patient', 'flash'].map((keeper) => ({
      name: keeper,
      funding: keeper === 'flash' ? ('flash' as const) : ('capital' as const),
      maxGasGwei: keeper === 'flash' ? 250 : 150,
      dead: keeper === 'flash' ? [{ from: 62_400, until: 63_900 }] : [],
      calls: Math.floor(calls.length / 2),
      liquidations: liquidations.filter((l) => l.keeper === keeper).length,
      callFees: callFees / 2,
      bonus: sum(
        liquidations.filter((l) => l.keeper === keeper),
        (l) => l.bonus,
      ),
      gasCost: 130.5,
      profit: 2_345.6,
      failedTransactions: 1,
    })),
    totals: {
      accountsCalled: new Set(calls.map((c) => c.account)).size,
      calls: calls.length,
      cures: {
        owner: cures.filter((c) => c.by === 'owner').length,
        liquidation: 0,
        price: cures.filter((c) => c.by === 'price').length,
      },
      topUps: topUps.length,
      topUpValue: sum(topUps, (t) => t.value),
      accountsLiquidated: liquidations.length,
      liquidations: liquidations.length,
      collateralSold: sum(liquidations, (l) => l.collateral),
      bonus,
      fees,
      callFees,
      waterfall: {
        shortfall: sum(losses, (l) => l.shortfall),
        fromReserves: sum(losses, (l) => l.fromReserves),
        fromJunior: sum(losses, (l) => l.fromJunior),
        fromSenior: sum(losses, (l) => l.fromSenior),
        socialised: 0,
        unpaid: 0,
      },
      ownerCost: { bonus, fees, callFees, gainNextHour, total, bps: (total / collateral) * 1e4 },
      delays: {
        callableToCalled: { count: calls.length, median: 12, ninetieth: 31, worst: 40 },
        liquidatableToClosed: { count: liquidations.length, median: 35, ninetieth: 90, worst: 119 },
      },
      worstPoolDiscount: Math.max(0, ...pool.map((p, i) => 1 - p / (market[i] ?? p))),
      missed: 0,
      debtUnderwater: 0,
    },
  };
}
