import { time } from '@nomicfoundation/hardhat-network-helpers';
import { expect } from 'chai';
import { ethers } from 'hardhat';

import { setPrice } from '../fixtures/marketFixture';
import { readAssessment, sides } from '../fixtures/readAccount';
import { developmentConfig, openSystem } from '../fixtures/systemFixture';
import { testPolicy } from '../fixtures/testPolicy';
import { accountOf, MAX_INT256, MAX_UINT256, MINUTE, WAD } from '../fixtures/units';

/** What one economic story comes to, in WAD whatever the tokens count in. */
interface Outcome {
  readonly figures: readonly (readonly bigint[])[];
  readonly cash: readonly bigint[];
  readonly collateral: readonly bigint[];
  readonly wallet: bigint;
}

const worlds = [
  [6, 6],
  [6, 8],
  [8, 18],
  [18, 6],
  [18, 18],
  [0, 18],
] as const;

describe('MarginVault', () => {
  describe('decimals', () => {
    let reference: Outcome;

    before(async () => {
      reference = await live(await openWorld(6, 18));
    });

    for (const [quoteDecimals, decimals] of worlds) {
      it(`${quoteDecimals} of the quote token and ${decimals} of the collateral give the same economics to one unit [VLT-29]`, async () => {
        const outcome = await live(await openWorld(quoteDecimals, decimals));
        // the largest of: a unit of the quote token here and in the reference, and what a unit of the collateral is worth
        const unit = [
          WAD / 10n ** BigInt(quoteDecimals),
          WAD / 10n ** 6n,
          (2_000n * WAD) / 10n ** BigInt(decimals),
        ].reduce((a, b) => (a > b ? a : b));
        const flat = ({ figures, cash, collateral, wallet }: Outcome) => [
          ...figures.flat(),
          ...cash,
          ...collateral,
          wallet,
        ];
        const [expected, actual] = [flat(reference), flat(outcome)];
        expect(actual).to.have.lengthOf(expected.length);
        actual.forEach((figure, at) => expect(figure, `figure ${at}`).to.be.closeTo(expected[at]!, unit));
      });
    }
  });
});

async function openWorld(quoteDecimals: number, decimals: number) {
  const config = developmentConfig();
  const collaterals = config.collaterals.map((one) => (one.symbol === 'WETH' ? { ...one, decimals } : one));
  const system = await openSystem({
    policy: testPolicy(),
    config: { ...config, quote: { ...config.quote, decimals: quoteDecimals }, collaterals },
  });
  const { vault, quote, weth: asset, actors } = system;
  for (const holder of [actors.lender, actors.borrower, actors.bidder]) {
    await quote.mint(holder, ethers.parseUnits('1000000', quoteDecimals));
    await quote.connect(holder).approve(vault, MAX_UINT256);
  }
  await asset.token.mint(actors.borrower, ethers.parseUnits('100', decimals));
  await asset.token.connect(actors.borrower).approve(vault, MAX_UINT256);
  return { ...system, quoteDecimals, decimals };
}

/** A loan of 14,000 on 10 at 2,000, partly repaid, called at 1,600 and half liquidated. */
async function live(world: Awaited<ReturnType<typeof openWorld>>): Promise<Outcome> {
  const { vault, actors, quote, weth: asset, quoteDecimals, decimals } = world;
  const { lender, borrower, bidder, keeper } = actors;
  const money = (amount: number) => ethers.parseUnits(String(amount), quoteDecimals);
  const account = accountOf(borrower);
  const parties = [accountOf(lender), account, accountOf(bidder), accountOf(keeper)];
  const figures: bigint[][] = [];
  const measure = async () => figures.push(Object.values(sides(await readAssessment(world, account))).flat());

  await vault.connect(lender).deposit(accountOf(lender), quote, money(200_000));
  await vault.connect(bidder).deposit(accountOf(bidder), quote, money(50_000));
  await vault.connect(borrower).deposit(account, asset.address, ethers.parseUnits('10', decimals));
  await vault.connect(borrower).borrow(account, money(14_000), borrower);
  await measure();
  await vault.connect(borrower).repay(account, money(400));
  await setPrice(asset, 1_600);
  await vault.connect(keeper).call(account);
  await time.setNextBlockTimestamp((await time.latest()) + 30 * MINUTE);
  await vault.connect(bidder).liquidate(account, accountOf(bidder), WAD, MAX_INT256, '0x');
  await measure();
  const cash: bigint[] = [];
  const collateral: bigint[] = [];
  for (const party of parties) {
    cash.push(await vault.cashOf(party));
    collateral.push((await vault.collateralOf(party, asset.address)) * 10n ** BigInt(18 - decimals));
  }
  await vault.connect(borrower).repay(account, MAX_UINT256);
  await vault.connect(borrower).withdraw(account, asset.address, MAX_UINT256, borrower);
  const wallet = (await quote.balanceOf(borrower)) * 10n ** BigInt(18 - quoteDecimals);
  return { figures, cash, collateral, wallet };
}
