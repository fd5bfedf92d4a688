import type { Address, PublicClient } from 'viem';

import {
  readInstrumentRamps,
  readRamps,
  type RampedCollateral,
  type RampedInstruments,
  type RampedPolicy,
} from '../../sdk/client';
import { checkDeployment, readDeployment, type Manifest } from '../../sdk/deployment';
import { connect, DEPLOYMENTS, type NetworkOptions } from '../cli/network';

/** A deployment and its policy, at one block. */
export interface Chain {
  readonly network: string;
  readonly client: PublicClient;
  readonly manifest: Manifest;
  readonly block: { readonly number: bigint; readonly timestamp: bigint };
  readonly policy: RampedPolicy;
  readonly instruments: RampedInstruments;
  readonly symbolOf: (asset: Address) => string;
  /** What policy files call an underlying: as the deployment does, else by its index. */
  readonly underlyingName: (number: number) => string;
}

/** @throws AppError `deployment_missing`, `node_unreachable`, `wrong_chain` and the like */
export async function openChain(options: NetworkOptions): Promise<Chain> {
  const { network } = options;
  const manifest = await readDeployment({ network, root: DEPLOYMENTS });
  const client = await connect(options);
  await checkDeployment(client, manifest);
  const { number, timestamp } = await client.getBlock();
  const { MarginPolicy, InstrumentPolicy } = manifest.contracts;
  const [policy, instruments] = await Promise.all([
    readRamps(client, { policy: MarginPolicy.address, blockNumber: number }),
    readInstrumentRamps(client, { policy: InstrumentPolicy.address, blockNumber: number }),
  ]);
  const symbolOf = (asset: Address): string =>
    manifest.assets.find(({ address }) => address === asset)?.symbol ?? asset;
  const underlyingName = (number: number): string => {
    const index = instruments.underlyings[number - 1]?.index;
    if (index === undefined) return `underlying ${number}`;
    return manifest.underlyings.find((each) => each.number === number)?.symbol ?? symbolOf(index);
  };
  return { network, client, manifest, block: { number, timestamp }, policy, instruments, symbolOf, underlyingName };
}

/** The listed collaterals with their symbols and decimals. */
export function listedCollaterals({ policy, manifest, symbolOf }: Chain): (RampedCollateral & Listed)[] {
  return policy.collaterals.map((each) => ({
    ...each,
    symbol: symbolOf(each.asset),
    decimals: manifest.assets.find(({ address }) => address === each.asset)?.decimals ?? each.terms.target.decimals,
  }));
}

export interface Listed {
  readonly symbol: string;
  readonly decimals: number;
}
