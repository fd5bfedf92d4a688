import { encodeFunctionData, type Abi, type Address, type ContractFunctionArgs, type ContractFunctionName } from 'viem';

import type { SimChain } from '../chain/createSimChain';

type Writes = 'nonpayable' | 'payable';

export interface Act<TAbi extends Abi, TName extends ContractFunctionName<TAbi, Writes>> {
  readonly from: Address;
  readonly to: Address;
  readonly abi: TAbi;
  readonly functionName: TName;
  readonly args: ContractFunctionArgs<TAbi, Writes, TName>;
}

/**
 * Somebody calls a contract.
 * @throws what the node throws where the call reverts
 */
export async function act<const TAbi extends Abi, TName extends ContractFunctionName<TAbi, Writes>>(
  chain: SimChain,
  { from, to, ...call }: Act<TAbi, TName>,
): Promise<void> {
  await chain.send({ from, to, data: encodeFunctionData(call as Parameters<typeof encodeFunctionData>[0]) });
}
