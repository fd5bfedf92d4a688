import { fork } from 'node:child_process';
import { join } from 'node:path';

import { AppError } from '../../sdk/errors';
import compilerSettings from '../toolchain/compilerSettings.json';
import type { CompilerAnswer, CompilerTask } from './compilerWorker';
import type { Sources } from './createSources';

/** Hexadecimal, without 0x. */
export interface Bytecode {
  readonly creation: string;
  /** With zeros where immutables go. */
  readonly deployed: string;
}

/** By file and contract: `contracts/a/B.sol:B`. */
export type Bytecodes = ReadonlyMap<string, Bytecode>;

export interface Compiler {
  /** @returns the bytecode of every contract in `files`, or what the compiler finds wrong */
  readonly compile: (files: readonly string[], changed?: ReadonlyMap<string, string>) => Promise<Bytecodes | string>;
  readonly stop: () => void;
}

interface SolcContract {
  readonly evm: Readonly<Record<'bytecode' | 'deployedBytecode', { readonly object: string }>>;
}

interface SolcOutput {
  readonly errors?: readonly { readonly severity: string; readonly formattedMessage: string }[];
  readonly contracts?: Readonly<Record<string, Readonly<Record<string, SolcContract>>>>;
}

/**
 * A compiler that stays warm. No optimizer, which takes most of a compilation and changes no behaviour; no metadata, so
 * that equal bytecode means an equal contract.
 */
export function createCompiler(sources: Sources): Compiler {
  const worker = fork(join(__dirname, 'compilerWorker.ts'), { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  const waiting = new Map<number, { done: (output: string) => void; fail: (error: Error) => void }>();
  let next = 0;
  worker.on('message', ({ id, output }: CompilerAnswer) => {
    waiting.get(id)?.done(output);
    waiting.delete(id);
  });
  worker.on('exit', () => {
    for (const { fail } of waiting.values()) fail(new AppError('the compiler ended early', { code: 'compiler_lost' }));
  });

  const run = (input: string): Promise<string> =>
    new Promise((done, fail) => {
      const task: CompilerTask = { id: next++, input };
      waiting.set(task.id, { done, fail });
      worker.send(task);
    });

  return {
    compile: async (files, changed = new Map()) => {
      const needed = new Set(files.flatMap((file) => sources.closure(file)));
      const output = JSON.parse(
        await run(
          JSON.stringify({
            language: 'Solidity',
            sources: Object.fromEntries(
              [...needed].map((file) => [file, { content: changed.get(file) ?? sources.read(file) }]),
            ),
            settings: {
              evmVersion: compilerSettings.evmVersion,
              optimizer: { enabled: false },
              metadata: { appendCBOR: false, bytecodeHash: 'none' },
              outputSelection: Object.fromEntries(
                files.map((file) => [file, { '*': ['evm.bytecode.object', 'evm.deployedBytecode.object'] }]),
              ),
            },
          }),
        ),
      ) as SolcOutput;
      const error = output.errors?.find(({ severity }) => severity === 'error');
      if (error !== undefined) return error.formattedMessage;
      return new Map(
        files.flatMap((file) =>
          sources.contractsIn(file).map((name) => [`${file}:${name}`, toBytecode(output.contracts?.[file]?.[name])]),
        ),
      );
    },
    stop: () => void worker.kill(),
  };
}

function toBytecode(contract: SolcContract | undefined): Bytecode {
  const { bytecode, deployedBytecode } = contract?.evm ?? {};
  return { creation: bytecode?.object ?? '', deployed: deployedBytecode?.object ?? '' };
}
