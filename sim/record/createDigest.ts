import { createHash } from 'node:crypto';

import type { ChainEvent } from '../chain/createEventReader';

export interface Digest {
  readonly add: (event: ChainEvent) => void;
  /** Adds the lines and ends. @returns hex */
  readonly close: (lines: readonly string[]) => string;
}

/** A fingerprint of a run: two runs with the same digest did the same things in the same order, to the last unit. */
export function createDigest(): Digest {
  const hash = createHash('sha256');
  return {
    add: ({ block, address, eventName, args }) => {
      hash.update(`${block} ${address} ${eventName} ${toText(args)}\n`);
    },
    close: (lines) => {
      for (const line of lines) hash.update(`${line}\n`);
      return hash.digest('hex');
    },
  };
}

/** One spelling a value: integers in decimal, names in alphabetical order. */
export function toText(value: unknown): string {
  if (typeof value === 'bigint') return value.toString();
  if (Array.isArray(value)) return `[${value.map(toText).join(',')}]`;
  if (value !== null && typeof value === 'object') {
    const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
    return `{${entries.map(([key, of]) => `${key}:${toText(of)}`).join(',')}}`;
  }
  return typeof value === 'undefined' ? 'undefined' : JSON.stringify(value);
}
