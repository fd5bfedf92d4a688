import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { loadFixture, reset, setCode } from '@nomicfoundation/hardhat-network-helpers';
import { expect } from 'chai';
import hre, { ethers } from 'hardhat';
import { createClient, custom, type Address } from 'viem';

import {
  createFileJournal,
  createMemoryJournal,
  deploySystem,
  type DeployParameters,
  type JournalStore,
  type RpcProvider,
} from '../../deploy';
import { openJournal } from '../../deploy/journal/openJournal';
import { attachSystem, developmentConfig, namedPolicy, systemFixture } from '../fixtures/systemFixture';

/** As `npm run deploy` on the in-process chain. */
function deploy(changes: Partial<DeployParameters> = {}) {
  return deploySystem({
    network: 'hardhat',
    provider: hre.network.provider,
    config: developmentConfig(),
    policy: namedPolicy('default'),
    artifacts: hre.config.paths.artifacts,
    ...changes,
  });
}

/** The system with the journal that it was deployed by. */
async function journaledFixture() {
  const store = createMemoryJournal();
  const { manifest } = await deploy({ store });
  return { journal: store.read(), manifest, system: await attachSystem(manifest) };
}

/** The fixture with a journal of the test's own: snapshots of the chain do not bring back what is written there. */
async function loadJournaled() {
  const { journal, ...rest } = await loadFixture(journaledFixture);
  return { ...rest, store: createMemoryJournal(journal) };
}

