import type { Address, Client, Hash } from 'viem';

import { AppError } from '../../sdk/errors';
import { readHead, type Head } from './readHead';
import { readLogs, type RawLog } from './readLogs';
import { isAnswerMissing } from './toRpcError';

/** State kept by replaying logs. */
export interface LogReducer {
  /** Applies the next log and returns what takes it back. Logs of no interest change nothing. */
  apply(log: RawLog): (() => void) | undefined;
  /** Forgets everything. */
  reset(): void;
}

export interface CreateLogFollowerParameters {
  readonly client: Client;
  /** Whose logs are read. */
  readonly addresses: readonly Address[];
  readonly reducers: readonly LogReducer[];
  /** First block with a log of interest. */
  readonly startBlock: bigint;
  /** Most blocks asked for at once. */
  readonly logRange: number;
  /** Heads kept to undo. */
  readonly reorgWindow: number;
}

export interface Rollback {
  /** Heads undone. */
  readonly undone: number;
  /** Nothing kept is on the chain any more: call `reset`, after making sure that it is the same chain. */
  readonly exhausted: boolean;
}

export interface LogFollower {
  /** The last block whose logs have been applied. */
  readonly tip: () => { readonly number: bigint; readonly hash: Hash } | undefined;
  /** Takes back what is not on the chain that ends in `head`. */
  rollBack(head: Head): Promise<Rollback>;
  /**
   * Applies all logs up to `head`, and returns their number.
   * @throws AppError `chain_moved` when the chain was reorganised meanwhile: roll back and try again
   */
  catchUp(head: Head): Promise<number>;
  /** Forgets everything. */
  reset(): void;
}

/** A block up to which logs have been applied, and what takes back those since the checkpoint before. */
interface Checkpoint {
  readonly number: bigint;
  readonly hash: Hash;
  readonly undo: readonly (() => void)[];
}

/**
 * Replays logs into `reducers` and undoes those of blocks that a reorganisation drops. While catching up a checkpoint
 * covers a range of blocks, at the head it covers one.
 */
export function createLogFollower(parameters: CreateLogFollowerParameters): LogFollower {
  const { client, addresses, reducers, startBlock, reorgWindow } = parameters;
  const mostBlocks = BigInt(parameters.logRange);
  const checkpoints: Checkpoint[] = [];
  let range = mostBlocks;

  async function isOnChain({ number, hash }: Checkpoint, head: Head): Promise<boolean> {
    if (number > head.number) return false;
    if (number === head.number) return hash === head.hash;
    if (number === head.number - 1n) return hash === head.parentHash;
    return hash === (await readHead(client, number)).hash;
  }

  async function rollBack(head: Head): Promise<Rollback> {
    let undone = 0;
    for (let last = checkpoints.at(-1); last !== undefined; last = checkpoints.at(-1)) {
      if (await isOnChain(last, head)) return { undone, exhausted: false };
      last.undo.toReversed().forEach((takeBack) => takeBack());
      checkpoints.pop();
      undone += 1;
    }
    return { undone, exhausted: undone > 0 };
  }

  async function catchUp(head: Head): Promise<number> {
    let applied = 0;
    for (let from = nextBlock(); from <= head.number; from = nextBlock()) {
      const to = from + range > head.number ? head.number : from + range - 1n;
      const chunk = await readChunk(from, to, head);
      if (chunk === undefined) continue; // with a smaller range
      applied += chunk.logs.length;
      apply(chunk.last, chunk.logs);
    }
    return applied;
  }

  function nextBlock(): bigint {
    const last = checkpoints.at(-1);
    return last === undefined ? startBlock : last.number + 1n;
  }

  /** The logs of a range, or nothing when the node would not serve so many at once. */
  async function readChunk(from: bigint, to: bigint, head: Head): Promise<{ last: Head; logs: RawLog[] } | undefined> {
    const last = to === head.number ? head : await readHead(client, to);
    const previous = checkpoints.at(-1);
    if (from === to) {
      if (previous !== undefined && last.parentHash !== previous.hash) throw chainMoved(to);
      return { last, logs: await readLogs(client, { addresses, blockHash: last.hash }) };
    }
    let logs: RawLog[];
    try {
      logs = await readLogs(client, { addresses, from, to });
    } catch (error) {
      // Nodes limit blocks, results, bytes or time, each with an error of its own: any answer means "ask for less".
      if (isAnswerMissing(error)) throw error;
      range = (to - from + 1n) / 2n;
      return undefined;
    }
    // The same last block before and after, on top of what is known: the logs between are of this chain.
    const first = await readHead(client, from);
    const again = await readHead(client, to);
    if (again.hash !== last.hash || (previous !== undefined && first.parentHash !== previous.hash))
      throw chainMoved(to);
    range = range * 2n > mostBlocks ? mostBlocks : range * 2n;
    return { last, logs };
  }

  function apply({ number, hash }: Head, logs: readonly RawLog[]): void {
    const undo = logs.flatMap((log) => reducers.flatMap((reducer) => reducer.apply(log) ?? []));
    checkpoints.push({ number, hash, undo });
    if (checkpoints.length > reorgWindow) checkpoints.shift();
  }

  function reset(): void {
    checkpoints.length = 0;
    range = mostBlocks;
    reducers.forEach((reducer) => reducer.reset());
  }

  return { tip: () => checkpoints.at(-1), rollBack, catchUp, reset };
}

function chainMoved(number: bigint): AppError {
  return new AppError(`the chain was reorganised at block ${number} while its logs were read`, {
    code: 'chain_moved',
    retryable: true,
  });
}
