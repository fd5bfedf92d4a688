import type { Address, Client, Hex } from 'viem';
import { call, estimateGas } from 'viem/actions';

import { decodeRevert, type DecodedRevert } from '../../sdk/errors';
import { isAnswerMissing, toRpcError } from '../chain/toRpcError';
import { skip, type Skip } from './action';

export interface SimulateParameters {
  /** What to simulate on. */
  readonly on: 'latest' | 'pending';
  readonly from: Address;
  readonly to: Address;
  readonly data: Hex;
}

/** A call that would fail, and what a contract said, if one did. */
export interface Refusal extends Skip {
  readonly revert: DecodedRevert | undefined;
}

/** What a call on top of that block returns, or why it would fail. */
export async function simulate(client: Client, { on, from, to, data }: SimulateParameters): Promise<Hex | Refusal> {
  try {
    return (await call(client, { account: from, to, data, blockTag: on })).data ?? '0x';
  } catch (error) {
    return toRefusal(error);
  }
}

/** Gas that a transaction on top of that block would use, or why it would fail. */
export async function estimate(client: Client, { on, from, to, data }: SimulateParameters): Promise<bigint | Refusal> {
  try {
    return await estimateGas(client, { account: from, to, data, blockTag: on });
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
