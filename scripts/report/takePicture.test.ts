import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { findChromium } from '../../sim/report/findChromium';
import { renderReport } from '../../sim/report/renderReport';
import { sampleRun } from '../../sim/report/sampleRun';
import { takePicture } from './takePicture';

describe('takePicture', () => {
  const folder = mkdtempSync(join(tmpdir(), 'plimsoll-picture-'));
  const report = join(folder, 'report.html');
  const out = join(folder, 'img', 'report.png');

  beforeAll(async () => {
    writeFileSync(
      report,
      await renderReport({ runs: [sampleRun('default', 600), sampleRun('instant', 0)], command: '' }),
    );
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it('names the report or the browser that is missing, and draws nothing', async () => {
    const none = join(folder, 'none.html');
    await expect(takePicture({ report: none, out })).rejects.toThrow(`there is no report ${none}`);
    await expect(takePicture({ report, out, browser: '/nowhere/chromium' })).rejects.toThrow('--browser');
    expect(existsSync(out)).toBe(false);
  });

  it.skipIf(findChromium() === undefined)(
    'draws a PNG of 1240 x 1500 that loads fast',
    async () => {
      const size = await takePicture({ report, out });
      const image = readFileSync(out);
      expect(image.subarray(1, 4).toString()).toBe('PNG');
      expect([image.readUInt32BE(16), image.readUInt32BE(20)]).toEqual([1_240, 1_500]);
      expect(image.length).toBe(size);
      expect(size).toBeLessThan(300_000);
    },
    60_000,
  );
});
