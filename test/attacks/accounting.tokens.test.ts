import { expect } from 'chai';
import { ethers } from 'hardhat';

import { MockERC20__factory, SilentToken__factory } from '../../typechain-types';
import { hostileTokenFixture } from '../fixtures/hostileTokens';
import { listToken } from '../fixtures/listToken';
import { loadFixture } from '../fixtures/loadFixture';
import { marketFixture, setPrice } from '../fixtures/marketFixture';
import { developmentConfig, openSystem } from '../fixtures/systemFixture';
import { testPolicy } from '../fixtures/testPolicy';
import { accountOf, MAX_UINT256, usdc, wad, weth } from '../fixtures/units';

/** The vault's library for tokens declares its own error. */
const safeErc20 = new ethers.Interface(['error SafeERC20FailedOperation(address token)']);

/** Two listed tokens at 100, one that may charge and one that may fail in silence; the borrower has put 10 of each in. */
async function unrulyFixture() {
  const market = await hostileTokenFixture();
  const { vault, deployer, borrower, stranger, account, feeToken } = market;
  const silent = await new SilentToken__factory(deployer).deploy(18);
  await listToken(market, silent, { price: 100, depth: wad(1_000), supplyCap: wad(1_000) });
  for (const holder of [borrower, stranger]) {
    for (const token of [feeToken, silent]) {
      await token.mint(holder, wad(100));
      await token.connect(holder).approve(vault, MAX_UINT256);
    }
  }
  for (const token of [feeToken, silent]) await vault.connect(borrower).deposit(account, token, wad(10));
  return { ...market, silent };
}

/** A market whose collateral counts in `decimals`, worth 2,000 for a whole token; the borrower has 100 of them. */
async function openWorld(quoteDecimals: number, decimals: number) {
  const config = developmentConfig();
  const collaterals = config.collaterals.map((one) => (one.symbol === 'WETH' ? { ...one, decimals } : one));
  const quoteConfig = { ...config.quote, decimals: quoteDecimals };
  const system = await openSystem({ policy: testPolicy(), config: { ...config, quote: quoteConfig, collaterals } });
  const { vault, quote, weth: asset, actors } = system;
  const money = (amount: number) => ethers.parseUnits(String(amount), quoteDecimals);
  for (const holder of [actors.lender, actors.borrower]) {
    await quote.mint(holder, money(1_000_000));
    await quote.connect(holder).approve(vault, MAX_UINT256);
    await asset.token.mint(holder, ethers.parseUnits('100', decimals));
    await asset.token.connect(holder).approve(vault, MAX_UINT256);
  }
  await vault.connect(actors.lender).deposit(accountOf(actors.lender), quote, money(200_000));
  return { ...system, ...actors, money, unit: money(1), decimals };
}

