import { existsSync } from 'node:fs';

/** Where systems keep a Chromium; none is downloaded. */
const PLACES = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

/** So that it neither asks the network for anything of its own nor needs a screen. */
export const CHROMIUM_FLAGS: readonly string[] = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** The path of this system's Chromium or Chrome; undefined where there is none. */
export function findChromium(): string | undefined {
  return PLACES.find((path) => existsSync(path));
}
