import { takeSnapshot, time } from '@nomicfoundation/hardhat-network-helpers';
import { expect } from 'chai';

import { DonatableShare__factory, MockAggregator__factory, ScriptedBidder__factory } from '../../typechain-types';
import { compareGains, gainOf } from '../fixtures/gain';
import { listToken } from '../fixtures/listToken';
import { loadFixture } from '../fixtures/loadFixture';
import { marketFixture } from '../fixtures/marketFixture';
import { reconfigure } from '../fixtures/reconfigure';
import { wealthOf } from '../fixtures/wealthOf';
import { accountOf, HOUR, MAX_INT256, MAX_UINT256, usdc, wad, WAD } from '../fixtures/units';

/** 10,000 shares. */
const SHARES = 10_000n * 10n ** 8n;
/** Nine times what is in the pot: with it a share is said to be worth ten. */
const GIFT = usdc(90_000);

/**
 * A share in a pot of quote that is its own feed: balance by number. The thief is a contract with 10,000 shares, worth
 * one each, and the gift. A market for the share is there, which sees one, and which the feed is not yet compared with.
 */
async function shareFixture() {
  const market = await marketFixture();
  const { oracle, vault, deployer, stranger, quote } = market;
  const share = await new DonatableShare__factory(deployer).deploy(quote);
  const address = await share.getAddress();
  await quote.connect(stranger).approve(share, MAX_UINT256);
  await share.connect(stranger).deposit(usdc(10_000));
  await listToken(market, share, { price: 1, depth: 80_000n * 10n ** 8n, supplyCap: 10n ** 15n });
  await reconfigure(market, { address }, { primary: share });
  const second = await new MockAggregator__factory(deployer).deploy(8, 'what the market pays for a share');
  await second.push(10n ** 8n);

  const contract = await new ScriptedBidder__factory(deployer).deploy();
  const thief = await contract.getAddress();
  const account = accountOf(thief);
  await share.connect(stranger).transfer(thief, SHARES);
  await quote.connect(stranger).transfer(thief, GIFT);
  const call = (target: string, data: string) => ({ target, data, mayFail: false });
  const vaultAddress = await vault.getAddress();
  const give = [
    call(quote.target as string, quote.interface.encodeFunctionData('transfer', [address, GIFT])),
    call(oracle.target as string, oracle.interface.encodeFunctionData('update', [[address]])),
  ];
  const deposit = [
    call(address, share.interface.encodeFunctionData('approve', [vaultAddress, SHARES])),
    call(vaultAddress, vault.interface.encodeFunctionData('deposit', [account, address, SHARES])),
  ];
  const borrow = (loan: bigint) =>
    call(vaultAddress, vault.interface.encodeFunctionData('borrow', [account, loan, thief]));
  const takeBack = call(address, share.interface.encodeFunctionData('skim', [thief]));
  const truth = [[{ address, decimals: 8, token: share }, 1]] as const;
  const asset = { address };
  return { ...market, share, asset, second, contract, thief, truth, give, deposit, borrow, takeBack };
}

/** The gift has lain there for a day, and the borrower has 10,000 shares and owes 60,000 on what they are said to be. */
async function inflatedLoanFixture() {
  const market = await shareFixture();
  const { oracle, vault, share, contract, give, borrower, stranger, account, asset, quote } = market;
  await share.connect(stranger).deposit(usdc(10_000));
  await share.connect(stranger).transfer(borrower, SHARES);
  await share.connect(borrower).approve(vault, MAX_UINT256);
  await quote.mint(contract, GIFT);
  await contract.run([...give, ...give]); // twice the shares, twice the gift
  await time.increase(HOUR);
  await oracle.update([asset.address]);
  await time.increase(24 * HOUR);
  await vault.connect(borrower).deposit(account, asset.address, SHARES);
  await vault.connect(borrower).borrow(account, usdc(60_000), borrower);
  return market;
}

