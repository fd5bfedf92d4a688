import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';

import { reset, setBalance, setCode, time } from '@nomicfoundation/hardhat-network-helpers';
import { expect } from 'chai';
import hre, { ethers } from 'hardhat';
import { createClient, custom, keccak256, type Address, type Hex } from 'viem';
import { privateKeyToAccount } from 'viem/accounts';

import { createFileJournal, createMemoryJournal, type JournalStore, type RpcProvider } from '../../deploy';
import { openJournal } from '../../deploy/journal/openJournal';
import type { Manifest } from '../../sdk/deployment/schema';
import { deploy, loadJournaled, refusal } from '../fixtures/deployInProcess';
import { loadFixture } from '../fixtures/loadFixture';
import { developmentConfig, namedPolicy, systemFixture } from '../fixtures/systemFixture';

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

    it('refuses a policy without one of the collaterals before it sends anything [DEP-01]', async () => {
      const policy = namedPolicy('default');
      const { WETH: _, ...collaterals } = policy.collaterals;
      const before = await nonceOfDeployer();
      expect(await refusal(deploy({ policy: { ...policy, collaterals } }))).to.contain('WETH is missing');
      expect(await nonceOfDeployer()).to.equal(before);
    });

    it('refuses another chain, mocks on another chain, and a deployer who would keep a role', async () => {
      const config = developmentConfig();
      expect(await refusal(deploy({ config: { ...config, chainId: 1 } }))).to.contain('the node serves chain 31337');
      const day = 86_400;
      const delays = { admin: day, risk: day, governor: day };
      const public_ = {
        ...config,
        chainId: 1,
        executionDelaySeconds: delays,
        grantDelaySeconds: day,
        targetAdminDelaySeconds: day,
      };
      const mainnet: RpcProvider = {
        request: async (request) => (request.method === 'eth_chainId' ? '0x1' : hre.network.provider.request(request)),
      };
      expect(await refusal(deploy({ provider: mainnet, config: public_ }))).to.contain(
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
        it(`${part * 100} % through, ${when}, goes on where it stopped [DEP-02]`, async () => {
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
    it('does nothing and says so [DEP-02]', async () => {
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

    it('notices a restarted development chain and deploys anew [DEP-05]', async () => {
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

    it('refuses a deployment that is gone from any other chain [DEP-05]', async () => {
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

  describe('what stands', () => {
    it('is the same under each policy that is shipped, but for the policy', async () => {
      for (const name of readdirSync(join(__dirname, '../../deployments/policies'))) {
        const { manifest } = await deploy({ policy: namedPolicy(basename(name, '.json')) });
        expect(manifest.policyName).to.equal(basename(name, '.json'));
      }
    });

    it('is the same when the deployer signs for himself', async () => {
      const deployer = privateKeyToAccount(keccak256('0x01'));
      await setBalance(deployer.address, ethers.parseEther('10'));
      const { manifest, deployer: sender } = await deploy({ deployer });
      expect(sender).to.equal(deployer.address);
      expect(manifest.contracts.AccessManager.constructorArgs).to.deep.equal([deployer.address]);
    });

    it('heeds the uptime feed of a sequencer', async () => {
      const uptime = await ethers.deployContract('MockAggregator', [0, 'L2 sequencer uptime']);
      await uptime.push(0);
      const sequencer = { feed: (await uptime.getAddress()) as Address, graceSeconds: 60 };
      const { manifest } = await deploy({ config: { ...developmentConfig(), sequencer } });
      const oracle = await attachOracle(manifest);
      expect(await oracle.sequencer()).to.deep.equal([sequencer.feed, 60n]);
    });

    it('confirms prices by Pyth where the configuration names one [ORC-17]', async () => {
      const pyth = await ethers.deployContract('MockPythPrices');
      const id = ethers.id('ETH / USD');
      await pyth.push(id, 2_000n * 10n ** 8n, 10n ** 8n, -8, await time.latest());
      const config = developmentConfig();
      const second = { pyth: (await pyth.getAddress()) as Address, id: id as Hex, confidencePercent: 0.5 };
      const [first, ...others] = config.collaterals;
      const collaterals = [{ ...first!, feed: { ...first!.feed, second } }, ...others];
      const { manifest } = await deploy({ config: { ...config, collaterals } });
      const oracle = await attachOracle(manifest);
      const asset = manifest.assets[0]!.address;
      const { secondId, confidenceBps } = await oracle.feedOf(asset);
      expect([secondId, confidenceBps]).to.deep.equal([id, 50n]);
      const { low, high, status } = await oracle.read(asset);
      expect([low, high, status]).to.deep.equal([1_999n * 10n ** 18n, 2_001n * 10n ** 18n, 2n]);
    });

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
      const oracle = await attachOracle(manifest);
      expect((await oracle.feedOf(first.assets[0]!.address)).second).to.equal(
        manifest.contracts['MockAggregator/WETH-second']!.address,
      );
    });
  });
});

function attachOracle({ contracts }: Manifest) {
  return ethers.getContractAt('PriceOracle', contracts.PriceOracle.address);
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
