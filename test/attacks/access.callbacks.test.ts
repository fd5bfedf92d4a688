import { time } from '@nomicfoundation/hardhat-network-helpers';
import { expect } from 'chai';
import { ethers } from 'hardhat';

import { EquityLender__factory } from '../../typechain-types';
import { COOLDOWN, ENTRY_DELAY, SHARES } from '../fixtures/fundFixtures';
import { hookQuoteFixture, hostileTokenFixture } from '../fixtures/hostileTokens';
import { loadFixture } from '../fixtures/loadFixture';
import { marketFixture, setPrice } from '../fixtures/marketFixture';
import { deployAttacker } from '../fixtures/scriptedAttacker';
import { MAX_UINT256, usdc, wad, WAD, weth } from '../fixtures/units';

const QUOTE_SCALE = 10n ** 12n;

/**
 * A quote token that calls back. The attacker's contract and the stranger have 2,000 each in the junior tranche, 400 of
 * gains wait beside it, and the attacker's notice is due.
 */
async function hookedTrancheFixture() {
  const market = await hookQuoteFixture();
  const { vault, junior, quote, stranger, bidder } = market;
  const attacker = await deployAttacker(market);
  const { run, act, self } = attacker;
  await quote.connect(stranger).approve(junior, MAX_UINT256);
  await junior.connect(stranger).requestDeposit(usdc(2_000));
  await run([await act(quote, 'approve', [junior, MAX_UINT256]), await act(junior, 'requestDeposit', [usdc(2_000)])]);
  await time.increase(ENTRY_DELAY);
  await junior.connect(stranger).deposit(usdc(2_000), stranger);
  await run([
    await act(junior, 'deposit', [usdc(2_000), self]),
    await act(junior, 'requestRedeem', [usdc(2_000) * SHARES]),
  ]);
  await vault.connect(bidder).deposit(await junior.fundAccount(), quote, usdc(400));
  await time.increase(COOLDOWN);
  return { ...market, attacker };
}

/** The attacker has an empty account 1, and a loan (account 2) that anybody may liquidate and that pays for itself. */
async function callbackFixture() {
  const market = await marketFixture();
  const { vault, quote, weth: asset } = market;
  const attacker = await deployAttacker(market);
  const { run, act, own, self } = attacker;
  await run([
    await act(vault, 'deposit', [own[0], quote, usdc(10_000)]),
    await act(vault, 'deposit', [own[2], asset.address, weth(2)]),
    await act(vault, 'borrow', [own[2], usdc(2_250), self]),
  ]);
  await setPrice(asset, 1_200);
  return { ...market, attacker };
}

