import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

import { chromium, type Browser, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { CHROMIUM_FLAGS, findChromium } from './findChromium';
import { renderReport } from './renderReport';
import { sampleRun } from './sampleRun';

const BROWSER = findChromium();

describe.skipIf(BROWSER === undefined)(
  'a report in a browser (skipped where there is no Chromium)',
  () => {
    const folder = mkdtempSync(join(tmpdir(), 'plimsoll-report-'));
    const file = join(folder, 'report.html');
    let browser: Browser;

    beforeAll(async () => {
      writeFileSync(
        file,
        await renderReport({ runs: [sampleRun('default', 600), sampleRun('instant', 0)], command: '' }),
      );
      browser = await chromium.launch({ executablePath: BROWSER!, args: [...CHROMIUM_FLAGS] });
    }, 60_000);

    afterAll(async () => {
      await browser.close();
      rmSync(folder, { recursive: true });
    });

    async function open(width: number, colorScheme: 'light' | 'dark'): Promise<{ page: Page; complaints: string[] }> {
      const page = await browser.newPage({ viewport: { width, height: 900 }, colorScheme });
      const complaints: string[] = [];
      page.on('console', (message) => {
        if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
      });
      page.on('pageerror', ({ message }) => complaints.push(message));
      page.on('request', (request) => {
        if (!request.url().startsWith('file:')) complaints.push(`asked for ${request.url()}`);
      });
      await page.goto(pathToFileURL(file).href);
      return { page, complaints };
    }

    it.each([
      [1_440, 'light'],
      [390, 'dark'],
    ] as const)('draws every chart %i wide in %s, without a complaint and without a request', async (width, scheme) => {
      const { page, complaints } = await open(width, scheme);
      const drawn = await page.$$eval('[data-chart]', (places) =>
        places.map((place) => [place.getAttribute('data-chart'), place.querySelectorAll('svg path').length] as const),
      );
      expect(drawn.length).toBeGreaterThanOrEqual(8);
      for (const [name, paths] of drawn) expect(paths, `marks in ${String(name)}`).toBeGreaterThan(5);
      const overflow = await page.$eval('html', (root) => root.scrollWidth - root.clientWidth);
      expect(overflow, 'the page scrolls sideways').toBeLessThanOrEqual(0);
      expect(complaints).toEqual([]);
      await page.close();
    });

    it.each([1_240, 390])(
      'shows every value of the parameters %i wide, and every table whole on a screen',
      async (width) => {
        const { page } = await open(width, 'light');
        const selector = width < 640 ? '.parameters .scroll' : '.scroll';
        const hidden = await page.$$eval(selector, (places) =>
          places
            .filter((place) => place.scrollWidth > place.clientWidth)
            .map((place) => place.textContent.trim().slice(0, 30)),
        );
        expect(await page.$$eval(selector, (places) => places.length)).toBeGreaterThan(0);
        expect(hidden).toEqual([]);
        await page.close();
      },
    );

    it.each([1_240, 390])('names every series in the legend, whole, %i wide', async (width) => {
      const { page } = await open(width, 'light');
      const legends = await page.$$eval('[data-chart="states-0"], [data-chart="counts"]', (places) =>
        places.map((place) => {
          const { left, right, top } = place.getBoundingClientRect();
          const texts = [...place.querySelectorAll('svg text')].filter((text) => /^[A-Z]|, /.test(text.textContent));
          const cut = texts.filter((text) => {
            const box = text.getBoundingClientRect();
            return box.left < left || box.right > right || box.top < top - 4; // its line is higher than its letters
          });
          return [texts.map((text) => text.textContent), cut.length] as const;
        }),
      );
      expect(legends.map(([, cut]) => cut)).toEqual([0, 0]);
      expect(legends[0]?.[0]).toEqual(expect.arrayContaining(['Healthy', 'Insolvent', 'Closed']));
      expect(legends[1]?.[0]).toEqual(expect.arrayContaining(['calls, default', 'sales, instant']));
      await page.close();
    });

    it('switches between light and dark', async () => {
      const { page, complaints } = await open(1_000, 'light');
      const paper = (): Promise<string> => page.$eval('html', (root) => getComputedStyle(root).backgroundColor);
      const light = await paper();
      await page.click('#theme');
      expect(await paper()).not.toBe(light);
      expect(complaints).toEqual([]);
      await page.close();
    });

    it('zooms all charts over time together', async () => {
      const { page, complaints } = await open(1_000, 'light');
      const labels = (): Promise<string[]> =>
        page.$$eval('[data-chart="counts"] svg text', (texts) => texts.map((text) => text.textContent));
      const before = await labels();
      await page.click('[data-zoom="worst-hour"]');
      expect(await labels()).not.toEqual(before);
      expect(complaints).toEqual([]);
      await page.close();
    });
  },
  60_000,
);
