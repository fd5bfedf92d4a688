import { isAddressEqual, type Address, type Client, type Hex } from 'viem';
import { getBlock, getCode } from 'viem/actions';

import { AppError } from '../../sdk/errors';
import { DEVELOPMENT_CHAIN } from '../developmentChain';
import type { Journal, JournalStore } from './journal';

export interface OpenParameters {
  readonly client: Client;
  readonly store: JournalStore;
  readonly chainId: number;
  readonly deployer: Address;
  readonly onNotice?: ((line: string) => void) | undefined;
}

/**
 * The journal of earlier runs on this very chain, or a new one. A development chain that was restarted has lost what the
 * journal tells of, and is deployed to anew; on any other chain that is no normal event, and is refused.
 * @throws AppError `deployment_lost`, `deployer_changed`; `config_invalid` from a journal that was tampered with
 */
export async function openJournal({ client, store, chainId, deployer, onNotice }: OpenParameters): Promise<Journal> {
  const genesisHash = await readGenesisHash(client);
  const fresh: Journal = { schemaVersion: 1, chainId, genesisHash, deployer, entries: [] };
  const known = store.read();
  if (known === undefined) return fresh;
  const loss = await findLoss(client, known, fresh);
  if (loss !== undefined) {
    if (chainId !== DEVELOPMENT_CHAIN) {
      throw new AppError(`the deployment begun earlier is not on this chain: ${loss}`, { code: 'deployment_lost' });
    }
    onNotice?.(`the development chain was restarted (${loss}): deploying anew`);
    store.clear();
    return fresh;
  }
  if (!isAddressEqual(known.deployer, deployer)) {
    throw new AppError(`the deployment was begun by ${known.deployer} and cannot be completed by ${deployer}`, {
      code: 'deployer_changed',
    });
  }
  return known;
}

async function findLoss(client: Client, known: Journal, now: Journal): Promise<string | undefined> {
  if (known.chainId !== now.chainId) return `its id was ${known.chainId}`;
  if (known.genesisHash !== now.genesisHash) return 'its first block is another';
  for (const { step, creates, mined } of known.entries) {
    if (creates === undefined || mined === undefined) continue;
    if ((await getCode(client, { address: creates })) === undefined) return `${step} is not at ${creates}`;
  }
  return undefined;
}

async function readGenesisHash(client: Client): Promise<Hex> {
  const { hash } = await getBlock(client, { blockNumber: 0n });
  return hash;
}
