import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { AppError } from '../errors';
import { testManifest } from '../testing/testManifest';
import { readDeployment } from './readDeployment';

let root: string;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'plimsoll-deployments-'));
  await mkdir(join(root, 'localhost'));
});
afterEach(() => rm(root, { recursive: true }));

async function read(content?: unknown): Promise<unknown> {
  const text = typeof content === 'string' ? content : JSON.stringify(content);
  if (content !== undefined) await writeFile(join(root, 'localhost', 'manifest.json'), text);
  return readDeployment({ network: 'localhost', root });
}

async function failure(content?: unknown): Promise<AppError> {
  const error: unknown = await read(content).catch((thrown: unknown) => thrown);
  if (error instanceof AppError) return error;
  throw new Error('did not fail with an AppError');
}

describe('readDeployment', () => {
  it('says how to deploy when there is no manifest [SDK-04]', async () => {
    const { code, message } = await failure();
    expect(code).toBe('deployment_missing');
    expect(message).toContain('npm run deploy -- --network localhost');
  });

  it('names the file when it is cut short [SDK-04]', async () => {
    const { code, message } = await failure('{"network": ');
    expect(code).toBe('deployment_invalid');
    expect(message).toContain('manifest.json is not JSON');
  });

  it('names the field that is wrong, missing or unknown [SDK-04]', async () => {
    const { MarginVault, ...rest } = testManifest.contracts;
    const bad = { ...MarginVault, address: '0x12' };
    expect((await failure({ ...testManifest, contracts: rest })).message).toContain('contracts.MarginVault');
    expect((await failure({ ...testManifest, contracts: { ...rest, MarginVault: bad } })).message).toContain(
      'contracts.MarginVault.address: is not an address',
    );
    expect((await failure({ ...testManifest, surprise: 1 })).message).toContain('surprise');
    expect((await failure({ ...testManifest, chainId: 1.5 })).message).toContain('chainId');
  });

  it('checksums addresses and keeps further contracts', async () => {
    const lower = testManifest.contracts.MarginLens.address.toLowerCase();
    const contracts = { ...testManifest.contracts, Weth: { ...testManifest.contracts.MarginLens, address: lower } };
    expect(await read({ ...testManifest, contracts })).toMatchObject({
      contracts: { Weth: { address: testManifest.contracts.MarginLens.address } },
    });
  });
});
