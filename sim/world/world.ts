import type { Address } from 'viem';

import type { PolicyFile } from '../../deploy';
import type { Manifest } from '../../sdk/deployment';
import type { Traders } from '../books/market';
import type { SimChain } from '../chain/createSimChain';
import type { Population } from '../population/createPopulation';
import type { PricePath } from '../scenario/pricePath';
import type { Scenario } from '../scenario/scenarioSchema';

/** A collateral, its feed, its pool and its price. */
export interface SimAsset {
  readonly symbol: string;
  readonly address: Address;
  readonly decimals: number;
  readonly feed: Address;
  readonly pair: Address;
  /** Whether the asset is the pair's `token0`. */
  readonly isFirst: boolean;
  readonly path: PricePath;
  readonly pool: Scenario['pools'][string];
}

/** A deployed system with people in it, at the first second of the scenario. */
export interface World {
  readonly chain: SimChain;
  readonly scenario: Scenario;
  readonly policy: PolicyFile;
  readonly population: Population;
  readonly manifest: Manifest;
  readonly assets: readonly SimAsset[];
  /** Who holds perpetuals and options, where the scenario has some. */
  readonly traders?: Traders;
  /** Unix time of second zero. */
  readonly start: number;
  /** Quote WAD of one quote token unit. */
  readonly quoteScale: bigint;
}
