import type { Address } from 'viem';

import { readReport } from '../../sdk/client';
import { health, MarginState, toAccountId, type AccountId } from '../../sdk/math';
import type { DemoWorld } from './createActors';

export interface Loan {
  readonly owner: Address;
  readonly account: AccountId;
  /** quote WAD */
  readonly debt: bigint;
  /** WAD, at mark */
  readonly health: bigint;
  readonly state: string;
}

/** Where the loans of the demo stand, at the latest block. */
export async function readLoans({ client, manifest, borrowers }: DemoWorld): Promise<Loan[]> {
  const lens = manifest.contracts.MarginLens.address;
  const loans: Loan[] = [];
  for (const owner of borrowers) {
    const account = toAccountId(owner, 0n);
    const { portfolio, assessment, state } = await readReport(client, { lens, account });
    const debt = portfolio.cash < 0n ? -portfolio.cash : 0n;
    const name = Object.entries(MarginState).find(([, value]) => value === state)?.[0] ?? String(state);
    loans.push({ owner, account, debt, health: health(assessment.mark), state: name });
  }
  return loans;
}
