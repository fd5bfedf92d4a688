import type { z } from 'zod';

import { AppError } from '../../sdk/errors';
import {
  ENVIRONMENT_PREFIX,
  flagOf,
  KEEPER_SETTINGS,
  keeperSchema,
  settingNotes,
  variableOf,
  type KeeperConfig,
  type KeeperSetting,
} from './keeperConfig';

export interface KeeperConfigSources {
  /** By setting; wins over the rest. */
  readonly flags?: Readonly<Record<string, unknown>>;
  /** By variable; wins over the file. Empty ones count as not set. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** By setting. */
  readonly file?: { readonly path: string; readonly values: unknown };
}

interface Source {
  readonly values: Readonly<Record<string, unknown>>;
  /** What the reader typed to set `key`. */
  readonly nameOf: (key: KeeperSetting) => string;
}

/**
 * The settings of a keeper: from flags, else the environment, else the file, else the default.
 * @throws AppError `config_invalid`, which names the flag, variable or key to mend
 */
export function parseKeeperConfig({ flags = {}, environment = {}, file }: KeeperConfigSources): KeeperConfig {
  const sources: Source[] = [
    { values: flags, nameOf: flagOf },
    { values: readEnvironment(environment), nameOf: variableOf },
  ];
  if (file !== undefined) sources.push({ values: readFileValues(file), nameOf: (key) => `${key} in ${file.path}` });

  const merged: Record<string, unknown> = {};
  for (const { values } of sources.toReversed()) Object.assign(merged, dropUndefined(values));
  const parsed = keeperSchema.safeParse(merged);
  if (parsed.success) return parsed.data;
  throw invalid(describe(parsed.error, sources));
}

function readEnvironment(environment: Readonly<Record<string, string | undefined>>): Record<string, unknown> {
  const values: Record<string, unknown> = {};
  const settingOf = new Map(KEEPER_SETTINGS.map((key) => [variableOf(key), key]));
  for (const [variable, value] of Object.entries(environment)) {
    if (!variable.startsWith(ENVIRONMENT_PREFIX) || value === undefined || value === '') continue;
    const key = settingOf.get(variable);
    if (key === undefined) throw invalid(`${variable} is not a setting of the keeper`);
    values[key] = value;
  }
  return values;
}

function readFileValues({ path, values }: { path: string; values: unknown }): Record<string, unknown> {
  if (typeof values !== 'object' || values === null || Array.isArray(values)) throw invalid(`${path} is not an object`);
  for (const key of Object.keys(values)) {
    if (!(KEEPER_SETTINGS as string[]).includes(key)) throw invalid(`${key} in ${path} is not a setting of the keeper`);
    if (settingNotes(key as KeeperSetting).environmentOnly) {
      throw invalid(`${key} does not belong in ${path}: set ${variableOf(key as KeeperSetting)}`);
    }
  }
  return values as Record<string, unknown>;
}

function describe(error: z.ZodError, sources: readonly Source[]): string {
  const [issue] = error.issues;
  if (issue === undefined) return 'the settings do not fit';
  if (issue.code === 'unrecognized_keys') return `${issue.keys.join(', ')} is not a setting of the keeper`;
  const key = issue.path[0] as KeeperSetting;
  const source = sources.find(({ values }) => values[key] !== undefined);
  return `${source?.nameOf(key) ?? key}: ${messageOf(issue)}`;
}

/** Of a union the reader needs the one complaint about what was typed, not that neither type fits. */
function messageOf(issue: z.core.$ZodIssue): string {
  if (issue.code !== 'invalid_union') return issue.message;
  const inner = issue.errors.flat().find(({ code }) => code !== 'invalid_type') ?? issue.errors.flat()[0];
  return inner?.message ?? issue.message;
}

function dropUndefined(values: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
}

function invalid(message: string): AppError {
  return new AppError(message, { code: 'config_invalid' });
}
