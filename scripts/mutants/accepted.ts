import table from './accepted.json';
import type { LineChange } from './mutation';

/** A mutant that nothing kills, and why that is right. Known by what its line says, not by its number. */
export interface Accepted extends LineChange {
  readonly file: string;
  readonly reason: string;
}

export const ACCEPTED: readonly Accepted[] = table;

export function findAccepted(file: string, change: LineChange, list = ACCEPTED): Accepted | undefined {
  return list.find((known) => known.file === file && known.before === change.before && known.after === change.after);
}

/** Entries whose line is no longer in the source: their reason speaks of nothing. */
export function outdated(read: (file: string) => string, list = ACCEPTED): Accepted[] {
  return list.filter(({ file, before }) => {
    try {
      return !read(file).replaceAll(/\s+/g, ' ').includes(before);
    } catch {
      return true;
    }
  });
}
