import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import type { z } from 'zod';

import { AppError } from '../errors';
import { manifestSchema, type Manifest } from './schema';

export interface ReadDeploymentParameters {
  /** Folder name under `root`. */
  readonly network: string;
  /** Folder of all deployments. */
  readonly root?: string;
}

/**
 * The manifest of a deployment.
 * @throws AppError `deployment_missing`, `deployment_invalid`
 */
export async function readDeployment({ network, root = 'deployments' }: ReadDeploymentParameters): Promise<Manifest> {
  const path = join(root, network, 'manifest.json');
  const text = await readManifest(path, network);
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw new AppError(`${path} is not JSON: deploy again`, { code: 'deployment_invalid', cause });
  }
  const parsed = manifestSchema.safeParse(json);
  if (!parsed.success) {
    throw new AppError(`${path}: ${firstIssue(parsed.error)}`, { code: 'deployment_invalid', cause: parsed.error });
  }
  return parsed.data;
}

async function readManifest(path: string, network: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    const missing = (cause as NodeJS.ErrnoException).code === 'ENOENT';
    throw new AppError(
      missing
        ? `no deployment on ${network} (${path}): run npm run deploy -- --network ${network}`
        : `cannot read ${path}: ${(cause as Error).message}`,
      { code: missing ? 'deployment_missing' : 'deployment_invalid', cause },
    );
  }
}

function firstIssue(error: z.ZodError): string {
  const [issue] = error.issues;
  if (issue === undefined) return 'is not a manifest';
  return issue.path.length === 0 ? issue.message : `${issue.path.join('.')}: ${issue.message}`;
}
