import type { Address, Client } from 'viem';
import { readContract } from 'viem/actions';

import { closeOutAbi, defaultFundAbi, lossWaterfallAbi, marginVaultAbi, openLossesAbi } from '../abi';
import type { Manifest } from '../deployment';
import type { AtBlock } from './atBlock';
import { pinBlock } from './pinBlock';

export interface ReadBackstopParameters extends AtBlock {
  readonly contracts: Manifest['contracts'];
  /** Collaterals to tell of. */
  readonly assets: readonly Address[];
}

/** Quote WAD, since deployment. */
export interface LossTotals {
  readonly fromReserves: bigint;
  readonly fromJunior: bigint;
  readonly fromSenior: bigint;
  readonly socialised: bigint;
  readonly unpaid: bigint;
}

export interface Tranche {
  /** Assets of the shares, quote token units, rounded down. */
  readonly totalAssets: bigint;
  readonly totalSupply: bigint;
  /** Whether a reported loss would reach it, so that nobody leaves. */
  readonly lossOpen: boolean;
}

export interface BackstopMarket {
  readonly asset: Address;
  readonly losses: LossTotals;
  /** What the tranches would still pay for losses on it now, quote WAD. */
  readonly coverLeft: bigint;
  /** Of closed-out accounts, for sale, token units. */
  readonly forSale: bigint;
}

/** What stands behind the lenders. */
export interface Backstop {
  /** Quote WAD. */
  readonly reserves: bigint;
  readonly junior: Tranche;
  readonly senior: Tranche;
  /** Losses reported and not yet paid, quote WAD. */
  readonly openLosses: bigint;
  /** What closed-out accounts tie up, quote WAD. */
  readonly carried: bigint;
  readonly markets: readonly BackstopMarket[];
}

/** Reserves, tranches, losses and stock at one block. */
export async function readBackstop(client: Client, parameters: ReadBackstopParameters): Promise<Backstop> {
  const { contracts, assets } = parameters;
  const block = await pinBlock(client, parameters);
  const waterfall = { address: contracts.LossWaterfall.address, abi: lossWaterfallAbi, ...block } as const;
  const closeOut = { address: contracts.CloseOut.address, abi: closeOutAbi, ...block } as const;
  const vault = { address: contracts.MarginVault.address, abi: marginVaultAbi, ...block } as const;
  const open = { address: contracts.OpenLosses.address, abi: openLossesAbi, ...block } as const;

  async function readTranche(address: Address): Promise<Tranche> {
    const tranche = { address, abi: defaultFundAbi, ...block } as const;
    const [totalAssets, totalSupply, lossOpen] = await Promise.all([
      readContract(client, { ...tranche, functionName: 'totalAssets' }),
      readContract(client, { ...tranche, functionName: 'totalSupply' }),
      readContract(client, { ...tranche, functionName: 'lossOpen' }),
    ]);
    return { totalAssets, totalSupply, lossOpen };
  }

  async function readMarket(asset: Address): Promise<BackstopMarket> {
    const [losses, coverLeft, shelf] = await Promise.all([
      readContract(client, { ...waterfall, functionName: 'lossesOf', args: [asset] }),
      readContract(client, { ...waterfall, functionName: 'coverLeft', args: [asset] }),
      readContract(client, { ...closeOut, functionName: 'shelfAccount', args: [asset] }),
    ]);
    const forSale = await readContract(client, { ...vault, functionName: 'collateralOf', args: [shelf, asset] });
    return { asset, losses, coverLeft, forSale };
  }

  const [reserves, junior, senior, openLosses, carried, markets] = await Promise.all([
    readContract(client, { ...vault, functionName: 'reserves' }),
    readTranche(contracts['DefaultFund/junior'].address),
    readTranche(contracts['DefaultFund/senior'].address),
    readContract(client, { ...open, functionName: 'total' }),
    readContract(client, { ...waterfall, functionName: 'carried' }),
    Promise.all(assets.map(readMarket)),
  ]);
  return { reserves, junior, senior, openLosses, carried, markets };
}