describe('Attacks: accounting of tokens', () => {
  // A token starts to charge for transfers after it was listed. Its depositor is credited with more than came, and takes the
  // difference out of what others have there (Balancer, 2020-06-28).
  it('V37 credits no more than came of a token that charges [VLT-06] [VLT-07]', async () => {
    const { vault, feeToken, stranger, strangerAccount } = await loadFixture(unrulyFixture);
    await feeToken.setFee(100);
    await expect(vault.connect(stranger).deposit(strangerAccount, feeToken, wad(50)))
      .to.be.revertedWithCustomError(vault, 'TransferShort')
      .withArgs(feeToken, wad(50), wad('49.5'));
    expect(await vault.collateralOf(strangerAccount, feeToken)).to.equal(0n);
    expect(await vault.totalCollateral(feeToken)).to.equal(await feeToken.balanceOf(vault));
  });

  // A token whose transfers fail without reverting: deposits are free, and a withdrawal that sent nothing is booked.
  it('V37 books no transfer that failed in silence, in or out [VLT-07]', async () => {
    const { vault, silent, borrower, stranger, strangerAccount, account } = await loadFixture(unrulyFixture);
    await silent.setFailing(true);
    await expect(vault.connect(stranger).deposit(strangerAccount, silent, wad(50)))
      .to.be.revertedWithCustomError({ interface: safeErc20 }, 'SafeERC20FailedOperation')
      .withArgs(silent);
    await expect(vault.connect(borrower).withdraw(account, silent, wad(10), borrower)).to.be.reverted;
    expect(await vault.collateralOf(account, silent)).to.equal(wad(10));
    expect(await vault.collateralOf(strangerAccount, silent)).to.equal(0n);
    await silent.setFailing(false);
    await expect(vault.connect(borrower).withdraw(account, silent, wad(10), borrower)).to.changeTokenBalance(
      silent,
      borrower,
      wad(10),
    );
  });

  // Tokens reach the vault without a deposit: sent by mistake, as a gift, or because their supply grew. The next depositor
  // would have them credited, or a token that shrinks takes from those who hold something else. Ether, too, is nobody's.
  it('V37 credits nobody with what came without a deposit, and lets nobody else pay for what went without a withdrawal [VLT-06] [VLT-34]', async () => {
    const market = await loadFixture(unrulyFixture);
    const { vault, silent, quote, borrower, lender, stranger, strangerAccount, lent, account, weth: asset } = market;
    await silent.mint(vault, wad(5));
    await quote.connect(borrower).transfer(vault, usdc(700));
    const cash = await vault.cashOf(lent);
    await vault.connect(stranger).deposit(strangerAccount, silent, wad(1));
    await vault.connect(stranger).deposit(strangerAccount, quote, usdc(1));
    expect(await vault.collateralOf(strangerAccount, silent)).to.equal(wad(1));
    expect([await vault.cashOf(strangerAccount), await vault.cashOf(lent)]).to.deep.equal([wad(1), cash]);
    await expect(stranger.sendTransaction({ to: vault, value: 1n })).to.be.revertedWithCustomError(
      vault,
      'EtherRefused',
    );

    await silent.shrink(vault, wad(10));
    await vault.connect(borrower).deposit(account, asset.address, weth(1));
    await vault.connect(borrower).withdraw(account, asset.address, weth(1), borrower);
    await vault.connect(lender).withdraw(lent, quote, usdc(200_000), lender);
    await vault.connect(stranger).withdraw(strangerAccount, silent, wad(1), stranger);
    await expect(vault.connect(borrower).withdraw(account, silent, wad(10), borrower))
      .to.be.revertedWithCustomError(silent, 'ERC20InsufficientBalance')
      .withArgs(vault, wad(5), wad(10));
  });

  // A token of other decimals is worth a power of ten more or less than it should be: ten of them buy a loan of billions.
  it('V38 lends the same against the same, whatever tokens count in [VLT-29]', async () => {
    for (const [quoteDecimals, decimals] of [
      [6, 0],
      [6, 6],
      [18, 8],
      [0, 18],
    ] as const) {
      const world = await openWorld(quoteDecimals, decimals);
      const { vault, borrower, money, weth: asset } = world;
      const account = accountOf(borrower);
      const where = `${quoteDecimals} and ${decimals} decimals`;
      await vault.connect(borrower).deposit(account, asset.address, ethers.parseUnits('10', decimals));
      await expect(
        vault.connect(borrower).borrow(account, money(14_400) + 1n, borrower),
        where,
      ).to.be.revertedWithCustomError(vault, 'Undercollateralised');
      await vault.connect(borrower).borrow(account, money(14_400), borrower);
      await setPrice(asset, 1_000);
      const { assessment } = await vault.assess(account);
      expect(assessment.mark.equity, where).to.equal(wad(-4_400));
    }
  });

  // Of more than 18 there would be amounts that no word of ours holds.
  it('V38 lists no token of more than 18 decimals [POL-03]', async () => {
    const market = await loadFixture(marketFixture);
    const { vault, policy, quote, deployer, stranger, strangerAccount } = market;
    const token = await new MockERC20__factory(deployer).deploy('Fine', 'FINE', 24);
    await token.mint(stranger, 10n ** 30n);
    await token.connect(stranger).approve(vault, MAX_UINT256);
    const before = await quote.balanceOf(stranger);
    const list = () => listToken(market, token, { price: 1, depth: 10n ** 28n, supplyCap: 10n ** 28n });
    await list().catch(() => undefined);
    await vault
      .connect(stranger)
      .deposit(strangerAccount, token, 10n ** 27n)
      .catch(() => undefined);
    await vault
      .connect(stranger)
      .borrow(strangerAccount, usdc(700), stranger)
      .catch(() => undefined);
    expect((await quote.balanceOf(stranger)) - before).to.equal(0n);
    expect(await token.balanceOf(stranger)).to.equal(10n ** 30n);
    await expect(list()).to.be.revertedWithCustomError(policy, 'TooManyDecimals').withArgs(token, 24);
    expect((await policy.collateralRisk(token)).listed).to.equal(false);
  });
});