describe('Attacks: access and callbacks', () => {
  // The payout calls the attacker, who redeems his other half while the tranche has paid the first one and has not booked
  // it: his shares would be worth a part of the gains that wait, 133 more (GMX V1, 2025-07-09).
  it('V45 lets nobody back in while a payout is on its way [VLT-26]', async () => {
    const { junior, quote, hookQuote, attacker, vault } = await loadFixture(hookedTrancheFixture);
    const { run, act, script, self } = attacker;
    const half = await act(junior, 'redeem', [usdc(1_000) * SHARES, self, self]);
    await hookQuote.setHook(script, script.interface.encodeFunctionData('run', [[half]]));
    const before = await quote.balanceOf(script);
    await run([half]);
    expect((await quote.balanceOf(script)) - before, 'with the call back').to.equal(usdc(1_000));
    expect([await hookQuote.hookCalls(), await hookQuote.hookSucceeded()]).to.deep.equal([1n, false]);
    expect(await hookQuote.hookResult()).to.equal(vault.interface.encodeErrorResult('Locked'));
    await run([half]);
    expect((await quote.balanceOf(script)) - before, 'all of it').to.equal(usdc(2_000));
    expect(await junior.totalAssets()).to.equal(usdc(2_000));
  });

  // In the middle of the same payout somebody else's protocol asks for the price of a share. It would hear 1.13 for 1 and
  // lend on it (Sentiment, 2023-04-05; dForce, 2023-02-10).
  it('V46 tells no price of a share while a payout is on its way [VLT-26]', async () => {
    const { junior, hookQuote, attacker, vault } = await loadFixture(hookedTrancheFixture);
    const { run, act, self } = attacker;
    const one = 1_000_000n * SHARES;
    expect(await junior.convertToAssets(one)).to.equal(usdc(1));
    await hookQuote.setHook(junior, junior.interface.encodeFunctionData('convertToAssets', [one]));
    await run([await act(junior, 'redeem', [usdc(1_000) * SHARES, self, self])]);
    expect([await hookQuote.hookCalls(), await hookQuote.hookSucceeded()]).to.deep.equal([1n, false]);
    expect(await hookQuote.hookResult()).to.equal(vault.interface.encodeErrorResult('Locked'));
    expect(await junior.convertToAssets(one)).to.equal(usdc(1));
  });

  // Between two steps the vault's views are open, and say what is in the books. In a callback the attacker lends his account
  // ten WETH for the moment in which he shows it to somebody who lends against equity: 6,000 for nothing.
  it('V46 has the lens say nothing of an account in the middle of a call, and the vault that it is not settled [LNS-05] [VLT-36]', async () => {
    const market = await loadFixture(callbackFixture);
    const { vault, lens, quote, deployer, attacker, weth: asset } = market;
    const { act, callBack, own, script, self, run } = attacker;
    const lender = await new EquityLender__factory(deployer).deploy(lens, quote, QUOTE_SCALE);
    await quote.mint(lender, usdc(50_000));
    const attack = async (mayFail: boolean) => [
      await act(vault, 'deposit', [own[1], asset.address, weth(10)]),
      await act(lender, 'lend', [own[1]], mayFail),
      await act(vault, 'withdraw', [own[1], asset.address, weth(10), self]),
    ];
    await expect(callBack(own[2], await attack(false)))
      .to.be.revertedWithCustomError(vault, 'Unsettled')
      .withArgs(own[1]);
    await callBack(own[2], await attack(true));
    expect(await quote.balanceOf(lender)).to.equal(usdc(50_000));

    // what really lies there at the end of a call counts
    await run([await act(vault, 'deposit', [own[1], asset.address, weth(10)])]);
    expect(await vault.isSettled(own[1])).to.equal(true);
    const before = await quote.balanceOf(script);
    await run([await act(lender, 'lend', [own[1]])]);
    expect((await quote.balanceOf(script)) - before).to.equal(usdc(6_000));
  });

  // A token calls its sender while a deposit has moved it and nothing is booked. The attacker deposits again in between, and
  // both deposits measure the second one: 150 for 100, out of what others have there (Lendf.me, 2020-04-19, $25M).
  it('V47 credits no deposit twice that a token lets in while another one is measured [VLT-06] [VLT-26]', async () => {
    const market = await loadFixture(hostileTokenFixture);
    const { vault, borrower, account, hookToken } = market;
    const { run, act, own, script, self } = await deployAttacker(market);
    await vault.connect(borrower).deposit(account, hookToken, wad(60));
    await hookToken.mint(script, wad(100));
    await run([await act(hookToken, 'approve', [vault, MAX_UINT256])]);
    const deposit = await act(vault, 'deposit', [own[0], hookToken, wad(50)]);
    await hookToken.setHook(script, script.interface.encodeFunctionData('run', [[{ ...deposit, mayFail: true }]]));
    await run([deposit]);
    await hookToken.setHook(ethers.ZeroAddress, '0x');
    const brought = wad(100) - (await hookToken.balanceOf(script));
    expect(await vault.collateralOf(own[0], hookToken), 'credited').to.equal(brought);
    expect(await vault.totalCollateral(hookToken)).to.equal(await hookToken.balanceOf(vault));
    await run([await act(vault, 'withdraw', [own[0], hookToken, MAX_UINT256, self])]);
    expect(await hookToken.balanceOf(script)).to.equal(wad(100));
    await vault.connect(borrower).withdraw(account, hookToken, wad(60), borrower);
  });

  // The same token calls out of a withdrawal: to borrow, to move cash, and to be liquidated or called before it is checked.
  it('V47 takes no step at all while a token is on its way [VLT-26]', async () => {
    const market = await loadFixture(hostileTokenFixture);
    const { vault, quote, hookToken, weth: asset } = market;
    const { run, act, own, script, self } = await deployAttacker(market);
    await hookToken.mint(script, wad(100));
    await run([
      await act(hookToken, 'approve', [vault, MAX_UINT256]),
      await act(vault, 'deposit', [own[0], hookToken, wad(50)]),
      await act(vault, 'deposit', [own[0], asset.address, weth(10)]),
    ]);
    const before = await quote.balanceOf(script);
    for (const [name, args] of [
      ['borrow', [own[0], usdc(15_000), self]],
      ['withdraw', [own[0], asset.address, weth(10), self]],
      ['transfer', [own[0], own[1], asset.address, weth(10)]],
      ['liquidate', [own[0], own[1], WAD, wad(1_000_000), '0x']],
      ['call', [own[0]]],
      ['batch', [[]]],
    ] as const) {
      const inside = await act(vault, name, args);
      await hookToken.setHook(script, script.interface.encodeFunctionData('run', [[inside]]));
      await run([await act(vault, 'withdraw', [own[0], hookToken, wad(1), self])]);
      expect(await hookToken.hookSucceeded(), name).to.equal(false);
      expect(await hookToken.hookResult(), name).to.equal(vault.interface.encodeErrorResult('Locked'));
    }
    expect(await quote.balanceOf(script)).to.equal(before);
    expect(await vault.collateralOf(own[0], asset.address)).to.equal(weth(10));
  });
});
