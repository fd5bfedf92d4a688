import { readFileSync } from 'node:fs';
import { relative } from 'node:path';

import type { z } from 'zod';

import { AppError } from '../../sdk/errors';

/**
 * Reads and checks a data file of people's making.
 * @param what what the file is, for messages: `policy`
 * @throws AppError `config_missing`, `config_invalid`: one line that names the file and the place in it
 */
export function readJsonFile<Schema extends z.ZodType>(path: string, what: string, schema: Schema): z.output<Schema> {
  const shown = showPath(path);
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (cause) {
    const missing = (cause as NodeJS.ErrnoException).code === 'ENOENT';
    throw new AppError(missing ? `there is no ${what} ${shown}` : `cannot read ${shown}: ${(cause as Error).message}`, {
      code: missing ? 'config_missing' : 'config_invalid',
      cause,
    });
  }
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw new AppError(`${what} ${shown} is not JSON: ${(cause as Error).message}`, { code: 'config_invalid', cause });
  }
  return parseConfig(json, `${what} ${shown}`, schema);
}

/**
 * @param where the source of `json`, for messages
 * @throws AppError `config_invalid`
 */
export function parseConfig<Schema extends z.ZodType>(json: unknown, where: string, schema: Schema): z.output<Schema> {
  const parsed = schema.safeParse(json);
  if (parsed.success) return parsed.data;
  throw new AppError(`${where}: ${describeIssues(parsed.error)}`, { code: 'config_invalid', cause: parsed.error });
}

function describeIssues({ issues }: z.ZodError): string {
  const lines = issues.flatMap((issue) => {
    const path = issue.path.map(String);
    if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => `${[...path, key].join('.')}: unknown key`);
    return `${path.length === 0 ? 'the whole file' : path.join('.')}: ${issue.message}`;
  });
  const [first = 'is not valid', ...more] = lines;
  return more.length === 0 ? first : `${first} (and ${more.length} more)`;
}

/** A path as people would type it from where they are. */
export function showPath(path: string): string {
  const fromHere = relative(process.cwd(), path);
  return fromHere === '' || fromHere.startsWith('..') ? path : fromHere;
}
