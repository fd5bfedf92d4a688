import { time } from '@nomicfoundation/hardhat-network-helpers';
import { expect } from 'chai';
import { ZeroAddress } from 'ethers';
import { ethers } from 'hardhat';

import { MockAggregator__factory, ScriptedBidder__factory } from '../../typechain-types';
import { liquidate } from '../fixtures/actions';
import { compareGains, gainOf } from '../fixtures/gain';
import { expectUntouched } from '../fixtures/expectUntouched';
import { loadFixture } from '../fixtures/loadFixture';
import { marketFixture, setPrice, type Market } from '../fixtures/marketFixture';
import { movePool } from '../fixtures/movePool';
import { reconfigure } from '../fixtures/reconfigure';
import { sequencedFixture } from '../fixtures/sequencedFixture';
import type { SystemAsset } from '../fixtures/systemFixture';
import { accountOf, HOUR, MAX_UINT256, MINUTE, usdc, wad, weth } from '../fixtures/units';
import { wealthOf } from '../fixtures/wealthOf';

/** A contract of the thief's, which does all that it is told to in one transaction. */
async function accomplice({ vault, deployer }: Market, asset: Pick<SystemAsset, 'address' | 'token'>, amount: bigint) {
  const contract = await new ScriptedBidder__factory(deployer).deploy();
  const address = await contract.getAddress();
  await asset.token.mint(address, amount);
  const account = accountOf(address);
  const call = (target: string, data: string) => ({ target, data, mayFail: false });
  const vaultAddress = await vault.getAddress();
  const steps = {
    approve: call(asset.address, asset.token.interface.encodeFunctionData('approve', [vaultAddress, MAX_UINT256])),
    deposit: call(vaultAddress, vault.interface.encodeFunctionData('deposit', [account, asset.address, amount])),
    borrow: (quote: bigint) =>
      call(vaultAddress, vault.interface.encodeFunctionData('borrow', [account, quote, address])),
  };
  return { contract, address, account, call, ...steps };
}

/** LINK with a second source, both at 15; they may differ by 5 %. */
async function twoSourcesFixture() {
  const market = await marketFixture();
  const { deployer, link: asset } = market;
  const second = await new MockAggregator__factory(deployer).deploy(8, 'the market');
  const answer = (price: number) => second.push(ethers.parseUnits(String(price), 8));
  await answer(15);
  await reconfigure(market, asset, { second });
  return { ...market, second, answer };
}

/** The borrower owes 10,000 on 1,000 LINK, worth 15,000. */
async function linkLoanFixture() {
  const market = await twoSourcesFixture();
  const { vault, borrower, account, link: asset } = market;
  await vault.connect(borrower).deposit(account, asset.address, wad(1_000));
  await vault.connect(borrower).borrow(account, usdc(10_000), borrower);
  return market;
}

/** The stranger puts LINK in and takes `loan` of quote out. */
async function borrowOn({ vault, stranger, strangerAccount, link: asset }: Market, collateral: bigint, loan: bigint) {
  await vault.connect(stranger).deposit(strangerAccount, asset.address, collateral);
  return vault.connect(stranger).borrow(strangerAccount, loan, stranger);
}

