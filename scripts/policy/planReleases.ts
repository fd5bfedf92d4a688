import { encodeFunctionData, type Address } from 'viem';
import { readContract } from 'viem/actions';

import { marginPolicyAbi } from '../../sdk/abi';
import type { Chain } from './openChain';
import type { PlannedCall } from './planCall';

/** `calls` with a release before each that loosens what the guardian has restricted. */
export async function planReleases(
  { client, manifest, block }: Chain,
  calls: readonly PlannedCall[],
): Promise<PlannedCall[]> {
  const target = manifest.contracts.MarginPolicy.address;
  const planned: PlannedCall[] = [];
  const released = new Set<Address>();
  for (const call of calls) {
    const asset = call.asset ?? manifest.quote.address;
    if (loosens(call) && !released.has(asset)) {
      const policy = { address: target, abi: marginPolicyAbi, blockNumber: block.number } as const;
      const restriction = await readContract(client, { ...policy, functionName: 'restrictedAt', args: [asset] });
      if (restriction !== 0n) {
        const args = [asset, restriction] as const;
        const data = encodeFunctionData({ abi: marginPolicyAbi, functionName: 'release', args });
        const { subject } = call;
        const contract = 'MarginPolicy';
        const value = { restriction };
        planned.push({ subject, contract, functionName: 'release', target, data, value, asset, changes: [] });
        released.add(asset);
      }
    }
    planned.push(call);
  }
  return planned;
}

/** Whether it opens what the guardian may close. */
function loosens({ functionName, changes }: PlannedCall): boolean {
  return changes.some(({ field, from, to }) => {
    const rises = Number(to) > Number(from);
    if (functionName === 'setCashTerms') return field === 'borrowCap' && rises;
    if (functionName === 'setCollateral' && field === 'supplyCap') return rises;
    if (functionName === 'setPair' && field === 'listed') return to === true;
    const isHaircut = field === 'initialHaircutBps' && (functionName === 'setCollateral' || functionName === 'setPair');
    return isHaircut && !rises;
  });
}
