import { expect } from 'chai';
import { FunctionFragment, Interface, type Fragment } from 'ethers';
import { ethers } from 'hardhat';

import { IPositionMover__factory } from '../../typechain-types';
import { expectUntouched } from '../fixtures/expectUntouched';
import { loadFixture } from '../fixtures/loadFixture';
import { signBatch, signPermit } from '../fixtures/signing';
import {
  BITCOIN,
  orderOf,
  PERPETUAL,
  restAt,
  trade,
  tradeArguments,
  tradingFixture,
  type TradingWorld,
} from '../fixtures/tradingFixture';
import {
  accountOf,
  MarginMode,
  MarginState,
  MAX_INT256,
  MAX_UINT256,
  MAX_UINT40,
  OperatorRight,
  usdc,
  WAD,
  wad,
} from '../fixtures/units';
import { codesOf } from '../fixtures/vaultCodes';

/** Arguments, and the error that refuses them; without one it may succeed, in the code's own storage. */
type Attempt = readonly [args: readonly unknown[], error?: string];

/** Alice has lost more than she has to Bob, from whom she has bought; Carol, the thief, has cash in the vault. */
async function losingFixture() {
  const world = await tradingFixture();
  const { vault, alice, bob, bidder: carol, bidderAccount: carolAccount } = world;
  await trade(world, { buyer: alice, seller: bob, size: 6, price: 40_000 });
  await restAt(world, 36_000);
  return { ...world, vault, carol, carolAccount };
}

/** Each function that changes something, with arguments by which who has no right to it would gain. */
async function attemptsOf(w: Awaited<ReturnType<typeof losingFixture>>): Promise<Record<string, readonly Attempt[]>> {
  const { vault, alice, aliceAccount: victim, bob, bobAccount, carol, carolAccount: own } = w;
  const steps = [vault.interface.encodeFunctionData('borrow', [victim, usdc(1), alice.address])];
  const permit = { account: victim, operator: carol.address, rights: OperatorRight.ALL, expiry: MAX_UINT40 };
  // the thief's own, which need no signature where he sends them in himself: he would win from himself
  const limitPrice = wad(36_000);
  const maker = orderOf(carol, { account: accountOf(carol, 1), size: -WAD, limitPrice });
  const taker = orderOf(carol, { account: accountOf(carol, 2), size: WAD, limitPrice });
  const unauthorised: Attempt = [[], 'AccessManagedUnauthorized'];
  return {
    liquidate: [[[victim, own, WAD, MAX_INT256, '0x'], 'NotLiquidatable']],
    accrue: [[[]]],
    cancelNonce: [[[0n]]],
    contribute: [[[victim, 1n], 'NotAuthorised'], [[own, 1n]]],
    drawReserves: [[[own, MAX_UINT256], 'OnlyWaterfall']],
    socialise: [[[own, wad(1_000), 10_000n], 'OnlyWaterfall']],
    permitOperator: [[await signPermit(vault, alice, permit), 'SignatureRefused']],
    runSigned: [[await signBatch(vault, alice, { account: victim, steps }), 'SignatureRefused']],
    setMode: [[[victim, MarginMode.ISOLATED], 'NotAuthorised'], [[own, MarginMode.ISOLATED]]],
    setOperator: [
      [[victim, carol.address, OperatorRight.ALL, MAX_UINT40], 'NotAuthorised'],
      [[own, bob.address, OperatorRight.ALL, MAX_UINT40]],
    ],
    pause: [unauthorised],
    unpause: [unauthorised],
    setWaterfall: [[[carol.address], 'AccessManagedUnauthorized']],
    setAuthority: [[[carol.address], 'AccessManagedUnauthorized']],
    cancelOrder: [[[victim, 0n], 'NotAuthorised'], [[own, 0n]]],
    cancelOrders: [[[victim], 'NotAuthorised'], [[own]]],
    fill: [
      [await tradeArguments(vault, { buyer: alice, seller: bob, size: 1, price: 36_000 }), 'OrderNotSigned'],
      [[maker, '0x', taker, '0x', WAD], 'Undercollateralised'],
    ],
    settle: [[[bobAccount, PERPETUAL], 'NothingToSettle']],
    updateFunding: [[[BITCOIN]]],
    deleverage: [[[victim, [{ instrument: PERPETUAL, opposites: [bobAccount] }]], 'NotInsolvent']],
    movePositions: [[[victim, own, WAD, 0n]]],
  };
}

/** What the vault holds of positions and orders, beside the books that `expectUntouched` compares. */
async function readPositions({
  vault,
  aliceAccount,
  bobAccount,
  carol,
  bob,
}: TradingWorld & { carol: TradingWorld['bob'] }) {
  const own = accountOf(carol);
  return Promise.all([
    vault.positionOf(aliceAccount, PERPETUAL),
    vault.positionOf(bobAccount, PERPETUAL),
    vault.positionOf(own, PERPETUAL),
    vault.marketOf(BITCOIN),
    vault.orderEpochOf(own),
    vault.filledOf(own, 0n),
    vault.nonces(carol, 0n),
    vault.operatorOf(own, bob),
    vault.modeOf(own),
  ]);
}

function isChanging(each: Fragment): each is FunctionFragment {
  return FunctionFragment.isFragment(each) && !each.constant;
}

describe('Governance attacks: codes of the vault called directly', () => {
  // On a code of its own there is nobody's money; what it does must stay in its own storage. What was signed for the vault
  // is sent to its codes; of the vault Alice is to be liquidated or deleveraged, and Bob has a profit to settle.
  it('V53 does nothing to the vault by any function of any of its codes [VLT-34]', async () => {
    const world = await loadFixture(losingFixture);
    const { vault, carol, quote } = world;
    const abi = new Interface([...vault.interface.fragments, ...IPositionMover__factory.abi]);
    const attempts = await attemptsOf(world);
    expect(await vault.stateOf(world.aliceAccount)).to.equal(MarginState.Insolvent);
    const before = await readPositions(world);
    const tried = new Set<string>();
    for (const [code, to] of Object.entries(await codesOf(vault))) {
      const { interface: own } = await ethers.getContractFactory(code);
      const functions = own.fragments.flatMap((each) => (isChanging(each) ? [each.name] : []));
      for (const name of functions) tried.add(name);
      await expectUntouched(world, async () => {
        for (const [name, each] of Object.entries(attempts)) {
          for (const [args, error] of each) {
            const made = carol.sendTransaction({ to, data: abi.encodeFunctionData(name, args) });
            const where = `${name} of ${code}`;
            if (!functions.includes(name)) await expect(made, where).to.be.revertedWithoutReason();
            else if (error === undefined) await made.catch(() => undefined);
            else await expect(made, where).to.be.revertedWithCustomError(vault, error);
          }
        }
      });
      expect(await quote.balanceOf(to)).to.equal(0n);
    }
    expect([...tried].sort(), 'functions that change something').to.deep.equal(Object.keys(attempts).sort());
    expect(await readPositions(world)).to.deep.equal(before);
  });
});
