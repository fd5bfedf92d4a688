import { time } from '@nomicfoundation/hardhat-network-helpers';
import { expect } from 'chai';
import hre from 'hardhat';
import { createPublicClient, custom, type PublicClient } from 'viem';

import { marginVaultAbi } from '../../sdk/abi';
import { readBackstop, readMargins, readPolicy, readPortfolio, readPrices, readReport } from '../../sdk/client';
import { checkDeployment } from '../../sdk/deployment';
import { decodeRevert, toAppError } from '../../sdk/errors';
import { MarginMode, PriceStatus, type AccountId } from '../../sdk/math';
import { fillFund, fillReserves, liquidate } from '../fixtures/actions';
import { loadFixture } from '../fixtures/loadFixture';
import { loanFixture, marketFixture, mixedLoanFixture, setPrice } from '../fixtures/marketFixture';
import { accountOf, usdc, wad, weth } from '../fixtures/units';

const client: PublicClient = createPublicClient({
  cacheTime: 0,
  transport: custom(
    { request: (request: { method: string; params?: unknown[] }) => hre.network.provider.request(request) },
    { retryCount: 0 },
  ),
});

describe('readMargins', () => {
  it('calls an account unknown that the chain cannot assess [SDK-03]', async () => {
    const { manifest, account, engine } = await loadFixture(loanFixture);
    await hre.network.provider.send('hardhat_setCode', [await engine.getAddress(), '0xfe']);
    const rows = await readMargins(client, {
      lens: manifest.contracts.MarginLens.address,
      accounts: [account as AccountId],
    });
    expect(rows).to.deep.equal(['unknown']);
  });

  it('gives what the reports give, in order and across batches', async () => {
    const { manifest, account, borrower, lent } = await loadFixture(mixedLoanFixture);
    const lens = manifest.contracts.MarginLens.address;
    const accounts = [account, accountOf(borrower), lent, accountOf(borrower, 9)] as AccountId[];
    const rows = await readMargins(client, { lens, accounts, batchSize: 3 });
    for (const [i, row] of rows.entries()) {
      const { assessment, portfolio, state, marginCall } = await readReport(client, { lens, account: accounts[i]! });
      expect(row).to.deep.equal({
        cash: portfolio.cash,
        markEquity: assessment.mark.equity,
        initial: assessment.mark.initial,
        maintenance: assessment.mark.maintenance,
        betterEquity: assessment.better.equity,
        betterMaintenance: assessment.better.maintenance,
        deadline: marginCall.deadline,
        state,
        downLegs: Number(assessment.downLegs),
        positions: 0,
        downPositions: 0,
      });
    }
    expect(rows).to.have.length(4);
    expect(await readMargins(client, { lens, accounts: [] })).to.deep.equal([]);
  });
});

