import { expect } from 'chai';

import { DEVELOPMENT_CHAIN, findNetworkConfig, findPolicy } from '../../deploy';
import { loadScenario, runCrash, type CrashRun, type Scenario } from '../../sim';
import { STATES } from '../../sim/result';
import { COVERING } from '../fixtures/covering';

const ACCOUNTS = 24;

/** A wick with few accounts, all of them near the line, and a fund that is soon empty. */
function smallCrash(): Scenario {
  const wick = loadScenario('wick');
  return {
    ...wick,
    accounts: {
      ...wick.accounts,
      borrowers: ACCOUNTS,
      lenders: 2,
      fundShare: 0.001,
      loan: { least: 0.9, most: 1, skew: 1 },
    },
    steps: { ...wick.steps, maxMoveBps: 500 },
  };
}

function replay(seed: number, policy = 'default'): Promise<CrashRun> {
  return runCrash({
    scenario: smallCrash(),
    policy: findPolicy(policy).policy,
    populationPolicy: findPolicy('default').policy,
    config: findNetworkConfig('development', DEVELOPMENT_CHAIN),
    seed,
  });
}

// solidity-coverage pays one wei for gas, and the simulation sets its own base fee
const skipped = COVERING;

const suite = skipped ? describe.skip : describe;

suite(skipped ? 'Crash simulation (coverage)' : 'Crash simulation', () => {
  let first: CrashRun;

  before(async function () {
    this.timeout(300_000);
    first = await replay(7);
  });

  it('does the same things in the same order for the same seed', async function () {
    this.timeout(300_000);
    const { result } = await replay(7);
    expect(result.digest).to.equal(first.result.digest);
    expect(result).to.deep.equal(first.result);
  });

  it('does other things for another seed', async function () {
    this.timeout(300_000);
    const { result } = await replay(8);
    expect(result.digest).not.to.equal(first.result.digest);
  });

  it('lets the keeper call margin and liquidate', () => {
    const { totals, keepers } = first.result;
    expect(totals.calls).to.be.greaterThan(0);
    expect(totals.liquidations).to.be.greaterThan(0);
    const by = (key: 'calls' | 'liquidations'): number => keepers.reduce((sum, keeper) => sum + keeper[key], 0);
    expect(by('calls')).to.equal(totals.calls);
    expect(by('liquidations')).to.equal(totals.liquidations);
  });

  it('keeps what it owes: custody is what the books say', () => {
    const { custody, cash, reserves, collateral } = first.audit;
    const surplus = custody - cash - reserves;
    expect(surplus >= 0n).to.be.true;
    expect(surplus < 10n ** 12n).to.be.true; // a token unit of quote
    for (const { custody: held, credited } of collateral) expect(held).to.equal(credited);
  });

  it('spreads every loss over the waterfall, to the last part', () => {
    for (const { shortfall, fromReserves, fromJunior, fromSenior, socialised, unpaid } of first.result.losses) {
      expect(fromReserves + fromJunior + fromSenior + socialised + unpaid).to.be.closeTo(shortfall, 1e-9);
    }
    const { waterfall } = first.result.totals;
    const shares =
      waterfall.fromReserves + waterfall.fromJunior + waterfall.fromSenior + waterfall.socialised + waterfall.unpaid;
    expect(shares).to.be.closeTo(waterfall.shortfall, 1e-6);
  });

  it('counts every account in one state at every step', () => {
    const { seconds, states } = first.result;
    for (const i of seconds.keys()) {
      expect(STATES.reduce((sum, state) => sum + states[state][i]!, 0)).to.equal(ACCOUNTS);
    }
  });

  it('shows the same crash to both policies', async function () {
    this.timeout(300_000);
    const { result } = await replay(7, 'instant');
    expect(result.population).to.deep.equal(first.result.population);
    expect(result.assets[0]!.market).to.deep.equal(first.result.assets[0]!.market);
    expect(result.digest).not.to.equal(first.result.digest);
  });
});
