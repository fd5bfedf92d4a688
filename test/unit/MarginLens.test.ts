import { time } from '@nomicfoundation/hardhat-network-helpers';
import { expect } from 'chai';
import { ethers } from 'hardhat';

import { hostileTokenFixture } from '../fixtures/hostileTokens';
import { loadFixture } from '../fixtures/loadFixture';
import { loanFixture, setPrice } from '../fixtures/marketFixture';
import { PriceStatus } from '../fixtures/oracleFixture';
import { readPortfolio } from '../fixtures/readAccount';
import { option, optionFixture, PERPETUAL, trade, tradingFixture } from '../fixtures/tradingFixture';
import { accountOf, link, MarginState, MINUTE, usdc, wad, wbtc, weth } from '../fixtures/units';

const ROW = 105;
const UNKNOWN = `0x${'ff'.repeat(ROW)}`;

interface Row {
  readonly money: readonly bigint[];
  readonly deadline: bigint;
  readonly state: bigint;
  readonly downLegs: bigint;
  readonly positions: bigint;
  readonly downPositions: bigint;
}

/** Bytes from `at`, `size` of them, signed in two's complement where asked. */
function integer(packed: string, at: number, size: number, signed = false): bigint {
  const raw = BigInt(ethers.dataSlice(packed, at, at + size));
  return signed ? BigInt.asIntN(size * 8, raw) : raw;
}

function decodeRow(packed: string, index = 0): Row {
  const at = index * ROW;
  const money = [true, true, false, false, true, false].map((signed, word) =>
    integer(packed, at + word * 16, 16, signed),
  );
  return {
    money,
    deadline: integer(packed, at + 96, 5),
    state: integer(packed, at + 101, 1),
    downLegs: integer(packed, at + 102, 1),
    positions: integer(packed, at + 103, 1),
    downPositions: integer(packed, at + 104, 1),
  };
}

