import { expect } from 'chai';
import hre, { ethers } from 'hardhat';

import { createMemoryJournal, deploySystem, type PolicyFile } from '../../deploy';
import { toDeltaTerms, toInstrumentRisk, toTradeTerms } from '../../deploy/plan/instrumentParams';
import { deploy, refusal } from '../fixtures/deployInProcess';
import { BTC_SCENARIOS } from '../fixtures/instruments';
import { loadFixture } from '../fixtures/loadFixture';
import { developmentConfig, namedPolicy, openSystem, shippedConfig } from '../fixtures/systemFixture';
import { accountOf, wad } from '../fixtures/units';

const PORTFOLIO = 2;

async function derivativesFixture() {
  return openSystem({ policy: 'derivatives' });
}

/** The example policy with other terms of bitcoin. */
function derivativesWith(change: (bitcoin: Bitcoin) => Bitcoin): PolicyFile {
  const policy = namedPolicy('derivatives');
  const { BTC, ...others } = policy.underlyings ?? {};
  if (BTC === undefined) throw new Error('the example has no bitcoin');
  return { ...policy, underlyings: { ...others, BTC: change(BTC) } };
}
type Bitcoin = NonNullable<PolicyFile['underlyings']>[string];

describe('deploying instruments', () => {
  describe('refuses', () => {
    it('an underlying that the network does not describe before it sends anything [DEP-01]', async () => {
      const { underlyings: _, ...config } = developmentConfig();
      const [deployer] = await ethers.getSigners();
      const before = await deployer!.getNonce();
      expect(await refusal(deploy({ config, policy: namedPolicy('derivatives') }))).to.equal(
        'policy derivatives: underlyings: ETH is no underlying of this network',
      );
      expect(await deployer!.getNonce()).to.equal(before);
    });

    const refused: readonly (readonly [string, (bitcoin: Bitcoin) => Bitcoin, string])[] = [
      [
        'rates',
        (of) => ({ ...of, perpetual: { ...of.perpetual, maintenancePercent: 0.05 } }),
        'underlyings.BTC is refused: InstrumentPolicy.listUnderlying/BTC: InstrumentParameterOutOfBounds(parameter perpetualMaintenancePpm, value 500,',
      ],
      [
        'a grid',
        (of) => ({ ...of, scenarios: { ...of.scenarios, volatilityUpPercent: 1 } }),
        'underlyings.BTC.scenarios is refused: InstrumentPolicy.setScenarios/BTC: InstrumentParameterOutOfBounds(parameter volatilityUpBps, value 100,',
      ],
      [
        'a floor of net exposure',
        (of) => ({ ...of, deltaMargin: { ...of.deltaMargin!, moveMaintenancePercent: 0.05, isFloor: true } }),
        'underlyings.BTC.deltaMargin is refused: InstrumentPolicy.setDeltaTerms/BTC: InstrumentParameterOutOfBounds(parameter moveMaintenancePpm, value 500,',
      ],
      [
        'publishers that are believed for too long',
        (of) => ({
          ...of,
          volatility: { ...of.volatility, surface: { ...of.volatility.surface, liquidationAgeSeconds: 100_000 } },
        }),
        'underlyings.BTC.volatility.surface is refused: VolatilityFeed.configure/BTC: VolatilityConfigOutOfBounds(',
      ],
      [
        'a measure of volatility',
        (of) => ({
          ...of,
          volatility: { ...of.volatility, realised: { ...of.volatility.realised, minIntervalSeconds: 1 } },
        }),
        'underlyings.BTC.volatility.realised is refused: RealisedVolatility.configure/BTC: VolatilityTermsOutOfBounds(',
      ],
    ];
    for (const [what, change, line] of refused) {
      it(`${what} that a contract refuses, by the name of policy and place [DEP-01]`, async () => {
        expect(await refusal(deploy({ policy: derivativesWith(change) }))).to.contain(`policy derivatives: ${line}`);
      });
    }

    it('mocked perpetual prices on any chain but a development one', async () => {
      const config = { ...shippedConfig(), chainId: 1 };
      const real = `0x${'1'.repeat(40)}` as const;
      const delays = { admin: 86_400, risk: 86_400, governor: 86_400 };
      const collaterals = config.collaterals.map((each) => ({
        ...each,
        address: real,
        feed: { ...each.feed, primary: real, second: real },
      }));
      const provider = {
        request: async (request: { method: string; params?: unknown[] }) =>
          request.method === 'eth_chainId' ? '0x1' : hre.network.provider.request(request),
      };
      const public_ = {
        ...config,
        quote: { ...config.quote, address: real },
        collaterals,
        executionDelaySeconds: delays,
        grantDelaySeconds: 86_400,
        targetAdminDelaySeconds: 86_400,
      };
      const policy = namedPolicy('derivatives');
      expect(await refusal(deploy({ provider, config: public_, policy }))).to.contain('ETH: mocks are for development');
    });
  });

  it('lists none where the policy has none, and seals the list all the same [DEP-10]', async () => {
    const { instruments, manifest } = await openSystem();
    expect(await instruments.underlyingCount()).to.equal(0);
    expect(await instruments.isSealed()).to.equal(true);
    expect(manifest.underlyings).to.deep.equal([]);
    expect(Object.keys(manifest.contracts).filter((name) => name.includes('perpetual'))).to.deep.equal([]);
  });

  it('lists those of the policy with prices, grid and volatility terms [DEP-10]', async () => {
    const { manifest, instruments, oracle, volatilityFeed, realisedVolatility, wbtc } =
      await loadFixture(derivativesFixture);
    expect(manifest.underlyings.map(({ symbol, number }) => [symbol, number])).to.deep.equal([
      ['ETH', 1],
      ['BTC', 2],
    ]);
    const bitcoin = manifest.underlyings[1]!;
    expect(await instruments.feedsOf(2)).to.deep.equal([wbtc.address, bitcoin.perpetual]);
    for (const [key, price] of [
      [bitcoin.index, 40_000],
      [bitcoin.perpetual, 40_000],
      [manifest.underlyings[0]!.perpetual, 2_000],
    ] as const) {
      const { spot, status } = await oracle.read(key);
      expect([spot, status]).to.deep.equal([wad(price), 2n]);
    }
    const { perpetualInitialPpm, perpetualSlope, optionMaintenancePpm } = await instruments.riskOf(2);
    expect([perpetualInitialPpm, perpetualSlope, optionMaintenancePpm]).to.deep.equal([
      40_000n,
      2n * 10n ** 13n,
      75_000n,
    ]);
    const trade = await instruments.tradeTerms(2);
    expect([trade.depth, trade.expiryMinute, trade.takerFeePpm]).to.deep.equal([wad(5_000), 480n, 500n]);
    const grid = await instruments.scenariosOf(2);
    expect([grid.rangeBps, grid.stepBps, grid.initialBps]).to.deep.equal([1_600n, 400n, 12_500n]);
    expect([...grid.tailShocksBps].map(Number)).to.deep.equal(BTC_SCENARIOS.tailShocksBps);
    expect([...(await instruments.deltaTermsOf(2))]).to.deep.equal([40_000n, 20_000n, 1_200n, 600n, false]);
    expect((await volatilityFeed.configOf(wbtc.address)).nearOpenAge).to.equal(300n);
    expect((await realisedVolatility.termsOf(wbtc.address)).referenceBps).to.equal(6_000n);
    expect(await realisedVolatility.scales(wbtc.address)).to.deep.equal([wad(1), wad(1)]);
  });

  it('adds portfolio margin as mode 2, wired to the rest, for anybody to choose [DEP-10]', async () => {
    const { engine, portfolioMargin, vault, actors, policy, oracle } = await loadFixture(derivativesFixture);
    expect(await engine.modelOf(PORTFOLIO)).to.equal(await portfolioMargin.getAddress());
    expect(await portfolioMargin.collateralPolicy()).to.equal(await policy.getAddress());
    expect(await portfolioMargin.oracle()).to.equal(await oracle.getAddress());
    const account = accountOf(actors.borrower);
    await vault.connect(actors.borrower).setMode(account, PORTFOLIO);
    expect((await vault.portfolio(account)).mode).to.equal(PORTFOLIO);
  });

  it('goes on after a refused grid, and does nothing when all is done [DEP-02]', async () => {
    const store = createMemoryJournal();
    const policy = derivativesWith((of) => ({ ...of, scenarios: { ...of.scenarios, volatilityUpPercent: 1 } }));
    expect(await refusal(deploy({ store, policy }))).to.contain('setScenarios/BTC');
    const done = store.read()!.entries.filter(({ mined }) => mined !== undefined).length;
    const again = await deploy({ store, policy: namedPolicy('derivatives') });
    expect(again.steps.before).to.equal(done);
    const all = again.steps.before + again.steps.now;
    const third = await deploy({ store, policy: namedPolicy('derivatives') });
    expect(third.steps).to.deep.equal({ now: 0, before: all });
    expect(third.manifest).to.deep.equal(again.manifest);
  });

  it('finds a changed grid, changed terms of trade and of net exposure, and a further underlying [DEP-03]', async () => {
    const store = createMemoryJournal();
    const parameters = { store, policy: namedPolicy('derivatives'), config: developmentConfig() };
    const { manifest } = await deploy(parameters);
    const risk = (await ethers.getSigners())[3]!;
    const instruments = (
      await ethers.getContractAt('InstrumentPolicy', manifest.contracts.InstrumentPolicy.address)
    ).connect(risk);
    const { index, perpetual } = manifest.underlyings[1]!;
    const bitcoin = parameters.policy.underlyings!['BTC']!;
    const changed = { ...toTradeTerms('BTC', bitcoin), bandBps: 400n };
    await instruments.setTradeTerms(2, changed);
    await instruments.setScenarios(2, { ...BTC_SCENARIOS, initialBps: 13_000 });
    await instruments.setDeltaTerms(2, { ...toDeltaTerms(bitcoin), moveInitialPpm: 50_000 });
    await instruments.listUnderlying(index, perpetual, toInstrumentRisk('BTC', bitcoin), changed);
    const line = await refusal(
      deploySystem({
        ...parameters,
        network: 'hardhat',
        provider: hre.network.provider,
        artifacts: hre.config.paths.artifacts,
      }),
    );
    expect(line).to.contain('InstrumentPolicy.tradeTerms(BTC).bandBps is 400, not 300');
    expect(line).to.contain('InstrumentPolicy.scenariosOf(BTC).initialBps is 13000, not 12500');
    expect(line).to.contain('InstrumentPolicy.deltaTermsOf(BTC).moveInitialPpm is 50000, not 40000');
    expect(line).to.contain('InstrumentPolicy.underlyingCount is 3, not 2');
  });
});
