import {
  encodeFunctionData,
  type Abi,
  type Address,
  type ContractFunctionArgs,
  type ContractFunctionName,
  type PublicClient,
} from 'viem';

import { sendAndWait } from '../../deploy';
import { AppError } from '../../sdk/errors';
import type { Manifest } from '../../sdk/deployment';

// Of the node's twenty accounts: the first six deploy, hold the roles and sign for the keeper; these are the last ones.
const LENDER = 14;
const BORROWERS = [15, 16, 17, 18, 19] as const;

type Writes = 'nonpayable' | 'payable';

export interface Act<TAbi extends Abi, TName extends ContractFunctionName<TAbi, Writes>> {
  readonly from: Address;
  readonly to: Address;
  readonly abi: TAbi;
  readonly functionName: TName;
  readonly args: ContractFunctionArgs<TAbi, Writes, TName>;
}

export interface Actors {
  readonly lender: Address;
  readonly borrowers: readonly Address[];
  /** Somebody calls a contract; ends when that is mined. */
  readonly act: <const TAbi extends Abi, TName extends ContractFunctionName<TAbi, Writes>>(
    call: Act<TAbi, TName>,
  ) => Promise<void>;
}

/** A deployment with the people of the demo. */
export interface DemoWorld extends Actors {
  readonly client: PublicClient;
  readonly manifest: Manifest;
}

/**
 * The people of the demo, for whom the node signs.
 * @throws AppError `accounts_missing`
 */
export async function createActors(client: PublicClient): Promise<Actors> {
  const accounts = await client.request<{ Method: 'eth_accounts'; Parameters?: undefined; ReturnType: Address[] }>({
    method: 'eth_accounts',
  });
  const actor = (index: number): Address => {
    const address = accounts[index];
    if (address !== undefined) return address;
    throw new AppError(`the node signs for ${accounts.length} accounts and the demo needs 20: npm run node has them`, {
      code: 'accounts_missing',
    });
  };
  return {
    lender: actor(LENDER),
    borrowers: BORROWERS.map(actor),
    act: async ({ from, to, ...call }) => {
      const data = encodeFunctionData(call as Parameters<typeof encodeFunctionData>[0]);
      const nonce = await client.getTransactionCount({ address: from, blockTag: 'latest' });
      await sendAndWait({ client, account: from, to, data, nonce });
    },
  };
}