describe('deploySystem', () => {
  /** Steps of a whole deployment. */
  let total: number;
  before(async () => {
    total = (await deploy()).steps.now;
  });

  describe('of bad input', () => {
    it('refuses a policy that the contract refuses, by the name of policy and parameter', async () => {
      const policy = namedPolicy('default');
      const terms = { ...policy.liquidation, maxGraceSeconds: 100_000 };
      expect(await refusal(deploy({ policy: { ...policy, liquidation: terms } }))).to.contain(
        'policy default: liquidation is refused: MarginPolicy.setLiquidationTerms: ' +
          'ParameterOutOfBounds(parameter maxGrace, value 100000, least 0, most 86400)',
      );
    });

    it('refuses a policy without one of the collaterals before it sends anything', async () => {
      const policy = namedPolicy('default');
      const { WETH: _, ...collaterals } = policy.collaterals;
      const before = await nonceOfDeployer();
      expect(await refusal(deploy({ policy: { ...policy, collaterals } }))).to.contain('WETH is missing');
      expect(await nonceOfDeployer()).to.equal(before);
    });

    it('refuses another chain, mocks on another chain, and a deployer who would keep a role', async () => {
      const config = developmentConfig();
      expect(await refusal(deploy({ config: { ...config, chainId: 1 } }))).to.contain('the node serves chain 31337');
      const mainnet: RpcProvider = {
        request: async (request) => (request.method === 'eth_chainId' ? '0x1' : hre.network.provider.request(request)),
      };
      expect(await refusal(deploy({ provider: mainnet, config: { ...config, chainId: 1 } }))).to.contain(
        'USDC: mocks are for development chains (31337), not for 1',
      );
      const [deployer] = await ethers.getSigners();
      expect(await refusal(deploy({ holders: { risk: deployer!.address as Address } }))).to.contain(
        'cannot be the risk: it keeps no role',
      );
    });

    it('refuses a token whose decimals are not those configured', async () => {
      const { quote } = await loadFixture(systemFixture);
      const config = developmentConfig();
      const address = (await quote.getAddress()) as Address;
      const wrong = { ...config, quote: { ...config.quote, decimals: 18, address } };
      expect(await refusal(deploy({ config: wrong }))).to.contain(`USDC has 6 decimals at ${address}`);
    });
  });

  describe('cut off', () => {
    let folder: string;
    beforeEach(() => {
      folder = mkdtempSync(join(tmpdir(), 'plimsoll-deploy-'));
    });
    afterEach(() => rmSync(folder, { recursive: true }));

    const moments = [
      ['before its transaction is sent', 'before'],
      ['after its transaction is sent and before the answer', 'after'],
    ] as const;
    for (const [when, moment] of moments) {
      for (const part of [0, 0.2, 0.4, 0.7, 1]) {
        it(`${part * 100} % through, ${when}, goes on where it stopped`, async () => {
          const step = 1 + Math.floor(part * (total - 1));
          const first = await nonceOfDeployer();
          const path = join(folder, 'journal.json');
          const provider = cutOff(step, moment);
          expect(await refusal(deploy({ provider, store: createFileJournal(path) }))).to.contain('cut off');
          const done = addressesIn(createFileJournal(path));

          const { steps, manifest } = await deploy({ store: createFileJournal(path) });
          expect(steps.now + steps.before).to.equal(total);
          expect(steps.before).to.equal(moment === 'before' ? step - 1 : step);
          // nothing was done twice
          expect(await nonceOfDeployer()).to.equal(first + total);
          const addresses = Object.values(manifest.contracts).map(({ address }) => address.toLowerCase());
          expect(addresses).to.include.members(done);
          expect(readdirSync(folder)).to.deep.equal(['journal.json']);
        });
      }
    }

    it('by a refused parameter, completes with a better one', async () => {
      const store = createMemoryJournal();
      const policy = namedPolicy('default');
      const refused = { ...policy, cash: { ...policy.cash, kinkPercent: 100 } };
      expect(await refusal(deploy({ store, policy: refused }))).to.contain('parameter kinkBps');
      const { steps } = await deploy({ store });
      expect(steps.before).to.be.above(0);
      expect(steps.now + steps.before).to.equal(total);
    });
  });

  describe('run again', () => {
    it('does nothing and says so', async () => {
      const { store, manifest } = await loadJournaled();
      const [nonce, journal] = [await nonceOfDeployer(), store.read()];
      const again = await deploy({ store });
      expect(again.steps).to.deep.equal({ now: 0, before: total });
      expect(again.manifest).to.deep.equal(manifest);
      expect(store.read()).to.deep.equal(journal);
      expect(await nonceOfDeployer()).to.equal(nonce);
    });

    it('refuses another policy, which only its role may now set', async () => {
      const { store } = await loadJournaled();
      expect(await refusal(deploy({ store, policy: namedPolicy('instant') }))).to.match(
        /^MarginPolicy\.setLiquidationTerms was done with other code or parameters/,
      );
    });

    it('refuses to go on for another deployer', async () => {
      const { store } = await loadJournaled();
      const journal = store.read()!;
      store.write({ ...journal, deployer: `0x${'1'.repeat(40)}` });
      expect(await refusal(deploy({ store }))).to.contain('cannot be completed by 0xf39');
    });

    it('notices a restarted development chain and deploys anew', async () => {
      const { store } = await loadJournaled();
      await reset();
      const notices: string[] = [];
      const again = await deploy({ store, onNotice: (line) => notices.push(line) });
      expect(notices).to.have.length(1);
      expect(notices[0]).to.match(/^the development chain was restarted \(.*\): deploying anew$/);
      expect(again.steps).to.deep.equal({ now: total, before: 0 });
    });

    it('notices contracts that are gone with the first block unchanged', async () => {
      const { store, system } = await loadJournaled();
      await setCode(await system.vault.getAddress(), '0x');
      const notices: string[] = [];
      await deploy({ store, onNotice: (line) => notices.push(line) });
      expect(notices[0]).to.contain('MarginVault is not at');
    });

    it('refuses a deployment that is gone from any other chain', async () => {
      const store = createMemoryJournal();
      const deployer: Address = `0x${'1'.repeat(40)}`;
      const client = createClient({ transport: custom(hre.network.provider) });
      store.write({ schemaVersion: 1, chainId: 1, genesisHash: '0x00', deployer, entries: [] });
      expect(await refusal(openJournal({ client, store, chainId: 1, deployer }))).to.contain(
        'the deployment begun earlier is not on this chain: its first block is another',
      );
      expect(store.read()).to.not.equal(undefined);
    });
  });

  describe('verifying', () => {
    it('finds changed code', async () => {
      const { store, system } = await loadJournaled();
      const code = await ethers.provider.getCode(system.liquidator);
      await setCode(await system.liquidator.getAddress(), `${code.slice(0, -2)}${code.endsWith('0') ? '1' : '0'}0`);
      expect(await refusal(deploy({ store }))).to.match(/not what was to be deployed: the code of Liquidator at 0x/);
    });

    it('finds a changed parameter, feed, pace and pair', async () => {
      const { store, system } = await loadJournaled();
      const { policy, oracle, weth, wbtc, link, actors } = system;
      const terms = withChanges(await policy.liquidationTerms(), { maxGrace: 0n });
      await policy.connect(actors.risk).setLiquidationTerms(terms);
      await policy.connect(actors.risk).setPace(weth.address, { capacity: 86_400n, refillPerSecond: 1n });
      await policy.connect(actors.risk).setPair(wbtc.address, {
        listed: false,
        maintenanceHaircutBps: 0n,
        initialHaircutBps: 0n,
      });
      const feed = withChanges(await oracle.feedOf(link.address), { openAge: 3_000n });
      await oracle.connect(actors.risk).configure(link.address, feed);
      expect(await refusal(deploy({ store }))).to.contain(
        'MarginPolicy.liquidationTerms.maxGrace is 0, not 600; ' +
          'MarginPolicy.paceLimit(WETH).capacity is 86400, not 20000000000000000000000000; ' +
          'MarginPolicy.paceLimit(WETH).refillPerSecond is 1, not 11111111111111111111111; ' +
          'MarginPolicy.pairRisk(WBTC).listed is false, not true; ' +
          'MarginPolicy.pairRisk(WBTC).maintenanceHaircutBps is 0, not 1500 (and 2 more)',
      );
    });

    it('finds a further collateral', async () => {
      const { store, system } = await loadJournaled();
      const { policy, weth, actors } = system;
      const token = await ethers.deployContract('MockERC20', ['Doge', 'DOGE', 8]);
      const risk = withChanges(await policy.collateralRisk(weth.address), {});
      await policy.connect(actors.risk).listCollateral(token, risk);
      expect(await refusal(deploy({ store }))).to.match(/MarginPolicy\.collaterals is \[.*\], not \[/);
    });

    it('finds a further module and one that was unlinked', async () => {
      const { store, system } = await loadJournaled();
      const { vault, marginCalls, actors } = system;
      const stranger = actors.stranger.address;
      await vault.connect(actors.governor).setModule(stranger, 4);
      await vault.connect(actors.governor).setModule(marginCalls, 0);
      expect(await refusal(deploy({ store }))).to.contain(
        `MarginVault.moduleRights(MarginCalls) is 0, not 2; MarginVault.moduleRights(${stranger}) is 4, not 0`,
      );
    });

    it('finds a right of the deployer, a further holder and one who lost the role', async () => {
      const { store, system } = await loadJournaled();
      const { manager, actors } = system;
      const admin = manager.connect(actors.admin);
      await admin.grantRole(2, actors.deployer, 0);
      await admin.grantRole(3, actors.stranger, 0);
      await admin.revokeRole(1, actors.guardian);
      await admin.grantRole(9, actors.stranger, 0);
      expect(await refusal(deploy({ store }))).to.contain(
        [
          `guardian ${actors.guardian.address} is [false, 0], not [true, 0]`,
          `role risk is also held by ${actors.deployer.address}`,
          `the deployer ${actors.deployer.address} still holds the role risk`,
          `role governor is also held by ${actors.stranger.address}`,
          `role 9 is held by ${actors.stranger.address}`,
        ].join('; '),
      );
    });

    it('finds a function that was given to another role', async () => {
      const { store, system } = await loadJournaled();
      const { manager, vault, actors } = system;
      const { selector } = vault.interface.getFunction('unpause');
      await manager.connect(actors.admin).setTargetFunctionRole(vault, [selector], 1);
      expect(await refusal(deploy({ store }))).to.contain('role of MarginVault.unpause is 1, not 3');
    });
  });

  describe('handing over', () => {
    it('leaves the deployer unable to do anything', async () => {
      const { vault, policy, oracle, engine, manager, crossMargin, actors } = await loadFixture(systemFixture);
      const terms = withChanges(await policy.cashTerms(), {});
      const unauthorised = [vault, 'AccessManagedUnauthorized'] as const;
      await expect(vault.pause()).to.be.revertedWithCustomError(...unauthorised);
      await expect(vault.setModule(actors.deployer, 7)).to.be.revertedWithCustomError(...unauthorised);
      await expect(policy.setCashTerms(terms)).to.be.revertedWithCustomError(...unauthorised);
      await expect(oracle.configureSequencer(ethers.ZeroAddress, 0)).to.be.revertedWithCustomError(...unauthorised);
      await expect(engine.addModel(2, crossMargin)).to.be.revertedWithCustomError(...unauthorised);
      await expect(manager.grantRole(0, actors.deployer, 0)).to.be.revertedWithCustomError(
        manager,
        'AccessManagerUnauthorizedAccount',
      );
    });

    it('leaves each holder with its role and no other', async () => {
      const { vault, policy, actors } = await loadFixture(systemFixture);
      const terms = withChanges(await policy.cashTerms(), {});
      const unauthorised = [vault, 'AccessManagedUnauthorized'] as const;
      await expect(policy.connect(actors.guardian).setCashTerms(terms)).to.be.revertedWithCustomError(...unauthorised);
      await expect(vault.connect(actors.risk).pause()).to.be.revertedWithCustomError(...unauthorised);
      await policy.connect(actors.risk).setCashTerms(terms);
      await vault.connect(actors.guardian).pause();
      await expect(vault.connect(actors.guardian).unpause()).to.be.revertedWithCustomError(...unauthorised);
      await vault.connect(actors.governor).unpause();
    });

    it('makes roles wait that are to wait, and lets the guardian cancel', async () => {
      const executionDelaySeconds = { admin: 86_400, risk: 3_600, governor: 7_200 };
      const { manifest } = await deploy({ config: { ...developmentConfig(), executionDelaySeconds } });
      const { vault, manager, actors } = await attachSystem(manifest);
      const governor = vault.connect(actors.governor);
      await expect(governor.setModule(actors.stranger, 1)).to.be.revertedWithCustomError(
        manager,
        'AccessManagerNotScheduled',
      );
      const data = vault.interface.encodeFunctionData('setModule', [actors.stranger.address, 1]);
      await manager.connect(actors.governor).schedule(vault, data, 0);
      await manager.connect(actors.guardian).cancel(actors.governor, vault, data);
      // pausing never waits
      await vault.connect(actors.guardian).pause();
    });
  });

  describe('what stands', () => {
    it('has pools at the start price', async () => {
      const { weth, wbtc, quote } = await loadFixture(systemFixture);
      for (const [asset, price] of [
        [weth, 2_000n],
        [wbtc, 40_000n],
      ] as const) {
        const tokens = await asset.token.balanceOf(asset.pair);
        const quotes = await quote.balanceOf(asset.pair);
        expect((quotes * 10n ** BigInt(asset.decimals)) / tokens).to.equal(price * 10n ** 6n);
        expect(await asset.pair.totalSupply()).to.be.above(0);
      }
    });

    it('has a live price of each collateral', async () => {
      const { lens, weth, wbtc, link } = await loadFixture(systemFixture);
      const prices = await lens.prices([weth.address, wbtc.address, link.address]);
      expect(prices.map(({ spot }) => spot)).to.deep.equal([2_000n, 40_000n, 15n].map((price) => price * 10n ** 18n));
      expect(prices.map(({ status }) => status)).to.deep.equal([2n, 2n, 2n]);
    });

    it('stands on tokens, feeds and pools that were there before, where the configuration names them', async () => {
      const { manifest: first } = await loadFixture(systemFixture);
      const config = developmentConfig();
      const found = {
        ...config,
        quote: { ...config.quote, address: first.quote.address },
        uniswapV2Factory: first.contracts['UniswapV2Factory']!.address,
        collaterals: config.collaterals.map((collateral, index) => ({
          ...collateral,
          address: first.assets[index]!.address,
          feed: { ...collateral.feed, primary: first.assets[index]!.feed, second: 'mock' as const },
        })),
      };
      const { manifest } = await deploy({ config: found });
      expect(manifest.assets).to.deep.equal(first.assets);
      expect(Object.keys(manifest.contracts).filter((name) => /^(MockERC20|Uniswap.*Factory|UniswapV2Pair)/.test(name)))
        .to.be.empty;
      const { oracle, weth } = { ...(await attachOracle(manifest)), weth: first.assets[0]! };
      expect((await oracle.feedOf(weth.address)).second).to.equal(
        manifest.contracts['MockAggregator/WETH-second']!.address,
      );
    });
  });
});

async function attachOracle(manifest: Awaited<ReturnType<typeof deploy>>['manifest']) {
  return { oracle: await ethers.getContractAt('PriceOracle', manifest.contracts.PriceOracle.address) };
}

/** A struct that a contract returned, with changes. */
function withChanges<T extends object>(struct: T, changes: Partial<T>): T {
  const fields = (struct as T & { toObject(): Record<string, unknown> }).toObject();
  return { ...fields, ...changes } as T;
}

/** Why `attempt` was refused. */
async function refusal(attempt: Promise<unknown>): Promise<string> {
  const outcome = await attempt.then(
    () => undefined,
    (error: unknown) => (error as Error).message,
  );
  if (outcome === undefined) throw new Error('it was not refused');
  return outcome;
}

async function nonceOfDeployer(): Promise<number> {
  const [deployer] = await ethers.getSigners();
  return deployer!.getNonce();
}

/** Loses the connection at the given transaction. */
function cutOff(step: number, moment: 'before' | 'after'): RpcProvider {
  let sent = 0;
  return {
    async request(request) {
      if (request.method !== 'eth_sendTransaction') return hre.network.provider.request(request);
      sent += 1;
      if (sent === step && moment === 'before') throw new Error('cut off');
      const answer = await hre.network.provider.request(request);
      if (sent === step) throw new Error('cut off');
      return answer;
    },
  };
}

function addressesIn(store: JournalStore): string[] {
  return (store.read()?.entries ?? []).flatMap(({ creates, mined }) =>
    creates === undefined || mined === undefined ? [] : [creates.toLowerCase()],
  );
}
