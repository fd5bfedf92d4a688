import type { Client } from 'viem';
import { readContract } from 'viem/actions';

import type { Deployed } from './createExecutor';

/** What a view of `target` returns now. */
export function readDeployed(
  client: Client,
  { artifact, address }: Deployed,
  functionName: string,
  args: readonly unknown[] = [],
): Promise<unknown> {
  return readContract(client, { address, abi: artifact.abi, functionName, args: [...args] });
}