describe('MarginLens', () => {
  describe('margins', () => {
    it('is empty for no accounts [LNS-01]', async () => {
      const { lens } = await loadFixture(loanFixture);
      expect(await lens.margins([])).to.equal('0x');
    });

    it('packs 105 bytes an account, in the order asked [LNS-01]', async () => {
      const { lens, account, lent, strangerAccount } = await loadFixture(loanFixture);
      const packed = await lens.margins([lent, account, strangerAccount, account]);
      expect(ethers.dataLength(packed)).to.equal(4 * ROW);
      const healthy = { deadline: 0n, state: MarginState.Healthy, downLegs: 0n, positions: 0n, downPositions: 0n };
      const rich = wad(200_000);
      expect(decodeRow(packed, 0)).to.deep.equal({ money: [rich, rich, 0n, 0n, rich, 0n], ...healthy });
      const loan = [wad(-14_000), wad(6_000), wad(5_600), wad(4_000), wad(6_000), wad(4_000)];
      expect(decodeRow(packed, 1)).to.deep.equal({ money: loan, ...healthy });
      expect(decodeRow(packed, 2)).to.deep.equal({ money: [0n, 0n, 0n, 0n, 0n, 0n], ...healthy });
      expect(decodeRow(packed, 3)).to.deep.equal(decodeRow(packed, 1));
      expect(await lens.row(account)).to.equal(ethers.dataSlice(packed, ROW, 2 * ROW));
    });

    it('has mark and better sides, deadline, state and dead legs [LNS-01]', async () => {
      const {
        lens,
        vault,
        borrower,
        keeper,
        account,
        weth: eth,
        wbtc: btc,
        link: chain,
      } = await loadFixture(loanFixture);
      await vault.connect(borrower).deposit(account, btc.address, wbtc('0.01'));
      await vault.connect(borrower).deposit(account, chain.address, link(1));
      await btc.feed.setReverting(true);
      await chain.feed.setReverting(true);
      await setPrice(eth, 1_600);
      await vault.connect(keeper).call(account);
      const { deadline } = await vault.callOf(account);
      expect(decodeRow(await lens.margins([account]))).to.deep.equal({
        money: [wad(-14_001), wad(1_999), wad(4_480), wad(3_200), wad(1_999 + 400 + 15), wad(3_200)],
        deadline,
        state: MarginState.Called,
        downLegs: 0b110n,
        positions: 0n,
        downPositions: 0n,
      });
    });

    it('has negative equity as what it is [LNS-01]', async () => {
      const { lens, account, weth: asset } = await loadFixture(loanFixture);
      await setPrice(asset, 1_000);
      const { money, state } = decodeRow(await lens.margins([account]));
      expect(money).to.deep.equal([wad(-14_000), wad(-4_000), wad(2_800), wad(2_000), wad(-4_000), wad(2_000)]);
      expect(state).to.equal(MarginState.Insolvent);
    });

    it('says unknown of an account that cannot be read, beside others, and never reverts [LNS-02]', async () => {
      const { lens, vault, borrower, account, lent, hookToken } = await loadFixture(hostileTokenFixture);
      // in the middle of a token transfer no account can be read
      await hookToken.setHook(lens, lens.interface.encodeFunctionData('margins', [[account, lent]]));
      await vault.connect(borrower).deposit(account, hookToken, 1n);
      expect(await hookToken.hookSucceeded()).to.equal(true);
      const [packed] = lens.interface.decodeFunctionResult('margins', await hookToken.hookResult()) as unknown as [
        string,
      ];
      expect(packed).to.equal(ethers.concat([UNKNOWN, UNKNOWN]));
    });

    it('says the truth or unknown of an account on too little gas, never less than the truth [LNS-02]', async () => {
      const { lens, account } = await loadFixture(loanFixture);
      const truth = await lens.margins([account]);
      const seen = new Set<string>();
      for (let gasLimit = 60_000n; gasLimit < 500_000n; gasLimit += 20_000n) {
        const packed = await lens.margins([account], { gasLimit }).catch(() => undefined);
        if (packed === undefined) continue;
        seen.add(packed);
        expect([truth, UNKNOWN]).to.include(packed);
      }
      expect([...seen]).to.include(truth);
      expect([...seen]).to.include(UNKNOWN);
    });
  });

  describe('report', () => {
    it('says everything there is to say of an account [LNS-03]', async () => {
      const market = await loadFixture(loanFixture);
      const { lens, vault, engine, policy, oracle, borrower, account, weth: eth, wbtc: btc } = market;
      await vault.connect(borrower).deposit(account, btc.address, wbtc('0.01'));
      const report = await lens.report(account);
      const portfolio = await readPortfolio(market, account);
      const assets = [eth.address, btc.address];
      expect(report.portfolio).to.deep.equal(await vault.portfolio(account));
      for (const [leg, asset] of assets.entries()) {
        expect(report.prices[leg]).to.deep.equal(await oracle.read(asset));
        expect(report.risks[leg]).to.deep.equal(await policy.collateralRisk(asset));
        expect(report.pairs[leg]).to.deep.equal(await policy.pairRisk(asset));
        expect(report.largestWithdrawals[leg]).to.equal(await engine.largestWithdrawal(portfolio, asset));
      }
      expect(report.assessment).to.deep.equal(await engine.assess(portfolio));
      expect(report.state).to.equal(await vault.stateOf(account));
      expect(report.marginCall).to.deep.equal(await vault.callOf(account));
      expect(report.largestBorrow).to.equal(await engine.largestBorrow(portfolio));
    });

    it('bounds the largest borrow by what the pool has [LNS-03]', async () => {
      const {
        lens,
        vault,
        lender,
        bidder,
        lent,
        bidderAccount,
        borrower,
        quote,
        weth: asset,
      } = await loadFixture(loanFixture);
      await vault.connect(lender).withdraw(lent, quote, usdc(186_000), lender);
      await vault.connect(bidder).withdraw(bidderAccount, quote, usdc(99_900), bidder);
      const other = accountOf(borrower, 1);
      await vault.connect(borrower).deposit(other, asset.address, weth(10));
      expect((await lens.report(other)).largestBorrow).to.equal(wad(100));
    });

    it('has no legs and no numbers for an account that does not exist [LNS-03]', async () => {
      const { lens, stranger } = await loadFixture(loanFixture);
      const { prices, largestBorrow, assessment, state } = await lens.report(accountOf(stranger, 9));
      expect([prices.length, largestBorrow, assessment.mark.equity, state]).to.deep.equal([0, 0n, 0n, 0n]);
    });
  });

  describe('prices', () => {
    it('are in the order asked, Down for what has no feed [LNS-04]', async () => {
      const { lens, stranger, weth: eth, wbtc: btc } = await loadFixture(loanFixture);
      const prices = await lens.prices([btc.address, stranger.address, eth.address]);
      expect(prices.map(({ spot, status }) => [spot, status])).to.deep.equal([
        [wad(40_000), PriceStatus.Live],
        [0n, PriceStatus.Down],
        [wad(2_000), PriceStatus.Live],
      ]);
    });
  });

  describe('instruments', () => {
    it('are by underlying and expiry, each once, and what the margin model reads [LNS-06]', async () => {
      const w = await loadFixture(optionFixture);
      const { lens, oracle, instruments, volatilityFeed, wbtc: btc, perpetual, expiry } = w;
      const ids = [PERPETUAL, option(w, true, 40_000), option(w, false, 42_000)];
      const [report, ...others] = await lens.instruments(ids);
      expect(others).to.have.length(0);
      expect([report!.underlying, report!.index, report!.perpetual]).to.deep.equal([
        1n,
        btc.address,
        perpetual.address,
      ]);
      expect(report!.indexPrice).to.deep.equal(await oracle.read(btc.address));
      expect(report!.perpetualPrice).to.deep.equal(await oracle.read(perpetual.address));
      expect(report!.risk).to.deep.equal(await instruments.riskOf(1));
      expect(report!.delta).to.deep.equal(await instruments.deltaTermsOf(1));
      expect([report!.initialScale, report!.maintenanceScale]).to.deep.equal([wad(1), wad(1)]);
      const { svi, status } = await volatilityFeed.read(btc.address, expiry);
      expect(report!.expiries).to.deep.equal([[expiry, svi, status, 0n, 0n, 0n, 0n]]);
    });

    it('are empty for none, and Down where nothing is known [LNS-06]', async () => {
      const w = await loadFixture(tradingFixture);
      expect(await w.lens.instruments([])).to.deep.equal([]);
      const [report] = await w.lens.instruments([option(w, true, 40_000)]);
      expect(report!.expiries[0]!.volatilityStatus).to.equal(PriceStatus.Down);
      const [unknown] = await w.lens.instruments([(7n << 56n) | 1n]);
      expect([unknown!.indexPrice.status, unknown!.risk.perpetualInitialPpm]).to.deep.equal([PriceStatus.Down, 0n]);
    });

    it('are apart for each underlying [LNS-06]', async () => {
      const w = await loadFixture(optionFixture);
      const ids = [PERPETUAL, option(w, true, 40_000), (7n << 56n) | 1n];
      const reports = await w.lens.instruments(ids);
      expect(reports.map(({ underlying, expiries }) => [underlying, expiries.length])).to.deep.equal([
        [1n, 1],
        [7n, 0],
      ]);
    });

    it('say what of a settlement is fixed, and from the expiry on how it stands [LNS-06]', async () => {
      const w = await loadFixture(optionFixture);
      const { settlementFeed, wbtc: btc, expiry } = w;
      const read = async () => (await w.lens.instruments([option(w, true, 40_000)]))[0]!.expiries[0]!;
      for (const left of [29 * MINUTE, 20 * MINUTE]) {
        await time.increaseTo(Number(expiry) - left);
        await setPrice(btc, 40_000);
        await settlementFeed.record(btc.address, expiry);
      }
      const { fixedWeight, fixedAverage } = await read();
      expect([fixedWeight, fixedAverage]).to.deep.equal(await settlementFeed.averageSoFar(btc.address, expiry));
      expect(fixedWeight).to.be.above(0n);
      await time.increaseTo(Number(expiry) + 1);
      const { settlementPrice, settlementStatus, svi } = await read();
      expect([settlementPrice, settlementStatus]).to.deep.equal(await settlementFeed.settlementOf(btc.address, expiry));
      expect(svi).to.equal(0n);
    });

    it('of an account are in its report, and its row counts its positions [LNS-01] [LNS-03] [LNS-06]', async () => {
      const w = await loadFixture(optionFixture);
      const call = option(w, true, 42_000);
      const [mark] = await w.standardMargin.markOf(call);
      await trade(w, { buyer: w.alice, seller: w.bob, size: 1, price: 40_000 });
      await trade(w, { buyer: w.alice, seller: w.bob, size: 1, price: ethers.formatEther(mark), instrument: call });
      await w.vault.connect(w.alice).deposit(w.aliceAccount, w.weth.address, weth(1));
      await w.weth.feed.setReverting(true);
      await w.perpetual.feed.setReverting(true);
      const { underlyings, timestamp } = await w.lens.report(w.aliceAccount);
      expect(underlyings).to.deep.equal(await w.lens.instruments([PERPETUAL, call]));
      expect(timestamp).to.be.greaterThan(0n);
      const { downLegs, positions, downPositions } = decodeRow(await w.lens.margins([w.aliceAccount]));
      expect([downLegs, positions, downPositions]).to.deep.equal([1n, 2n, 1n]);
    });
  });
});
