import { createPublicClient, custom, http, zeroAddress } from 'viem';
import { describe, expect, it } from 'vitest';

import { marginVaultAbi } from '../abi';
import { AppError } from './appError';
import { toAppError } from './toAppError';

const CALL = { address: zeroAddress, abi: marginVaultAbi, functionName: 'quote' } as const;

async function failure(request: () => Promise<unknown>): Promise<AppError> {
  const client = createPublicClient({ transport: custom({ request }, { retryCount: 0 }) });
  return toAppError(await client.readContract(CALL).catch((error: unknown) => error));
}

describe('toAppError', () => {
  it('leaves an AppError alone', () => {
    const error = new AppError('told you', { code: 'foreseen' });
    expect(toAppError(error)).toBe(error);
  });

  it('calls a dead node retryable', async () => {
    const client = createPublicClient({ transport: http('http://127.0.0.1:9', { retryCount: 0 }) });
    const error = toAppError(await client.readContract(CALL).catch((thrown: unknown) => thrown));
    expect(error).toMatchObject({ code: 'node_unreachable', retryable: true });
  });

  it('gives the reason of a revert, and does not call it retryable', async () => {
    // an in-process provider sets no code, so viem by itself does not see a revert
    const error = await failure(() => Promise.reject(Object.assign(new Error('reverted'), { data: '0x0f2e5b6c' })));
    expect(error).toMatchObject({ code: 'reverted', retryable: false });
    const decoded = await failure(() => Promise.reject(Object.assign(new Error('reverted'), { data: '0x1f2a2005' })));
    expect(decoded.message).toBe('ZeroAmount()');
  });

  it('says that an address without code is no contract', async () => {
    expect((await failure(() => Promise.resolve('0x'))).code).toBe('no_contract');
  });

  it('keeps whatever else as unexpected, with its cause', () => {
    const cause = new TypeError('x is not a function');
    expect(toAppError(cause)).toMatchObject({ code: 'unexpected', message: 'x is not a function', cause });
    expect(toAppError('thrown text').message).toBe('thrown text');
  });
});
