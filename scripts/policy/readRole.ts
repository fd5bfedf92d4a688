import { getAddress, type Address } from 'viem';
import { readContract } from 'viem/actions';

import { ROLE_ID } from '../../deploy';
import { accessManagerAbi } from '../../sdk/abi';
import { AppError } from '../../sdk/errors';
import type { Chain } from './openChain';

export interface RoleHolder {
  readonly holder: Address;
  /** seconds */
  readonly delay: number;
}

/**
 * Who holds the risk role, by the manifest and in force on the chain, and how long it waits.
 * @throws AppError `holder_missing`
 */
export async function readRole({ client, manifest, block }: Chain): Promise<RoleHolder> {
  const holders = manifest.roles.find(({ id }) => id === String(ROLE_ID.risk))?.holders ?? [];
  for (const holder of holders) {
    const [isMember, delay] = await readContract(client, {
      address: manifest.contracts.AccessManager.address,
      abi: accessManagerAbi,
      functionName: 'hasRole',
      args: [ROLE_ID.risk, holder],
      blockNumber: block.number,
    });
    if (isMember) return { holder: getAddress(holder), delay };
  }
  throw new AppError(`nobody whom the manifest names (${holders.join(', ') || 'nobody'}) holds the risk role`, {
    code: 'holder_missing',
  });
}
