import type { Address, Client, Hash } from 'viem';

import { readMargins, type MarginRow, type MaybeMarginRow } from '../../sdk/client';
import type { AccountId } from '../../sdk/math';
import { isAnswerMissing, toRpcError } from '../chain/toRpcError';

/** An account as the chain assessed it. */
export interface ScreenedAccount extends MarginRow {
  readonly account: AccountId;
}

export interface Screening {
  readonly rows: readonly ScreenedAccount[];
  /** Could not be assessed, not even alone. Nothing is known of them. */
  readonly unknown: readonly AccountId[];
}

/** Reads where accounts stand. */
export interface Screen {
  /** Screens `accounts` as of the block `blockHash`. */
  screen(accounts: readonly AccountId[], blockHash: Hash): Promise<Screening>;
}

export interface CreateScreenParameters {
  readonly client: Client;
  readonly lens: Address;
  /** Most accounts in one call. */
  readonly batch: number;
}

/**
 * Reads margins in batches as large as the node allows: a batch that it refuses is halved, and so are those after it. An
 * account that cannot be assessed among others is asked for alone, with all the gas of a call to itself.
 */
export function createScreen({ client, lens, batch }: CreateScreenParameters): Screen {
  let size = batch;

  async function read(accounts: readonly AccountId[], blockHash: Hash): Promise<MaybeMarginRow[]> {
    try {
      return await readMargins(client, { lens, accounts, blockHash, batchSize: accounts.length });
    } catch (error) {
      // asking for less only helps where the node answered that this was too much
      if (isAnswerMissing(error) || (toRpcError(error) as { code?: unknown }).code === 'rate_limited') throw error;
      if (accounts.length === 1) return ['unknown'];
      const half = Math.ceil(accounts.length / 2);
      size = Math.min(size, half);
      return [...(await read(accounts.slice(0, half), blockHash)), ...(await read(accounts.slice(half), blockHash))];
    }
  }

  async function screen(accounts: readonly AccountId[], blockHash: Hash): Promise<Screening> {
    const rows: ScreenedAccount[] = [];
    const doubtful: AccountId[] = [];
    for (let start = 0; start < accounts.length;) {
      const asked = accounts.slice(start, start + size);
      start += asked.length;
      const answers = await read(asked, blockHash);
      asked.forEach((account, i) => {
        const answer = answers[i] ?? 'unknown';
        if (answer === 'unknown') doubtful.push(account);
        else rows.push({ account, ...answer });
      });
    }
    const unknown: AccountId[] = [];
    for (const account of doubtful) {
      const [answer = 'unknown'] = await read([account], blockHash);
      if (answer === 'unknown') unknown.push(account);
      else rows.push({ account, ...answer });
    }
    return { rows, unknown };
  }

  return { screen };
}
