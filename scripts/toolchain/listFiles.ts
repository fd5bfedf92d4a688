import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

import { ROOT } from './root';

/** Files under the repository's `folders` whose path ends in `ending`, relative to the repository and sorted. */
export function listFiles(folders: readonly string[], ending: string): string[] {
  return folders
    .filter((folder) => existsSync(join(ROOT, folder)))
    .flatMap((folder) =>
      readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
        .filter((path) => path.endsWith(ending))
        .map((path) => join(folder, path)),
    )
    .sort();
}
