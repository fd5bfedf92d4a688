import {
  encodeAbiParameters,
  encodeFunctionData,
  getAbiItem,
  keccak256,
  toFunctionSelector,
  type Address,
  type Hex,
  type LocalAccount,
} from 'viem';
import { privateKeyToAccount } from 'viem/accounts';

import { DEVELOPMENT_CHAIN, sendAndWait } from '../../deploy';
import { accessManagerAbi, instrumentPolicyAbi, marginPolicyAbi, marginVaultAbi } from '../../sdk/abi';
import { readOperations, type Operation } from '../../sdk/client';
import { AppError } from '../../sdk/errors';
import type { Chain } from './openChain';
import type { PlannedCall } from './planCall';
import type { RoleHolder } from './readRole';

/** Where the risk role's key comes from, but on development chains. */
export const RISK_KEY = 'PLIMSOLL_RISK_KEY';

const SET_CASH_TERMS = toFunctionSelector(getAbiItem({ abi: marginPolicyAbi, name: 'setCashTerms' }));

export interface Proposal {
  readonly call: PlannedCall;
  readonly id: Hex;
  /** What is sent to the access manager. */
  readonly data: Hex;
  /** Whether it waits or is ready already, so that there is nothing to send. */
  readonly isScheduled: boolean;
}

/** AccessManager's id of an operation. */
export function operationId(caller: Address, target: Address, data: Hex): Hex {
  const types = [{ type: 'address' }, { type: 'address' }, { type: 'bytes' }] as const;
  return keccak256(encodeAbiParameters(types, [caller, target, data]));
}

/**
 * What has to be sent to schedule `calls`, but for those that are scheduled already: who sent a half sends the rest.
 * @throws AppError `role_does_not_wait`
 */
export async function planProposals(
  chain: Chain,
  calls: readonly PlannedCall[],
  { holder, delay }: RoleHolder,
): Promise<Proposal[]> {
  if (delay === 0) {
    throw new AppError(`the risk role ${holder} does not wait on ${chain.network}: it calls the contracts itself`, {
      code: 'role_does_not_wait',
    });
  }
  const operations = await readScheduled(chain);
  return calls.map((call) => {
    const { target, data } = call;
    const id = operationId(holder, target, data);
    const isScheduled = operations.some((operation) => operation.id === id && operation.state !== 'expired');
    const args = [target, data, 0] as const;
    const sent = encodeFunctionData({ abi: accessManagerAbi, functionName: 'schedule', args });
    return { call, id, data: sent, isScheduled };
  });
}

export function readScheduled({ client, manifest, block }: Chain): Promise<Operation[]> {
  return readOperations(client, {
    manager: manifest.contracts.AccessManager.address,
    startBlock: BigInt(manifest.startBlock),
    blockNumber: block.number,
  });
}

/** Schedules those that are not yet, one after the other. */
export async function sendProposals(chain: Chain, proposals: readonly Proposal[], sender: Sender): Promise<void> {
  const to = chain.manifest.contracts.AccessManager.address;
  for (const { data, isScheduled } of proposals) {
    if (!isScheduled) await sender(to, data);
  }
}

/** Executes one; what interest the time before costs is booked first where its terms change. */
export async function execute(chain: Chain, { target, data }: Operation, sender: Sender): Promise<void> {
  const { AccessManager, MarginVault } = chain.manifest.contracts;
  if (data.startsWith(SET_CASH_TERMS)) {
    await sender(MarginVault.address, encodeFunctionData({ abi: marginVaultAbi, functionName: 'accrue' }));
  }
  const call = encodeFunctionData({ abi: accessManagerAbi, functionName: 'execute', args: [target, data] });
  await sender(AccessManager.address, call);
}

/** Settles `assets` and the terms of liquidation. */
export async function settle(chain: Chain, assets: readonly Address[], sender: Sender): Promise<void> {
  const data = encodeFunctionData({ abi: marginPolicyAbi, functionName: 'settle', args: [[...assets]] });
  await sender(chain.manifest.contracts.MarginPolicy.address, data);
}

/** Settles the terms of underlyings, by their numbers. */
export async function settleInstruments(chain: Chain, numbers: readonly number[], sender: Sender): Promise<void> {
  const data = encodeFunctionData({ abi: instrumentPolicyAbi, functionName: 'settle', args: [[...numbers]] });
  await sender(chain.manifest.contracts.InstrumentPolicy.address, data);
}

/** Sends a transaction of the risk role and waits for it. */
export type Sender = (to: Address, data: Hex) => Promise<void>;

/**
 * On a development chain the node signs, elsewhere a key from the environment.
 * @throws AppError `key_missing`, `key_mismatch`
 */
export async function createSender(
  { client }: Chain,
  { holder }: RoleHolder,
  environment: NodeJS.ProcessEnv,
): Promise<Sender> {
  const account = await findAccount();
  return async (to, data) => {
    const nonce = await client.getTransactionCount({ address: holder, blockTag: 'latest' });
    await sendAndWait({ client, account, to, data, nonce });
  };

  async function findAccount(): Promise<Address | LocalAccount> {
    const key = environment[RISK_KEY];
    if (key === undefined && (await client.getChainId()) === DEVELOPMENT_CHAIN) return holder;
    if (key === undefined || !/^0x[0-9a-fA-F]{64}$/.test(key)) {
      throw new AppError(
        `${RISK_KEY} must be the private key of ${holder}, 0x and 64 hex digits; --dry-run needs none`,
        {
          code: 'key_missing',
        },
      );
    }
    const signer = privateKeyToAccount(key as Hex);
    if (signer.address === holder) return signer;
    throw new AppError(`${RISK_KEY} is the key of ${signer.address}, and the risk role is held by ${holder}`, {
      code: 'key_mismatch',
    });
  }
}
