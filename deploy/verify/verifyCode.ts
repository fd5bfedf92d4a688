import { encodeDeployData, type Client } from 'viem';
import { getCode, getTransaction } from 'viem/actions';

import type { DeployedHere } from '../createExecutor';
import { sameCode } from './sameCode';

/** The code that stands, and the constructor arguments that it was made with. */
export async function verifyCode(client: Client, made: readonly DeployedHere[]): Promise<string[]> {
  const found: string[] = [];
  for (const { key, address, artifact, args, txHash } of made) {
    const code = await getCode(client, { address });
    if (code === undefined) found.push(`${key} has no code at ${address}`);
    else if (!sameCode(code, artifact.deployedBytecode)) found.push(`the code of ${key} at ${address} is another`);
    const { to, input } = await getTransaction(client, { hash: txHash });
    const madeByCall = to !== null;
    if (madeByCall) continue;
    const { abi, bytecode } = artifact;
    if (input !== encodeDeployData({ abi, bytecode, args: [...args] })) {
      found.push(`${key} was made from other code or arguments`);
    }
  }
  return found;
}
