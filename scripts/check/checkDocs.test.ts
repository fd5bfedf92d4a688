import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import { listFiles } from '../toolchain/listFiles';
import { ROOT } from '../toolchain/root';
import { checkCommands, checkPages, checkRows } from './checkDocs';

const SPEC = '- **ABC-01** One thing holds.\n';
const page = (text: string) => ({ path: 'docs/a.md', text });

describe('checkPages', () => {
  it.each([
    ['a path', 'See `contracts/A.sol`.', 'docs/a.md: there is no contracts/A.sol'],
    ['a link beside it', '[b](b.md)', 'docs/a.md: there is no docs/b.md'],
    ['a link above it', '[b](../b.md#part)', 'docs/a.md: there is no b.md'],
    ['an id', 'ABC-02 holds', 'docs/a.md: docs/spec.md has no ABC-02'],
  ])('finds %s that is not there', (_, text, problem) => {
    expect(checkPages([page(text)], SPEC, () => false)).toEqual([problem]);
  });

  it('leaves placeholders, addresses and the ids of others alone', () => {
    const text = '`deployments/<network>/manifest.json` [w](https://example.org) [p](#part) ERC-20 ABC-01';
    expect(checkPages([page(text)], SPEC, () => false)).toEqual([]);
  });
});

describe('checkCommands', () => {
  it('finds a command that package.json has not, once a page, and no other', () => {
    const text =
      '`npm run account -- 0x12` is gone, `npm run account`; `npm run forge:test`, npm test, npm ci, `npm start`.';
    expect(checkCommands([page(text)], { 'forge:test': '', test: '' })).toEqual([
      'docs/a.md: there is no npm run account',
      'docs/a.md: there is no npm run start',
    ]);
  });
});

describe('checkRows', () => {
  it('finds a requirement that none of the tests beside it quotes', () => {
    const row = page('| a | ABC-01 ABC-02 | `test/unit/a.test.ts`, `test/forge/A.t.sol` |');
    const read = (path: string) => (path.endsWith('.sol') ? '/// [ABC-02] by fuzzing' : "it('a', () => {});");
    expect(checkRows(row, read)).toEqual(['docs/a.md: none of test/unit/a.test.ts, test/forge/A.t.sol quotes ABC-01']);
  });
});

describe('the documentation', () => {
  const read = (path: string) => readFileSync(join(ROOT, path), 'utf8');
  const paths = [...listFiles(['docs'], '.md'), 'README.md', 'SECURITY.md', 'CONTRIBUTING.md', 'deployments/README.md'];
  const pages = paths.map((path) => ({ path, text: read(path) }));

  it('names files, links and requirements that are there', () => {
    expect(checkPages(pages, read('docs/spec.md'), (path) => existsSync(join(ROOT, path)))).toEqual([]);
  });

  it('names commands that are there', () => {
    const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
    expect(checkCommands(pages, scripts)).toEqual([]);
  });

  it('names beside each requirement a test that quotes it', () => {
    expect(pages.flatMap((each) => checkRows(each, read))).toEqual([]);
  });
});
