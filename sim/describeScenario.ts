import { formatAmount, formatDuration, formatNumber, formatPercent } from './report/format';
import type { ScenarioFacts } from './result';
import { durationOf, startOf } from './scenario/loadScenario';
import type { Scenario } from './scenario/scenarioSchema';

/** @param steps how often the replay looks at the world */
export function describeScenario(scenario: Scenario, steps: number): ScenarioFacts {
  return {
    name: scenario.name,
    title: scenario.title,
    source: scenario.source,
    start: startOf(scenario),
    seconds: durationOf(scenario),
    assumptions: assumptions(scenario, steps),
  };
}

function assumptions(scenario: Scenario, steps: number): string[] {
  const { prices, accounts, owners, gasGwei, oracle, pools, keepers, steps: rule } = scenario;
  const follows = Object.entries(prices).flatMap(([asset, price]) =>
    'follows' in price
      ? [
          `${asset} follows ${price.follows}: each of its moves is ${price.beta} times as large, from ${formatNumber(price.first)} (${price.note}).`,
        ]
      : [],
  );
  return [
    'Between two known prices the market moves by the same percentage every second; after the last one it rests.',
    ...follows,
    `The replay looks at the world in ${formatNumber(steps)} steps, each of at most ${formatPercent(rule.maxMoveBps / 10_000)} of price or ${formatDuration(rule.maxSeconds)}; within a step keepers look again every 12 s while they find something to do.`,
    `Feeds answer when the market has moved ${formatPercent(oracle.deviationBps / 10_000)} or after ${formatDuration(oracle.heartbeat)}, with the price of ${formatDuration(oracle.delay)} before.`,
    `Collateral per account is log-normal around ${formatAmount(accounts.size.median)}; debt is ${formatPercent(accounts.loan.least, 0)} to ${formatPercent(accounts.loan.most, 0)} of what initial margin allows; ${formatPercent(accounts.isolatedShare, 0)} of accounts are isolated.`,
    `${formatPercent(owners.answerShare, 0)} of owners answer a call, half of them within ${formatDuration(owners.delay.median)}, with up to ${formatPercent(owners.purse, 0)} of what their collateral was worth at the start.`,
    ...Object.entries(pools).map(([asset, { quoteDepth, halfLife, thinning }]) => {
      const least = Math.min(1, ...thinning.map(({ share }) => share));
      const thins = least < 1 ? `; at worst ${formatPercent(least, 0)} of its liquidity stays` : '';
      return `The ${asset} pool is a Uniswap V2 pair with ${formatAmount(quoteDepth)} on each side${thins}. It follows the market at once; what sales push it away comes back with a half-life of ${formatDuration(halfLife)}.`;
    }),
    `Gas: ${gasGwei.note}.`,
    ...describeBooks(scenario),
    ...keepers.map(({ name, funding, capital, maxGasGwei, dead }) => {
      const money = funding === 'flash' ? 'without capital' : `with ${formatAmount(capital)} of capital`;
      const gaps = dead
        .map(({ from, until }) => `, dead from ${formatDuration(from)} to ${formatDuration(until)}`)
        .join('');
      return `Keeper ${name} works ${money}, pays at most ${formatNumber(maxGasGwei)} gwei${gaps}.`;
    }),
  ];
}

function describeBooks({ books }: Scenario): string[] {
  if (books === undefined) return [];
  return [
    ...Object.entries(books.markets).flatMap(([symbol, { perpetual, volatility, memory, spreadBps, note }]) => [
      `The ${symbol} perpetual trades ${formatNumber(perpetual.premiumBps, 1)} bp above the index, and for each percent that the index stands below its average of ${formatDuration(memory)} half-life ${formatNumber(perpetual.follows, 2)} percent lower; volatility rises by ${volatility.expiries.map(({ reaction }) => formatNumber(reaction, 1)).join(' and ')} percent for each such percent (compounded), and calms down with a half-life of ${formatDuration(volatility.calm)} (${note}).`,
      `Volatilities are signed when they have moved ${formatNumber(volatility.movePercent)} % or after ${formatDuration(volatility.everySeconds)}, as far as the guard on chain lets them move.`,
      `Whoever trades in the crash pays ${formatNumber(spreadBps.perpetual)} bp of the index beyond the mark for the perpetual and ${formatNumber(spreadBps.option)} for options. On the other side of every trade is one account with three times what it must have.`,
    ]),
    ...books.groups.map(
      ({ name, about, count, size, cushion }) =>
        `${formatNumber(count)} ${name}s: ${about}; ${formatNumber(size.median)} units in the middle, equity ${formatNumber(cushion.least, 1)} to ${formatNumber(cushion.most, 1)} times the initial requirement of their mode.`,
    ),
  ];
}