describe('Oracle attacks: what moves a price', () => {
  // Move the price, borrow against it and move it back, in one transaction: BonqDAO (February 2023), UwU (June 2024).
  it('V4 lends nothing more for a price that moved in the same transaction [ORC-10]', async () => {
    const market = await loadFixture(marketFixture);
    const { oracle, vault, weth: asset } = market;
    const thief = await accomplice(market, asset, weth(10));
    const truth = [[asset, 2_000]] as const;
    await movePool(market, asset, 20_000); // nobody asks the pool
    const oracleAddress = await oracle.getAddress();
    const push = asset.feed.interface.encodeFunctionData('push', [20_000n * 10n ** 8n]);
    const move = [
      thief.call(asset.feed.target as string, push),
      thief.call(oracleAddress, oracle.interface.encodeFunctionData('update', [[asset.address]])),
    ];
    const script = (amount: bigint) => [thief.approve, ...move, thief.deposit, thief.borrow(amount)];
    const attack = () => gainOf(market, thief.address, truth, () => thief.contract.run(script(usdc(100_000))));
    // what it would be worth to him if the price had stood at that for an hour
    const standing = async () => {
      await thief.contract.run(move);
      await time.increase(HOUR);
    };
    expect(await compareGains(attack, standing)).to.deep.equal({ unguarded: wad(80_000), guarded: 0n });
    // not one more than for what it was worth before: 72 % of 20,000
    await expect(thief.contract.run(script(usdc(14_401)))).to.be.revertedWithCustomError(vault, 'Undercollateralised');
    await thief.contract.run(script(usdc(14_400)));
  });

  // The chain stands still, nobody can top up, and the first transaction after it sells at the price that jumped.
  it('V7 sells nobody who is due a grace until debtors could act after a restart [LIQ-30]', async () => {
    const market = await loadFixture(sequencedFixture);
    const { oracle, vault, uptime, bidder, borrower, account, deadline, weth: asset } = market;
    await time.increaseTo(deadline + 1n); // could be sold, but for the stop
    await uptime.pushAt(1, await time.latest());
    await time.increase(HOUR);
    await uptime.pushAt(0, await time.latest());
    const truth = [[asset, 1_600]] as const;
    await setPrice(asset, 1_600); // 2,000 are left to the borrower, and the critical price is 1,590.9
    await oracle.update([asset.address]);
    const before = [await wealthOf(market, bidder, truth), await wealthOf(market, borrower, truth)];
    for (const minutes of [1, 10, 15]) {
      await time.increase(minutes * MINUTE);
      await expect(liquidate(market), `${minutes}`).to.be.revertedWithCustomError(vault, 'NotLiquidatable');
    }
    expect([await wealthOf(market, bidder, truth), await wealthOf(market, borrower, truth)]).to.deep.equal(before);
    await vault.connect(borrower).repay(account, usdc(10_000));
    await time.increase(HOUR);
    await setPrice(asset, 1_600);
    await expect(liquidate(market)).to.be.revertedWithCustomError(vault, 'NotLiquidatable');
  });

  // Transactions that are forced in while the sequencer is down meet prices from before.
  it('V7 neither lends nor sells at a price from before the stop [ORC-19]', async () => {
    const market = await loadFixture(sequencedFixture);
    const { oracle, vault, uptime, stranger, strangerAccount, weth: asset } = market;
    await setPrice(asset, 1_000);
    await oracle.update([asset.address]);
    await time.increase(HOUR);
    await uptime.pushAt(1, await time.latest());
    await time.increase(MINUTE); // outside, the price is back at 2,000
    await expectUntouched(market, () => liquidate(market));
    await vault.connect(stranger).deposit(strangerAccount, asset.address, weth(10));
    await expect(vault.connect(stranger).borrow(strangerAccount, usdc(5_000), stranger)).to.be.revertedWithCustomError(
      vault,
      'Undercollateralised',
    );
  });

  // After the restart the first answer is all that is known, and may be what the market was at an hour ago.
  it('V7 opens no risk in the grace after a restart [ORC-12]', async () => {
    const market = await loadFixture(sequencedFixture);
    const { vault, uptime, stranger, strangerAccount, weth: asset } = market;
    await uptime.pushAt(1, await time.latest());
    await time.increase(HOUR);
    await uptime.pushAt(0, await time.latest());
    await time.increase(MINUTE);
    await setPrice(asset, 1_700); // the market is at 1,000
    const truth = [[asset, 1_000]] as const;
    const before = await wealthOf(market, stranger, truth);
    await vault.connect(stranger).deposit(strangerAccount, asset.address, weth(10));
    await expect(vault.connect(stranger).borrow(strangerAccount, usdc(12_000), stranger)).to.be.revertedWithCustomError(
      vault,
      'Undercollateralised',
    );
    expect(await wealthOf(market, stranger, truth)).to.equal(before);
  });

  // The other way round: a report that is wrong, or never taken back, must not keep who sinks from being sold until his
  // lenders pay. Aave took its sentinel out for that.
  it('V7 does not shield who sinks from a false alarm [LIQ-30]', async () => {
    const market = await loadFixture(sequencedFixture);
    const { oracle, vault, waterfall, uptime, account, weth: asset } = market;
    await uptime.pushAt(1, await time.latest());
    await time.increase(MINUTE);
    await setPrice(asset, 1_550); // while the price feed goes on: 1,500 are left
    await oracle.update([asset.address]);
    await time.increase(8 * HOUR);
    await setPrice(asset, 1_550);
    expect(await oracle.isSequencerUp()).to.equal(false);
    await expect(liquidate(market)).to.emit(vault, 'Liquidated').and.not.to.emit(waterfall, 'ShortfallCovered');
    expect(await vault.collateralOf(account, asset.address)).to.be.below(weth(10));
  });

  // A feed that nobody can read is an alarm too, and ends only when the risk role has waited for its replacement.
  it('V7 does not shield who sinks by an uptime feed that is dead [LIQ-30]', async () => {
    const market = await loadFixture(sequencedFixture);
    const { oracle, vault, uptime, account, weth: asset } = market;
    await uptime.setReverting(true);
    await setPrice(asset, 1_550);
    await oracle.update([asset.address]);
    await time.increase(8 * HOUR);
    await setPrice(asset, 1_550);
    await expect(liquidate(market)).to.emit(vault, 'Liquidated');
    expect(await vault.collateralOf(account, asset.address)).to.be.below(weth(10));
  });

  // Stream's xUSD (November 2025), Resolv's USR (March 2026): priced at what the books say while the market pays less.
  it('V10 lends nothing on a book value that the market does not pay [ORC-09]', async () => {
    const market = await loadFixture(linkLoanFixture);
    const { vault, stranger, strangerAccount, borrower, account, link: asset, answer } = market;
    const truth = [[asset, 6]] as const;
    await answer(6);
    // bought for 6,000
    const attack = () => gainOf(market, stranger, truth, () => borrowOn(market, wad(1_000), usdc(10_000)));
    const alone = () => reconfigure(market, asset, { second: ZeroAddress });
    expect(await compareGains(attack, alone)).to.deep.equal({ unguarded: wad(4_000), guarded: 0n });
    await expect(vault.connect(stranger).borrow(strangerAccount, usdc(10_000), stranger)).to.be.revertedWithCustomError(
      vault,
      'Undercollateralised',
    );
    // nor may collateral leave that backs a loan
    await expect(vault.connect(borrower).withdraw(account, asset.address, 1n, borrower)).to.be.revertedWithCustomError(
      vault,
      'Undercollateralised',
    );
  });

  // Synthetix' sKRW (June 2019): one of three sources was off by a thousand, and two were left to agree with.
  it('V11 lends nothing where the second source is lost [ORC-09]', async () => {
    const market = await loadFixture(twoSourcesFixture);
    const { oracle, vault, stranger, strangerAccount, link: asset, second } = market;
    const truth = [[asset, 15]] as const;
    await second.setReverting(true);
    const attack = async () => {
      await setPrice(asset, 150);
      await oracle.update([asset.address]);
      await time.increase(HOUR); // nothing of it was recorded
      await setPrice(asset, 150);
      return gainOf(market, stranger, truth, () => borrowOn(market, wad(1_000), usdc(100_000)));
    };
    const alone = () => reconfigure(market, asset, { second: ZeroAddress });
    expect(await compareGains(attack, alone)).to.deep.equal({ unguarded: wad(85_000), guarded: 0n });
    await expect(
      vault.connect(stranger).borrow(strangerAccount, usdc(100_000), stranger),
    ).to.be.revertedWithCustomError(vault, 'Undercollateralised');
  });

  // Compound's DAI at 1.30 (November 2020), Binance's USDe at 0.65 (October 2025): one venue's print sold those who were
  // well everywhere else.
  it('V11 sells nobody by the print of one source [ORC-09]', async () => {
    const market = await loadFixture(linkLoanFixture);
    const { oracle, vault, bidder, borrower, keeper, account, link: asset } = market;
    const truth = [[asset, 15]] as const;
    const attack = async () => {
      await setPrice(asset, 8);
      await oracle.update([asset.address]);
      await time.increase(HOUR); // for as long as it takes until nothing is left of the price before
      const owner = await wealthOf(market, borrower, truth);
      const gain = await gainOf(market, bidder, truth, async () => {
        await vault
          .connect(keeper)
          .call(account)
          .catch(() => undefined);
        await liquidate(market);
      });
      return [gain, (await wealthOf(market, borrower, truth)) - owner];
    };
    const alone = () => reconfigure(market, asset, { second: ZeroAddress });
    const { unguarded, guarded } = await compareGains(attack, alone);
    // 15,000 for 7,840, of which a third of the 2,160 that lack is his as a lender; the owner loses 5,000
    expect(unguarded[0]).to.be.closeTo(wad(6_440), wad(5));
    expect(unguarded[1]).to.equal(wad(-5_000));
    expect(guarded).to.deep.equal([0n, 0n]);
    await expect(liquidate(market)).to.be.revertedWithCustomError(vault, 'NotLiquidatable');
    await expect(vault.connect(keeper).call(account)).to.be.revertedWithCustomError(vault, 'NotCallable');
  });
});
