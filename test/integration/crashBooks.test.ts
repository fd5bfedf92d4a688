import { expect } from 'chai';

import { DEVELOPMENT_CHAIN, findNetworkConfig, findPolicy } from '../../deploy';
import { InstrumentKind, describeInstrument } from '../../sdk/math';
import { loadScenario, runCrash, type CrashRun, type Scenario } from '../../sim';
import { BOOK_MODES } from '../../sim/books/market';
import { STATES } from '../../sim/result';

/** The first minutes of a crash that goes on falling, with one book of each kind and little left above its margin. */
function smallCrash(): Scenario {
  const { books, ...rest } = loadScenario('black-thursday-books');
  const thin = { least: 1.05, most: 1.1, skew: 1 };
  return {
    ...rest,
    prices: {
      ...rest.prices,
      WETH: {
        points: [
          [0, 182],
          [1_800, 170],
          [2_400, 140],
          [3_600, 125],
          [5_400, 128],
        ],
      },
    },
    accounts: { ...rest.accounts, borrowers: 6, lenders: 2 },
    owners: { ...rest.owners, answerShare: 0.5 },
    gasGwei: { points: [[0, 20]], note: 'quiet' },
    steps: { maxMoveBps: 600, minSeconds: 12, maxSeconds: 600 },
    ...(books && { books: { ...books, groups: books.groups.map((each) => ({ ...each, count: 1, cushion: thin })) } }),
  };
}

function replay(policy = 'derivatives'): Promise<CrashRun> {
  return runCrash({
    scenario: smallCrash(),
    policy: findPolicy(policy).policy,
    config: findNetworkConfig('development', DEVELOPMENT_CHAIN),
    seed: 3,
  });
}

// solidity-coverage pays one wei for gas, and the simulation sets its own base fee
const skipped = process.env['SOLIDITY_COVERAGE'] === 'true';
const suite = skipped ? describe.skip : describe;

suite(skipped ? 'Crash simulation with books (coverage)' : 'Crash simulation with books', () => {
  let run: CrashRun;

  before(async function () {
    this.timeout(600_000);
    run = await replay();
  });

  it('says that a policy lists none of it [SIM-02]', async () => {
    let message = '';
    await replay('default').catch((error: unknown) => (message = (error as Error).message));
    expect(message).to.match(/policy default does not list the underlying ETH; derivatives does/);
  });

  it('holds every book twice, by the same trades, with what each mode requires [SIM-09]', () => {
    const { groups, accounts } = run.result.books!;
    expect(accounts.length).to.equal(groups.length * 2);
    for (const { modes } of groups) {
      for (const mode of BOOK_MODES) {
        const { initial, maintenance, equity } = modes[mode];
        expect(initial).to.be.greaterThan(maintenance);
        expect(equity / initial).to.be.within(1.04, 1.11);
      }
    }
    const [maker] = groups;
    expect(maker!.modes.portfolio.initial).to.be.lessThan(maker!.modes.cross.initial);
  });

  it('hedges, calls and liquidates books, and sells what was taken over', () => {
    const { groups, liquidations, calls } = run.result.books!;
    expect(groups[0]!.modes.cross.hedges + groups[0]!.modes.portfolio.hedges).to.be.greaterThan(0);
    expect(liquidations.length).to.be.greaterThan(0);
    expect(calls.length).to.be.greaterThan(0);
    const { keepers, totals } = run.result;
    const sold = keepers.reduce((sum, keeper) => sum + keeper.liquidations, 0);
    expect(sold).to.equal(totals.liquidations + liquidations.length);
    for (const { notional } of liquidations) expect(notional).to.be.greaterThan(0);
  });

  it('publishes volatility as far as its guard lets it, and the perpetual’s price [SIM-08]', () => {
    const [market] = run.result.books!.markets;
    const [near] = market!.expiries;
    const end = near!.market.length - 1;
    expect(near!.market[end]!).to.be.greaterThan(near!.market[0]! * 1.5);
    expect(near!.feed[end]!).to.be.within(near!.feed[0]! * 1.05, near!.market[end]!);
    expect(market!.perpetual[end]!).to.be.lessThan(market!.index[end]!);
  });

  it('keeps what it owes, to the unit, with what is unsettled', () => {
    const { custody, cash, reserves, unsettled } = run.audit;
    const surplus = custody - cash - reserves + unsettled;
    expect(surplus >= 0n && surplus < 10n ** 13n).to.equal(true);
  });

  it('counts every account in one state at every step [SIM-04]', () => {
    const { modes, groups } = run.result.books!;
    for (const mode of BOOK_MODES) {
      for (const i of run.result.seconds.keys()) {
        expect(STATES.reduce((sum, state) => sum + modes[mode].states[state][i]!, 0)).to.equal(groups.length);
      }
    }
  });

  it('trades options and perpetuals that the policy lists', () => {
    const kinds = new Set(run.world.traders!.instruments.map((id) => describeInstrument(id).kind));
    expect([...kinds].sort()).to.deep.equal([InstrumentKind.Perpetual, InstrumentKind.Call, InstrumentKind.Put]);
  });
});
