import { BlockNotFoundError, type Client } from 'viem';
import { getBlock, getBlockNumber, getCode } from 'viem/actions';

import { CORE_CONTRACTS, type Manifest } from '../deployment';
import { AppError, toAppError } from '../errors';

export interface Block {
  readonly number: bigint;
  readonly timestamp: bigint;
}

export interface PickBlockParameters {
  readonly manifest: Pick<Manifest, 'contracts'>;
  /** The newest unless given. */
  readonly blockNumber?: bigint | undefined;
}

/**
 * The block to read at, whose state the node has.
 * @throws AppError `block_missing`, `before_deployment`, `state_missing`; what the node throws
 */
export async function pickBlock(client: Client, { manifest, blockNumber }: PickBlockParameters): Promise<Block> {
  const head = await getBlockNumber(client, { cacheTime: 0 });
  const wanted = blockNumber ?? head;
  if (wanted > head) throw fail('block_missing', `there is no block ${wanted} yet: the newest is ${head}`);
  const deployedAt = Math.max(...CORE_CONTRACTS.map((name) => manifest.contracts[name].block));
  if (wanted < BigInt(deployedAt)) {
    throw fail(
      'before_deployment',
      `at block ${wanted} this deployment did not stand yet: it does from ${deployedAt} on`,
    );
  }
  const { number, timestamp } = await getBlock(client, { blockNumber: wanted }).catch((cause: unknown) => {
    if (cause instanceof BlockNotFoundError)
      throw fail('block_missing', `the node does not know block ${wanted}`, cause);
    throw cause;
  });
  await requireState(client, manifest, number, head);
  return { number, timestamp };
}

/**
 * Nodes that have thrown old state away each say so in words of their own. What they have in common is that the same
 * read is answered at the head.
 */
async function requireState(
  client: Client,
  { contracts }: PickBlockParameters['manifest'],
  wanted: bigint,
  head: bigint,
): Promise<void> {
  const { address } = contracts.MarginVault;
  try {
    await getCode(client, { address, blockNumber: wanted });
  } catch (cause) {
    if (wanted === head) throw cause;
    await getCode(client, { address, blockNumber: head });
    const words = toAppError(cause).message;
    throw fail(
      'state_missing',
      `the node no longer has the state of block ${wanted} (${words}): ask an archive node, with --rpc`,
      cause,
    );
  }
}

function fail(code: string, message: string, cause?: unknown): AppError {
  return new AppError(message, { code, ...(cause !== undefined && { cause }) });
}
