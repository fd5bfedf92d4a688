import { existsSync, readdirSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';

import { Command } from 'commander';

import { AppError } from '../sdk/errors';
import { run } from './cli/run';
import { takePicture } from './report/takePicture';

const ROOT = join(__dirname, '..');
const REPORTS = join(ROOT, 'reports');

interface Options {
  readonly out: string;
  readonly browser?: string;
}

const program = new Command('report:image')
  .description('Draws the picture of the README from a report, in a Chromium that is installed.')
  .argument('[report]', 'HTML file of a report (default: the newest in reports/)')
  .option('--out <file>', 'where the picture goes', relative(process.cwd(), join(ROOT, 'docs', 'img', 'report.png')))
  .option('--browser <path>', 'Chromium or Chrome (default: the one of this system)')
  .action(draw);

void run(program);

async function draw(report: string | undefined, { out, browser }: Options): Promise<void> {
  const file = report ?? newestReport();
  const size = await takePicture({ report: file, out, ...(browser !== undefined && { browser }) });
  process.stdout.write(`${out}: ${Math.ceil(size / 1_000)} kB, from ${relative(process.cwd(), file)}\n`);
}

function newestReport(): string {
  const names = existsSync(REPORTS) ? readdirSync(REPORTS).filter((name) => name.endsWith('.html')) : [];
  const dated = names.map((name) => ({ path: join(REPORTS, name), time: statSync(join(REPORTS, name)).mtimeMs }));
  const [newest] = dated.sort((a, b) => b.time - a.time);
  if (newest === undefined) {
    throw new AppError('there is no report in reports/ yet: npm start or npm run crash writes one', {
      code: 'report_missing',
    });
  }
  return newest.path;
}
