import { existsSync } from 'node:fs';
import { join } from 'node:path';

import { Command, Option } from 'commander';

import { run } from '../cli/run';
import { ROOT } from './root';
import { runTool } from './runTool';
import { broken, SUITES, type SuiteResult } from './suites';

/** Scripts of scripts/check/ that fail when something committed is out of date. */
const CHECKS = ['abi', 'spec', 'storage'] as const;

const program = new Command('test')
  .description(
    'Compiles, checks what is generated, then runs every suite, even when one fails. The last line sums them up as ' +
      '"N passed, N failed".',
  )
  .addOption(
    new Option('--only <suite...>', 'run these suites only, and no checks').choices(SUITES.map(({ key }) => key)),
  )
  .action(test);

void run(program);

async function test({ only }: { readonly only?: readonly string[] }): Promise<void> {
  const results: SuiteResult[] = [];
  heading('compile');
  if (runTool('hardhat', ['compile']) !== 0) {
    results.push({ ...broken('compile'), note: 'the contracts do not compile, no suite ran' });
  } else {
    const checks = only === undefined ? CHECKS : [];
    for (const check of checks.map((name) => `scripts/check/${name}.ts`)) {
      if (!existsSync(join(ROOT, check))) continue;
      heading(check);
      if (runTool('tsx', [check]) !== 0) results.push({ ...broken(check), note: 'out of date, see above' });
    }
    for (const suite of SUITES.filter(({ key }) => only?.includes(key) ?? true)) {
      heading(suite.name);
      results.push(await suite.run(suite.name));
    }
  }
  report(results);
}

function report(results: readonly SuiteResult[]): void {
  heading('summary');
  for (const { name, passed, failed, skipped, note } of results) {
    const counts = `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
    print(`${name.padEnd(22)}${counts}${note === undefined ? '' : ` (${note})`}`);
  }
  const total = (key: 'passed' | 'failed' | 'skipped'): number => results.reduce((sum, result) => sum + result[key], 0);
  const skipped = total('skipped') > 0 ? `, ${total('skipped')} skipped` : '';
  print(`\n${total('passed')} passed, ${total('failed')} failed${skipped}`);
  process.exitCode = total('failed') > 0 ? 1 : 0;
}

function heading(text: string): void {
  print(`\n== ${text} ==`);
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