describe('Oracle attacks: gifts to the pot behind a share', () => {
  // A rate that is read from balances: donate, borrow against what it has become, take the gift back. Venus zkSync
  // (February 2025), Resupply (June 2025).
  it('V12 lends nothing more for a share price that a gift has raised in the same transaction [ORC-10]', async () => {
    const market = await loadFixture(shareFixture);
    const { vault, contract, thief, truth, give, deposit, borrow, takeBack } = market;
    const attack = (loan: bigint) => () =>
      gainOf(market, thief, truth, () => contract.run([...deposit, ...give, borrow(loan), takeBack]));
    const held = async () => {
      await contract.run(give);
      await time.increase(HOUR);
      await contract.run([takeBack]); // it is his again, and the price that was recorded is the one with it
    };
    const fresh = await takeSnapshot();
    expect(await compareGains(attack(usdc(70_000)), held)).to.deep.equal({ unguarded: wad(60_000), guarded: 0n });
    await expect(contract.run([...deposit, ...give, borrow(usdc(70_000))])).to.be.revertedWithCustomError(
      vault,
      'Undercollateralised',
    );
    await fresh.restore();
    // 72 % of what the shares are worth without the gift
    await contract.run([...deposit, ...give, borrow(usdc(7_200)), takeBack]);
  });

  // He has the 90,000 himself, or until tomorrow, and leaves the gift there for an hour. Smoothing does not last for ever:
  // what stands against it is a second source that knows what the market pays. Without one such a share must not be listed.
  it('V12 lends nothing more for a gift that is held for an hour, where a second source knows better [ORC-09]', async () => {
    const market = await loadFixture(shareFixture);
    const { vault, contract, thief, truth, asset, second, give, deposit, borrow, takeBack } = market;
    const attack = () =>
      gainOf(market, thief, truth, async () => {
        await contract.run([...deposit, ...give]);
        await time.increase(HOUR);
        await second.push(10n ** 8n); // a market that is awake: it is heard for what it says, not for its age
        await contract.run([borrow(usdc(70_000))]).catch(() => undefined);
        await contract.run([takeBack]);
      });
    const unseconded = await takeSnapshot();
    // the known limit: 70,000 for 10,000 of shares that he leaves behind
    expect(await attack()).to.equal(wad(60_000));
    await unseconded.restore();
    await reconfigure(market, asset, { second });
    expect(await attack()).to.equal(0n);
    await expect(contract.run([...give, borrow(usdc(7_000))])).to.be.revertedWithCustomError(
      vault,
      'Undercollateralised',
    );
  });

  // The other way: a gift that has raised the rate for a day is taken back, and whoever borrowed on it is sold at the rate
  // without it. A price that is Live is believed by liquidations at once, so it is the second source again that helps.
  it('V12 sells nobody by a gift that is taken back, where a second source differs [ORC-09]', async () => {
    const market = await loadFixture(inflatedLoanFixture);
    const { oracle, vault, share, second, truth, asset, borrower, bidder, bidderAccount, account } = market;
    const sell = () => vault.connect(bidder).liquidate(account, bidderAccount, WAD, MAX_INT256, '0x');
    const [[one]] = truth;
    const attack = async () => {
      await share.skim(bidder);
      await oracle.update([asset.address]);
      // the market pays ten for what the feed has at one again
      const owner = await wealthOf(market, borrower, [[one, 10]]);
      const gain = await gainOf(market, bidder, [[one, 10]], sell);
      return [gain, (await wealthOf(market, borrower, [[one, 10]])) - owner];
    };
    const alone = await takeSnapshot();
    // the known limit: 100,000 for the 45,000 of debt that lenders do not pay, and his own third of the 15,000 that they do
    const [taken, lost] = await attack();
    expect(taken).to.be.closeTo(wad(50_000), 10n);
    expect(lost).to.equal(wad(-40_000));
    await alone.restore();
    await second.push(10n ** 9n);
    await reconfigure(market, asset, { second });
    expect(await attack()).to.deep.equal([0n, 0n]);
    await expect(sell()).to.be.revertedWithCustomError(vault, 'NotLiquidatable');
  });
});
