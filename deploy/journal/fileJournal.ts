import { existsSync, rmSync } from 'node:fs';

import { readJsonFile } from '../config/readJsonFile';
import { writeFileWhole } from '../writeFileWhole';
import { journalSchema, type JournalStore } from './journal';

/** A journal in the file `path`. */
export function createFileJournal(path: string): JournalStore {
  return {
    read: () => (existsSync(path) ? readJsonFile(path, 'deployment journal', journalSchema) : undefined),
    write: (journal) => writeFileWhole(path, `${JSON.stringify(journal, undefined, 2)}\n`),
    clear: () => rmSync(path, { force: true }),
  };
}
