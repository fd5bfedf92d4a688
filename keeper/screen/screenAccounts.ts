import type { Address, Client, Hash } from 'viem';
import { getBlock } from 'viem/actions';

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
  /** Most calls at the same time. */
  readonly concurrency: number;
}

/**
 * Reads margins in batches as large as the node allows: a batch that it refuses is halved, and so are those after it. An
 * account that cannot be assessed among others is asked for alone, with all the gas of a call to itself.
 */
export function createScreen({ client, lens, batch, concurrency }: CreateScreenParameters): Screen {
  let size = batch;

  async function read(accounts: readonly AccountId[], blockHash: Hash): Promise<MaybeMarginRow[]> {
    try {
      return await readMargins(client, { lens, accounts, blockHash, batchSize: accounts.length });
    } catch (error) {
      // asking for less only helps where the node answered that this was too much
      if (isAnswerMissing(error) || (toRpcError(error) as { code?: unknown }).code === 'rate_limited') throw error;
      await getBlock(client, { blockHash }); // nor where the block is gone
      if (accounts.length === 1) return ['unknown'];
      const half = Math.ceil(accounts.length / 2);
      size = Math.min(size, half);
      return [...(await read(accounts.slice(0, half), blockHash)), ...(await read(accounts.slice(half), blockHash))];
    }
  }

  function takeWave(accounts: readonly AccountId[], start: number): AccountId[][] {
    return Array.from({ length: concurrency }, (_, i) =>
      accounts.slice(start + i * size, start + (i + 1) * size),
    ).filter((asked) => asked.length > 0);
  }

  async function screen(accounts: readonly AccountId[], blockHash: Hash): Promise<Screening> {
    const rows: ScreenedAccount[] = [];
    const doubtful: AccountId[] = [];
    for (let start = 0; start < accounts.length;) {
      const wave = takeWave(accounts, start);
      start += wave.flat().length;
      const answers = (await Promise.all(wave.map((asked) => read(asked, blockHash)))).flat();
      wave.flat().forEach((account, i) => {
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