describe('readers', () => {
  it('read portfolio and prices as the contracts hold them, at the block asked for [SDK-05]', async () => {
    const { manifest, account, weth: eth, wbtc: btc } = await loadFixture(loanFixture);
    const { MarginVault, MarginLens } = manifest.contracts;
    const { number: blockNumber, hash: blockHash } = await client.getBlock();
    await setPrice(eth, 1_234);
    const assets = [eth.address, btc.address];
    for (const block of [{ blockNumber }, { blockHash }]) {
      const portfolio = await readPortfolio(client, {
        vault: MarginVault.address,
        account: account as AccountId,
        ...block,
      });
      expect(portfolio).to.deep.equal({
        account: account.toLowerCase(),
        mode: MarginMode.Cross,
        cash: wad(-14_000),
        collateral: [{ asset: eth.address, amount: weth(10) }],
        positions: [],
      });
      const prices = await readPrices(client, { lens: MarginLens.address, assets, ...block });
      expect(prices.map(({ spot, status }) => [spot, status])).to.deep.equal([
        [wad(2_000), PriceStatus.Live],
        [wad(40_000), PriceStatus.Live],
      ]);
    }
    const [now] = await readPrices(client, { lens: MarginLens.address, assets });
    expect(now?.spot).to.equal(wad(1_234));
  });

  it('read the whole policy [SDK-05]', async () => {
    const { manifest, policy } = await loadFixture(marketFixture);
    const read = await readPolicy(client, { policy: manifest.contracts.MarginPolicy.address });
    expect(read.version).to.equal(await policy.version());
    expect(read.cashTerms).to.include({ kinkBps: 8_000, minDebt: 200, borrowCap: 150_000 });
    expect(read.liquidationTerms).to.include({ bonusMinBps: 1_000, kappaBps: 9_000, maxGrace: 600 });
    expect(read.collaterals.map(({ asset }) => asset)).to.deep.equal(manifest.assets.map(({ address }) => address));
    const [first] = read.collaterals;
    expect(first?.risk).to.include({ listed: true, decimals: 18, maintenanceHaircutBps: 1_000, depth: weth(80) });
    expect(first?.pair).to.deep.equal({ listed: true, maintenanceHaircutBps: 550, initialHaircutBps: 1_000 });
    expect(first?.pace.capacity).to.equal(wad(20_000_000));
  });

  it('notice a chain that lost its contracts', async () => {
    const { manifest } = await loadFixture(marketFixture);
    await checkDeployment(client, manifest);
    await hre.network.provider.send('hardhat_setCode', [manifest.contracts.MarginVault.address, '0x']);
    const error: unknown = await checkDeployment(client, manifest).catch((thrown: unknown) => thrown);
    expect(toAppError(error)).to.include({ code: 'deployment_stale' });
  });
});

describe('decodeRevert', () => {
  it('names what the in-process chain reverted with, through viem and through ethers [SDK-02]', async () => {
    const { manifest, account, vault, borrower, weth: eth } = await loadFixture(loanFixture);
    const viemError: unknown = await client
      .simulateContract({
        account: borrower.address as `0x${string}`,
        address: manifest.contracts.MarginVault.address,
        abi: marginVaultAbi,
        functionName: 'withdraw',
        args: [account as AccountId, eth.address, weth(5), borrower.address as `0x${string}`],
      })
      .catch((error: unknown) => error);
    const expected = decodeRevert(viemError);
    expect(expected?.name).to.equal('Undercollateralised');
    expect(expected?.args[0]).to.equal(account.toLowerCase());
    const start = `Undercollateralised(account ${borrower.address}#0, equity -4000, initial requirement `;
    expect(expected?.text.slice(0, start.length)).to.equal(start);
    for (const call of [vault.connect(borrower).withdraw.staticCall, vault.connect(borrower).withdraw]) {
      const ethersError: unknown = await call(account, eth.address, weth(5), borrower).catch((error: unknown) => error);
      expect(decodeRevert(ethersError)).to.deep.equal(expected);
    }
  });
});

describe('readBackstop', () => {
  it('gives reserves, tranches, losses and stock as they were at the block asked for [SDK-05]', async () => {
    const market = await loadFixture(loanFixture);
    const { manifest, weth: eth } = market;
    const assets = manifest.assets.map(({ address }) => address);
    const read = (blockNumber?: bigint) => readBackstop(client, { contracts: manifest.contracts, assets, blockNumber });
    await fillReserves(market, wad(500));
    await fillFund(market, usdc(3_000));
    const before = BigInt(await time.latestBlock());
    await setPrice(eth, 1_200); // 2,000 short, and a bonus of 240
    await market.openLosses.report(market.account);
    const known = await read();
    expect([known.openLosses, known.junior.lossOpen, known.senior.lossOpen]).to.deep.equal([wad(2_000), true, false]);
    await liquidate(market);
    const after = await read();
    const of = (asset: string) => after.markets.find((one) => one.asset === asset);
    expect([after.reserves, after.junior.totalAssets, after.carried]).to.deep.equal([0n, usdc(1_260), 0n]);
    expect(of(eth.address)).to.deep.include({
      losses: { fromReserves: wad(500), fromJunior: wad(1_740), fromSenior: 0n, socialised: 0n, unpaid: 0n },
      forSale: 0n,
    });
    const then = await read(before);
    expect([then.reserves, then.junior.totalAssets, then.openLosses]).to.deep.equal([wad(500), usdc(3_000), 0n]);
  });
});
