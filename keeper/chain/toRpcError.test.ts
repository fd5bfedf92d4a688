import { createClient, custom, HttpRequestError, TimeoutError, WaitForTransactionReceiptTimeoutError } from 'viem';
import { getBlock, getBlockNumber } from 'viem/actions';
import { describe, expect, it } from 'vitest';

import { AppError } from '../../sdk/errors';
import { noAnswer, rpcFailure } from '../testing/fakeNode';
import { revertWith } from '../testing/fakeSystem';
import { isAnswerMissing, toRpcError } from './toRpcError';

const URL_WITH_KEY = 'https://node.example/v2/hush';

async function failWith(error: Error): Promise<unknown> {
  const client = createClient({ transport: custom({ request: () => Promise.reject(error) }, { retryCount: 0 }) });
  return getBlockNumber(client).catch((caught: unknown) => caught);
}

describe('toRpcError', () => {
  it.each<[string, boolean, Error]>([
    ['node_unreachable', true, noAnswer()],
    ['node_timeout', true, new TimeoutError({ url: URL_WITH_KEY, body: {} })],
    ['rate_limited', true, new HttpRequestError({ url: URL_WITH_KEY, status: 429 })],
    ['node_failing', true, new HttpRequestError({ url: URL_WITH_KEY, status: 502 })],
    ['node_refused', false, new HttpRequestError({ url: URL_WITH_KEY, status: 401 })],
    ['rpc_rejected', true, rpcFailure(-32_000, 'header not found')],
    ['rpc_rejected', true, rpcFailure(-32_603, 'internal error')],
    ['rpc_rejected', false, rpcFailure(-32_601, 'no such method')],
    ['read_reverted', true, revertWith('Locked', [])],
  ])('calls it %s, retryable %s', async (code, retryable, cause) => {
    const error = toRpcError(await failWith(cause));
    expect(error).toBeInstanceOf(AppError);
    expect(error).toMatchObject({ code, retryable });
    expect((error as AppError).message).not.toContain('hush');
  });

  it('calls a block that is gone just that', async () => {
    const client = createClient({ transport: custom({ request: () => Promise.resolve(null) }) });
    const caught = await getBlock(client, { blockNumber: 1n }).catch((error: unknown) => error);
    expect(toRpcError(caught)).toMatchObject({ code: 'block_gone', retryable: true });
  });

  it('leaves alone what is no answer of a node', () => {
    const bug = new TypeError('x is not a function');
    expect(toRpcError(bug)).toBe(bug);
    const other = new WaitForTransactionReceiptTimeoutError({ hash: '0x12' });
    expect(toRpcError(other)).toBe(other);
    const known = new AppError('known', { code: 'known' });
    expect(toRpcError(known)).toBe(known);
  });
});

describe('isAnswerMissing', () => {
  it('tells no answer from a refusal', async () => {
    expect(isAnswerMissing(await failWith(noAnswer()))).toBe(true);
    expect(isAnswerMissing(await failWith(rpcFailure(-32_000)))).toBe(false);
  });
});
