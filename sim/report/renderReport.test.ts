import { beforeAll, describe, expect, it } from 'vitest';

import { deepestFall, describeNoLoss, summarise } from './summary';
import { renderReport } from './renderReport';
import { sampleRun } from './sampleRun';
import { scriptJson } from './html';

const runs = [sampleRun('default', 600), sampleRun('instant', 0)];

describe('renderReport', () => {
  let page: string;
  beforeAll(async () => {
    page = await renderReport({ runs, command: 'npm run crash -- --seed 1' });
  });

  it('refuses to report on nothing', async () => {
    await expect(renderReport({ runs: [], command: '' })).rejects.toThrow(RangeError);
  });

  it('asks nothing of the network [SIM-05]', () => {
    expect(page).not.toMatch(/\s(src|href|action|srcset|data-src)\s*=\s*["']?(https?:)?\/\//i);
    expect(page).not.toMatch(/url\(\s*["']?(https?:)?\/\//i);
    expect(page).not.toMatch(/@import|<link|<iframe|<img/i);
    expect(page).toContain(`content="default-src 'none'`);
  });

  it('is the same, byte for byte, for the same runs [SIM-01]', async () => {
    expect(await renderReport({ runs, command: 'npm run crash -- --seed 1' })).toBe(page);
  });

  it('shows the figures without its script [SIM-05]', () => {
    const text = page.slice(0, page.indexOf('<script'));
    for (const { digest, policy } of runs) {
      expect(text).toContain(digest);
      expect(text).toContain(`Accounts by state: ${policy.name}`);
    }
    expect(text).toContain('npm run crash -- --seed 1');
    expect(text).not.toMatch(/NaN|undefined|\[object|Infinity/);
  });

  it('gives every chart a title that screen readers find', () => {
    const charts = [...page.matchAll(/data-chart="([^"]+)" role="img" aria-labelledby="([^"]+)"/g)];
    expect(charts.length).toBeGreaterThanOrEqual(8);
    for (const [, , label] of charts) expect(page).toContain(`<figcaption id="${label!}">`);
  });

  it('escapes what scenario and policy are called [SIM-05]', async () => {
    const [run] = runs;
    const scenario = { ...run!.scenario, title: '<img src=x onerror=alert(1)>' };
    const hostile = await renderReport({ runs: [{ ...run!, scenario }], command: '</script>' });
    expect(hostile).not.toContain('<img src=x');
    expect(hostile).toContain('&lt;img src=x');
  });

  it('reports on one policy alone', async () => {
    const alone = await renderReport({ runs: runs.slice(0, 1), command: '' });
    expect(alone).not.toContain('against instant');
    expect(alone).toContain('data-chart="states-0"');
    expect(alone).not.toContain('data-chart="states-1"');
  });
});

describe('scriptJson', () => {
  it('cannot end the script that holds it', () => {
    expect(scriptJson({ name: '</script><script>' }).markup).not.toContain('<');
  });
});

describe('describeNoLoss', () => {
  it('says only that nothing was drawn where nobody was liquidated', () => {
    expect(describeNoLoss([{ ...runs[0]!, liquidations: [] }])).toBe('None: nothing was drawn on the waterfall.');
  });

  it('says how near the nearest account came, under each policy', () => {
    const [first, second] = runs;
    const at = (run: (typeof runs)[number], health: number) => ({
      ...run,
      liquidations: [1, health].map((each) => ({ ...run.liquidations[0]!, health: each })),
    });
    const text = describeNoLoss([at(first!, 0.39), at(second!, 0.12)]);
    expect(text).toContain('sold at health 0.39 under default and health 0.12 under instant');
    expect(describeNoLoss([at(first!, 0.39)])).toContain('sold at health 0.39 (');
  });
});

describe('summarise', () => {
  it('says of a run in which nothing happened that nothing happened', () => {
    const [run] = runs;
    const quiet = {
      ...run!,
      totals: {
        ...run!.totals,
        calls: 0,
        accountsCalled: 0,
        liquidations: 0,
        accountsLiquidated: 0,
        waterfall: { shortfall: 0, fromReserves: 0, fromJunior: 0, fromSenior: 0, socialised: 0, unpaid: 0 },
      },
    };
    expect(summarise([quiet])[1]).toContain('nobody was called and nobody was liquidated');
  });

  it('turns its verdict with the numbers', () => {
    const [first, second] = runs;
    const verdict = (a: number, b: number): string => {
      const at = (run: (typeof runs)[number], bps: number) => ({
        ...run,
        totals: { ...run.totals, ownerCost: { ...run.totals.ownerCost, bps } },
      });
      return summarise([at(first!, a), at(second!, b)]).at(-1)!;
    };
    expect(verdict(10, 40)).toContain('saved owners 30');
    expect(verdict(40, 10)).toContain('cost owners 30');
    expect(verdict(40, 40)).toContain('cost owners the same');
  });

  it('finds the deepest fall, not the longest', () => {
    expect(deepestFall([100, 90, 120, 60, 80])).toEqual({ from: 2, to: 3, part: 0.5 });
    expect(deepestFall([1, 2, 3]).part).toBe(0);
  });
});
