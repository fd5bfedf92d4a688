import type { Client } from 'viem';
import { getBlock, getChainId, getCode } from 'viem/actions';

import { AppError } from '../errors';
import { CORE_CONTRACTS, type Manifest } from './schema';

/**
 * Makes sure that the chain behind `client` is the one of `manifest`: same id, same first block, code at every core
 * contract. A development chain that was restarted keeps its id and loses its contracts.
 * @throws AppError `wrong_chain`, `deployment_stale`; what the node throws
 */
export async function checkDeployment(client: Client, manifest: Manifest): Promise<void> {
  await checkChain(client, manifest);
  for (const name of CORE_CONTRACTS) {
    const code = await getCode(client, { address: manifest.contracts[name].address });
    if (code === undefined) throw stale(manifest, `it has no ${name} at ${manifest.contracts[name].address}`);
  }
}

/**
 * The same without a look at the contracts.
 * @throws AppError `wrong_chain`, `deployment_stale`; what the node throws
 */
export async function checkChain(client: Client, manifest: Manifest): Promise<void> {
  const chainId = await getChainId(client);
  if (chainId !== manifest.chainId) {
    throw new AppError(
      `the node serves chain ${chainId}, the deployment on ${manifest.network} is of chain ${manifest.chainId}`,
      { code: 'wrong_chain' },
    );
  }
  if (manifest.genesisHash !== undefined) {
    const { hash } = await getBlock(client, { blockNumber: 0n });
    if (hash !== manifest.genesisHash) throw stale(manifest, 'its first block is another');
  }
}

function stale({ network }: Manifest, reason: string): AppError {
  return new AppError(`the chain is not the one deployed to (${reason}): run npm run deploy -- --network ${network}`, {
    code: 'deployment_stale',
  });
}
