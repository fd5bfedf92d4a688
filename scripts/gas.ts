import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { SingleBar } from 'cli-progress';
import { Command } from 'commander';

import { AppError } from '../sdk/errors';
import { run } from './cli/run';
import { BENCHES, measure } from './gas/measure';
import { regressions, renderGas } from './gas/renderGas';
import { ROOT } from './toolchain/root';

const SNAPSHOT = join(ROOT, 'docs', 'gas.md');

const program = new Command('gas')
  .description("Measures what the vault's actions cost, beside what they cost elsewhere, and writes docs/gas.md.")
  .option('--check', 'write nothing, and fail where docs/gas.md says something else')
  .action(gas);

void run(program);

async function gas({ check = false }: { readonly check?: boolean }): Promise<void> {
  const bar = new SingleBar({ format: 'measuring {bar} {value}/{total}', clearOnComplete: true });
  bar.start(BENCHES, 0);
  const measured = await measure(() => bar.increment());
  const table = renderGas(measured);
  bar.stop();
  if (!check) writeFileSync(SNAPSHOT, table);
  process.stdout.write(table);
  const above = regressions(measured);
  if (above.length > 0) throw new AppError(`above their goals: ${above.join(', ')}`, { code: 'goal_missed' });
  if (check && readFileSync(SNAPSHOT, 'utf8') !== table) {
    throw new AppError('docs/gas.md says something else: run npm run gas and look at what changed', {
      code: 'snapshot_differs',
    });
  }
}
