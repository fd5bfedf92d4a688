import type { Client } from 'viem';

import { attempt, reporter, type Check } from '../../sdk/doctor';
import type { Manifest } from '../../sdk/deployment/schema';
import { AppError, toAppError } from '../../sdk/errors';
import { createArtifactLoader } from '../loadArtifact';
import { MODE } from '../plan/intended';
import { readDeployed } from '../readDeployed';
import { attachManifest, type Attached } from './attachManifest';
import { differences } from './differences';
import { inspectRoles } from './inspectRoles';
import { verifyCode } from './verifyCode';
import { verifyWiring } from './verifyWiring';

const { ok, fail, skip } = reporter('deployment');

/** Departures named in one line. */
const SHOWN = 6;

export interface InspectParameters {
  readonly manifest: Manifest;
  /** Hardhat's artifacts folder. */
  readonly artifacts: string;
}

/** What deploying verified, looked at again on a deployment that lives: code, wiring, roles. */
export async function inspectDeployment(client: Client, parameters: InspectParameters): Promise<Check[]> {
  const { manifest, artifacts } = parameters;
  let attached: Attached;
  try {
    attached = attachManifest(manifest, createArtifactLoader(artifacts));
  } catch (error) {
    if (!(error instanceof AppError && error.code === 'artifact_missing')) throw error;
    return ['code', 'wiring', 'roles'].map((name) => skip(name, toAppError(error).message));
  }
  const { made, core } = attached;
  const unknown = Object.keys(manifest.contracts).length - made.length;
  const strangers = await verifyCode(client, made);
  return [
    strangers.length === 0
      ? ok(
          'code',
          `${made.length} contracts are the compiled ones${unknown === 0 ? '' : `, ${unknown} are not of this tree`}`,
        )
      : fail('code', some(strangers), 'if this is the tree that was deployed, and compiled, use none of them'),
    ...(await attempt('deployment', () => inspectWiring(client, manifest, attached))),
    ...(await attempt('roles', () => inspectRoles(client, { manifest, core }))),
  ];
}

function some(found: readonly string[]): string {
  const more = found.length - SHOWN;
  return more > 0 ? `${found.slice(0, SHOWN).join('; ')}; and ${more} more` : found.join('; ');
}

async function inspectWiring(client: Client, { quote }: Manifest, attached: Attached): Promise<Check[]> {
  const { waterfall, closeOut, vault, engine, portfolioMargin } = attached.core;
  const model = await readDeployed(client, engine, 'modelOf', [MODE.portfolio]);
  const found = [
    ...(await verifyWiring(client, { ...attached, quote })),
    ...differences('RiskEngine.modelOf(portfolio)', model, portfolioMargin.address),
    ...differences('MarginVault.waterfall', await readDeployed(client, vault, 'waterfall'), waterfall.address),
    ...differences('LossWaterfall.closeOut', await readDeployed(client, waterfall, 'closeOut'), closeOut.address),
  ];
  return [
    found.length === 0
      ? ok('wiring', 'every contract names the others that the manifest names')
      : fail('wiring', some(found), 'find out who linked it, and when'),
  ];
}
