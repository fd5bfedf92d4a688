import { formatUnits, parseUnits, type Address } from 'viem';
import { simulateContract } from 'viem/actions';

import { marginVaultAbi } from '../../sdk/abi';
import { BPS, toAccountId, WAD, type AccountId, type LiquidationTerms } from '../../sdk/math';
import type { Borrower } from '../population/createPopulation';
import { createRandom } from '../random';
import type { Books } from '../record/createBooks';
import type { Moment } from '../record/createAssessor';
import type { TopUpRecord } from '../result';
import { act } from '../world/act';
import { fund } from '../world/openWorld';
import type { World } from '../world/world';
import { neededCollateral, neededRepayment, repayable } from './topUpMath';

export interface OwnersParameters {
  readonly world: World;
  readonly books: Books;
  readonly terms: LiquidationTerms;
  readonly seed: number;
}

export interface Owners {
  /** Margin was called on an account: its owner may answer later. */
  readonly hear: (account: AccountId, second: number) => void;
  /** Everybody whose time has come answers, if there is still something to answer. */
  readonly act: (second: number, moment: Moment) => Promise<TopUpRecord[]>;
}

/**
 * Owners who answer a call: after a while, out of their purse, half of them by repaying and half by adding more of what
 * they hold. One whose purse is too small to cure the call keeps the money.
 */
export function createOwners({ world, books, terms, seed }: OwnersParameters): Owners {
  const { population, scenario } = world;
  const random = createRandom(seed).fork('owners');
  const people = new Map<AccountId, { borrower: Borrower; purse: number; calls: number; repays: boolean }>(
    population.borrowers
      .filter(({ answers }) => answers)
      .map((borrower) => {
        const repays = random.fork(borrower.owner).chance(0.5);
        return [toAccountId(borrower.owner, 0n), { borrower, purse: borrower.purse, calls: 0, repays }];
      }),
  );
  /** When each owner who heard of a call will answer it; a later call takes the place of an earlier. */
  const waiting = new Map<AccountId, number>();

  return {
    hear: (account, second) => {
      const person = people.get(account);
      if (person === undefined) return;
      const { median, sigma } = scenario.owners.delay;
      person.calls += 1;
      const delay = random.fork(`${account} call ${person.calls}`).logNormal(median, sigma);
      waiting.set(account, second + delay);
    },
    act: async (second, moment) => {
      const due = [...waiting].filter(([, at]) => at <= second).sort((a, b) => a[1] - b[1]);
      const records: TopUpRecord[] = [];
      for (const [account] of due) {
        waiting.delete(account);
        const person = people.get(account);
        const book = books.accounts.get(account);
        if (person === undefined || book === undefined || book.call.calledAt === 0) continue;
        const standing = moment.measure(book);
        if (standing.cash >= 0n || standing.health >= WAD) continue;
        const spent = await answerCall(world, { ...person, account, standing, moment, terms });
        if (spent === undefined) continue;
        person.purse -= spent;
        records.push({ second, account, kind: person.repays ? 'repayment' : 'collateral', value: spent });
      }
      return records;
    },
  };
}

interface AnswerParameters {
  readonly borrower: Borrower;
  readonly account: AccountId;
  readonly purse: number;
  readonly repays: boolean;
  readonly standing: ReturnType<Moment['measure']>;
  readonly moment: Moment;
  readonly terms: LiquidationTerms;
}

/** @returns quote spent; nothing where the purse cannot cure the call */
async function answerCall(world: World, answer: AnswerParameters): Promise<number | undefined> {
  const { chain, manifest, assets, scenario, quoteScale } = world;
  const { borrower, account, repays, standing, moment, terms } = answer;
  const vault = manifest.contracts.MarginVault.address;
  const { owner } = borrower;
  const purse = parseUnits(answer.purse.toFixed(6), 18);
  const cured = WAD + (BigInt(terms.cureBufferBps) * WAD) / BPS;
  const aim = parseUnits(scenario.owners.restores.toFixed(6), 18);
  const { mark } = standing.assessment;

  const largest = borrower.collateral[0];
  const asset = assets.find(({ symbol }) => symbol === largest?.symbol);
  const price = asset && moment.prices.get(asset.address.toLowerCase())?.spot;
  if (asset === undefined || price === undefined) return undefined;
  const need = (health: bigint): bigint =>
    repays ? neededRepayment(mark, health) : neededCollateral(mark, health, standing.assessment.markCollateral);
  const least = need(cured);
  if (least > purse) return undefined;
  const wanted = need(aim);
  const affordable = wanted > purse ? purse : wanted;
  const value = repays
    ? repayable(affordable, -standing.cash, purse, BigInt(world.policy.cash.minDebtQuote) * WAD)
    : affordable;
  if (value <= 0n) return undefined;

  if (repays) {
    const amount = value / quoteScale + 1n;
    await fund(world, { owner, token: manifest.quote.address, amount, spender: vault });
    await act(chain, { from: owner, to: vault, abi: marginVaultAbi, functionName: 'repay', args: [account, amount] });
  } else {
    const amount = (value * 10n ** BigInt(asset.decimals)) / price + 1n;
    await fund(world, { owner, token: asset.address, amount, spender: vault });
    const args = [account, asset.address, amount] as const;
    await act(chain, { from: owner, to: vault, abi: marginVaultAbi, functionName: 'deposit', args });
  }
  await clearIfCured(world, owner, account);
  return Number(formatUnits(value, 18));
}

/** Whoever pays ends the call, too: otherwise its deadline would still count when the price falls again. */
export async function clearIfCured({ chain, manifest }: World, owner: Address, account: AccountId): Promise<void> {
  const to = manifest.contracts.MarginVault.address;
  const clear = { abi: marginVaultAbi, functionName: 'clear', args: [account] } as const;
  try {
    await simulateContract(chain.client, { ...clear, address: to, account: owner });
  } catch {
    return; // not cured: what was paid was all there was
  }
  await act(chain, { ...clear, from: owner, to });
}
