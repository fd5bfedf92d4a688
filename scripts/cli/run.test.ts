import { Command } from 'commander';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { AppError } from '../../sdk/errors';
import { connect, rpcUrl, withNetworkOptions } from './network';
import { run } from './run';

let printed: string;

beforeEach(() => {
  printed = '';
  const capture = (text: unknown): boolean => {
    printed += String(text);
    return true;
  };
  vi.spyOn(process.stderr, 'write').mockImplementation(capture);
  vi.spyOn(process.stdout, 'write').mockImplementation(capture);
});
afterEach(() => {
  vi.restoreAllMocks();
  process.exitCode = undefined;
});

async function runWith(action: () => unknown, ...args: string[]): Promise<{ code: unknown; lines: string[] }> {
  const program = new Command('demo').option('--size <n>').action(async () => {
    await action();
  });
  await run(program, ['node', 'demo', ...args]);
  return { code: process.exitCode, lines: printed.trimEnd().split('\n') };
}

const nothing = (): void => undefined;

describe('run', () => {
  it('turns a wrong flag into one line and exit code 1 [DEP-06]', async () => {
    expect(await runWith(nothing, '--sise', '3')).toEqual({
      code: 1,
      lines: ["error: unknown option '--sise' (--help lists what there is)"],
    });
  });

  it('turns a foreseen error into its message', async () => {
    const fail = (): never => {
      throw new AppError('no deployment:\n  deploy first', { code: 'deployment_missing' });
    };
    expect(await runWith(fail)).toEqual({ code: 1, lines: ['error: no deployment: deploy first'] });
  });

  it('turns anything else into one line that points to --debug', async () => {
    const fail = (): never => {
      throw new TypeError('x is not a function\nat y');
    };
    expect(await runWith(fail)).toEqual({
      code: 1,
      lines: ['error: x is not a function at y (unexpected: run with --debug for the stack)'],
    });
  });

  it('shows stack and causes with --debug', async () => {
    const fail = (): never => {
      throw new AppError('outer', { code: 'x', cause: new Error('inner') });
    };
    const { code, lines } = await runWith(fail, '--debug');
    expect(code).toBe(1);
    expect(lines.join('\n')).toMatch(/AppError: outer\n +at [^]*caused by: Error: inner\n +at /);
  });

  it('succeeds after --help', async () => {
    const { code, lines } = await runWith(nothing, '--help');
    expect(code).toBe(0);
    expect(lines[0]).toBe('Usage: demo [options]');
  });

  it('leaves the exit code alone when the command succeeds', async () => {
    expect(await runWith(nothing)).toEqual({ code: undefined, lines: [''] });
  });
});

describe('rpcUrl', () => {
  it('needs --rpc for a network it knows nothing of, and takes only http', () => {
    expect(() => rpcUrl({ network: 'sepolia' })).toThrow('--rpc');
    expect(() => rpcUrl({ network: 'localhost', rpc: 'localhost:8545' })).toThrow('not an http(s) URL');
  });

  it('prefers --rpc to the default of localhost', () => {
    expect(rpcUrl({ network: 'localhost' })).toBe('http://127.0.0.1:8545');
    const program = withNetworkOptions(new Command()).parse(['--rpc', 'http://10.0.0.1:1'], { from: 'user' });
    expect(rpcUrl(program.opts())).toBe('http://10.0.0.1:1');
  });
});

describe('connect', () => {
  it('names the dead node without the path of its URL, where keys are [DEP-06]', async () => {
    const error: unknown = await connect({ network: 'test', rpc: 'http://127.0.0.1:9/secret' }).catch(
      (e: unknown) => e,
    );
    expect(error).toBeInstanceOf(AppError);
    expect(error).toMatchObject({ code: 'node_unreachable', retryable: true });
    expect((error as AppError).message).toBe('no node answers at http://127.0.0.1:9');
  });
});
