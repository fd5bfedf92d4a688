import { encodeFunctionData, maxUint256, numberToHex, type Address, type Hex } from 'viem';

import type { PolicyFile } from '../../deploy';
import { marginVaultAbi, mockERC20Abi } from '../../sdk/abi';
import { INT256_MAX, toAccountId, WAD } from '../../sdk/math';
import { measureDearest } from './measureDearest';
import { measurePositions } from './measurePositions';
import { KEEPER, openBench, type Bench } from './openBench';
import type { Action } from './peers';

const UNIT = WAD;
const USD = 10n ** 6n;
const LENDER = owner(1);
const CALLED_AT = 1_780;
const CRITICAL_AT = 1_660;
const ROUNDS = 4;

/** Gas of whole transactions, the base 21,000 and calldata included, on cold storage, in a system that is in use. */
export async function measure(onProgress: () => void = () => undefined): Promise<Record<Action, number>> {
  const gas: Partial<Record<Action, bigint>> = {};
  const benches = [ordinary, withoutFee, async () => ({ liquidateWorst: await measureDearest() }), measurePositions];
  for (const bench of benches) {
    Object.assign(gas, await bench());
    onProgress();
  }
  return Object.fromEntries(Object.entries(gas).map(([action, used]) => [action, Number(used)])) as Record<
    Action,
    number
  >;
}

export const BENCHES = 4;

/** Deposits, loans, a call with its fee and liquidations by a keeper who has done it before. */
async function ordinary(): Promise<Partial<Record<Action, bigint>>> {
  const bench = await openBench();
  const [first, second, third] = bench.manifest.assets.map(({ address }) => address) as [Address, Address, Address];
  await settleIn(bench);

  const fresh = owner(10);
  await mint(bench, first, fresh, 10n * UNIT);
  await mint(bench, bench.manifest.quote.address, fresh, USD);
  const deposit = await act(bench, fresh, 'deposit', [account(fresh), first, 10n * UNIT]);
  await bench.settle(600);
  const borrow = await act(bench, fresh, 'borrow', [account(fresh), 10_000n * USD, fresh]);
  const empty = owner(11);
  await bench.give(empty, account(empty), first, 10n * UNIT);
  await bench.settle(600);
  const borrowEmpty = await act(bench, empty, 'borrow', [account(empty), 10_000n * USD, empty]);

  const checks: bigint[][] = [];
  for (const [kind, needed] of [true, false].entries()) {
    const row: bigint[] = [];
    for (const [index, assets] of [[first], [first, second], [first, second, third]].entries()) {
      const who = owner(20 + 4 * kind + index);
      for (const asset of assets) await bench.give(who, account(who), asset, 5n * UNIT);
      const debt = needed ? 7_700n * BigInt(assets.length - 1) + 1_000n : 1_000n;
      await act(bench, who, 'borrow', [account(who), debt * USD, who]);
      await bench.settle(600);
      row.push(await act(bench, who, 'borrow', [account(who), 100n * USD, who]));
    }
    checks.push(row);
  }
  const further = ([, two = 0n, three = 0n]: readonly bigint[]): bigint => three - two;

  const loans = [owner(30), owner(31)];
  for (const who of loans) await borrowAtTheLimit(bench, who, first);
  const [called, critical] = loans as [Address, Address];
  await bench.print(first, CALLED_AT);
  const callFee = await act(bench, KEEPER, 'call', [account(called)]);
  await bench.settle(1_300);
  const liquidate = await act(bench, KEEPER, 'liquidate', liquidation(called));
  await bench.settle(86_400);
  await bench.print(first, CRITICAL_AT);
  const liquidateCritical = await act(bench, KEEPER, 'liquidate', liquidation(critical));
  const [needs = [], spare = []] = checks;
  return {
    deposit,
    borrow,
    borrowEmpty,
    borrowMore: further(needs),
    borrowSpare: further(spare),
    callFee,
    liquidate,
    liquidateCritical,
  };
}

/** Calls under a policy that pays nothing for them. */
async function withoutFee(): Promise<Partial<Record<Action, bigint>>> {
  const change = (policy: PolicyFile): PolicyFile => ({
    ...policy,
    liquidation: { ...policy.liquidation, callFeeQuote: 0 },
  });
  const bench = await openBench({ change });
  const [first] = bench.manifest.assets.map(({ address }) => address) as [Address];
  await settleIn(bench);
  const loans = Array.from({ length: 2 * ROUNDS + 1 }, (_, i) => owner(40 + i));
  for (const who of loans) await borrowAtTheLimit(bench, who, first);
  await bench.print(first, CALLED_AT);
  const steps = loans.map((who) =>
    encodeFunctionData({ abi: marginVaultAbi, functionName: 'call', args: [account(who)] }),
  );
  const [alone, ...rest] = loans;
  const call = await act(bench, KEEPER, 'call', [account(alone as Address)]);
  const few = await act(bench, KEEPER, 'batch', [steps.slice(1, 1 + ROUNDS / 2)]);
  const many = await act(bench, KEEPER, 'batch', [steps.slice(1 + ROUNDS / 2, 1 + rest.length)]);
  return { call, callMore: (many - few) / BigInt(rest.length - ROUNDS) };
}

/** Cash to lend, a keeper with cash and collateral of his own, and a past in which everything was used once. */
async function settleIn(bench: Bench): Promise<void> {
  const [first] = bench.manifest.assets.map(({ address }) => address) as [Address];
  const quote = bench.manifest.quote.address;
  await bench.give(LENDER, account(LENDER), quote, 10_000_000n * USD);
  await bench.give(KEEPER, account(KEEPER), quote, 1_000_000n * USD);
  await bench.give(KEEPER, account(KEEPER), first, UNIT);
  const earlier = owner(2);
  await borrowAtTheLimit(bench, earlier, first);
  await bench.print(first, CRITICAL_AT);
  await act(bench, KEEPER, 'liquidate', liquidation(earlier));
  await bench.print(first, 2_000);
  await bench.settle(2 * 86_400);
}

async function borrowAtTheLimit(bench: Bench, who: Address, asset: Address): Promise<void> {
  await bench.give(who, account(who), asset, 10n * UNIT);
  await act(bench, who, 'borrow', [account(who), 15_000n * USD, who]);
  await bench.settle(600);
}

function act(bench: Bench, from: Address, functionName: string, args: readonly unknown[]): Promise<bigint> {
  return bench.send({ from, to: bench.vault, abi: marginVaultAbi, functionName, args });
}

async function mint(bench: Bench, token: Address, to: Address, amount: bigint): Promise<void> {
  await bench.send({ from: to, to: token, abi: mockERC20Abi, functionName: 'mint', args: [to, amount] });
  const approve = { functionName: 'approve', args: [bench.vault, maxUint256] };
  await bench.send({ from: to, to: token, abi: mockERC20Abi, ...approve });
}

function liquidation(of: Address): readonly unknown[] {
  return [account(of), account(KEEPER), WAD, INT256_MAX, '0x'];
}

function account(of: Address): Hex {
  return toAccountId(of, 0n);
}

function owner(number: number): Address {
  return numberToHex(0x1000 + number, { size: 20 });
}
