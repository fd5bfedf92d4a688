import { existsSync, mkdirSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

import { chromium, type Browser } from 'playwright-core';

import { AppError } from '../../sdk/errors';
import { CHROMIUM_FLAGS, findChromium } from '../../sim/report/findChromium';

/** Pixels: the width for which the report is laid out, and what shows without scrolling far. */
const SIZE = { width: 1_240, height: 1_500 };
/** A page that shows it should load fast, bytes. */
const LARGEST = 300_000;

export interface Picture {
  readonly report: string;
  /** A PNG file. */
  readonly out: string;
  /** Path of a Chromium; this system's unless given. */
  readonly browser?: string;
}

/**
 * Draws the top of a report as it looks in a light Chromium.
 * @returns size of the file, bytes
 * @throws AppError `report_missing`, `browser_missing`, `browser_failed`, `picture_too_large`
 */
export async function takePicture({ report, out, browser: given }: Picture): Promise<number> {
  if (!existsSync(report)) throw new AppError(`there is no report ${report}`, { code: 'report_missing' });
  const browser = await launch(given ?? findChromium());
  try {
    const page = await browser.newPage({ viewport: SIZE, colorScheme: 'light' });
    await page.goto(pathToFileURL(resolve(report)).href);
    mkdirSync(dirname(resolve(out)), { recursive: true });
    await page.screenshot({ path: out, type: 'png' });
  } finally {
    await browser.close();
  }
  const { size } = statSync(out);
  if (size > LARGEST) {
    throw new AppError(`${out} has ${size} bytes, and may have ${LARGEST}`, { code: 'picture_too_large' });
  }
  return size;
}

async function launch(executablePath: string | undefined): Promise<Browser> {
  if (executablePath === undefined || !existsSync(executablePath)) {
    const reason = executablePath === undefined ? 'no Chromium is known here' : `there is no ${executablePath}`;
    throw new AppError(`${reason}: name one with --browser <path>`, { code: 'browser_missing' });
  }
  try {
    return await chromium.launch({ executablePath, args: [...CHROMIUM_FLAGS] });
  } catch (cause) {
    throw new AppError(`${executablePath} does not start as a browser`, { code: 'browser_failed', cause });
  }
}
