import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { build } from 'esbuild';

const PAGE = join(__dirname, 'page');

export interface PageBundle {
  readonly script: string;
  readonly style: string;
}

/** The page's script with the parts of ECharts it draws with, and its style sheet: all that a report needs to work alone. */
export async function bundlePage(): Promise<PageBundle> {
  const [{ outputFiles }, style] = await Promise.all([
    build({
      entryPoints: [join(PAGE, 'main.ts')],
      bundle: true,
      minify: true,
      write: false,
      format: 'iife',
      target: 'es2022',
      platform: 'browser',
      charset: 'utf8',
      legalComments: 'none', // the page says what it contains and under which licence
      logLevel: 'silent',
      tsconfigRaw: {},
    }),
    readFile(join(PAGE, 'page.css'), 'utf8'),
  ]);
  const [script] = outputFiles;
  if (script === undefined) throw new Error('esbuild wrote no script');
  return { script: script.text, style };
}
