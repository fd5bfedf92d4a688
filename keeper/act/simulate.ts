import type { Address, Client, Hex } from 'viem';
import { call, estimateGas } from 'viem/actions';

import { decodeRevert, type DecodedRevert } from '../../sdk/errors';
import { isAnswerMissing, toRpcError } from '../chain/toRpcError';
import { skip, type Skip } from './action';

export interface SimulateParameters {
  readonly from: Address;
  readonly to: Address;
  readonly data: Hex;
}

/** A call that would fail, and what a contract said, if one did. */
export interface Refusal extends Skip {
  readonly revert: DecodedRevert | undefined;
}

/** What a call on top of the newest block returns, or why it would fail. */
export async function simulate(client: Client, { from, to, data }: SimulateParameters): Promise<Hex | Refusal> {
  try {
    return (await call(client, { account: from, to, data })).data ?? '0x';
  } catch (error) {
    return toRefusal(error);
  }
}

/** Gas that a transaction on top of the newest block would use, or why it would fail. */
export async function estimate(client: Client, { from, to, data }: SimulateParameters): Promise<bigint | Refusal> {
  try {
    return await estimateGas(client, { account: from, to, data });
  } catch (error) {
    return toRefusal(error);
  }
}

function toRefusal(error: unknown): Refusal {
  const revert = decodeRevert(error);
  if (revert !== undefined) return { ...skip(revert.name, { revert: revert.text }), revert };
  // without an answer nothing is known of the account: that is the pass's failure, not the action's
  if (isAnswerMissing(error)) throw error;
  const { code = 'unexpected', message } = toRpcError(error) as { code?: string; message: string };
  return { ...skip(code, { error: message }), revert: undefined };
}
