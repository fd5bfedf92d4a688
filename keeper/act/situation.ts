import type { Address, Client } from 'viem';

import { WAD, type AccountId, type Holding, type LiquidationTerms, type Price } from '../../sdk/math';
import type { Head } from '../chain/readHead';
import type { KeeperConfig } from '../config';
import type { PoolReader } from '../pools/createPoolReader';
import { currentFees } from '../send/fees';
import { skip, type Action, type PricedAction, type Skip } from './action';
import { estimate } from './simulate';

/** Where everything stands as one pass decides. */
export interface Situation {
  readonly client: Client;
  readonly config: KeeperConfig;
  readonly head: Head;
  /** Who sends; in a dry run nobody in particular. */
  readonly from: Address;
  readonly bidder: AccountId;
  readonly dryRun: boolean;
  readonly terms: LiquidationTerms;
  /** Least debt that a partial liquidation may leave, quote WAD. */
  readonly minDebt: bigint;
  /** By asset. */
  readonly prices: ReadonlyMap<Address, Price>;
  /** Quote WAD; nothing where no price is known. */
  readonly nativePrice: bigint | undefined;
  /** Cash of the bidder account that is not spoken for, quote WAD. */
  readonly available: bigint;
  /** What an account holds, as the events say. */
  readonly collateralOf: (account: AccountId) => readonly Holding[];
  readonly pools: PoolReader;
}

// State moves between the estimate and the block: interest, other liquidations of the same collateral.
const GAS_MARGIN_PERCENT = 30n;

/** Wei for a unit of gas to reckon with: what the next block costs at least. */
export function expectedGasPrice({ head, config }: Situation): bigint {
  return (head.baseFee ?? 0n) + config.priorityFee;
}

/** The price of `gas` units, quote WAD, rounded up. */
export function gasInQuote(situation: Situation, gas: bigint): bigint {
  const { nativePrice } = situation;
  return nativePrice === undefined ? 0n : (gas * expectedGasPrice(situation) * nativePrice + WAD - 1n) / WAD;
}

/**
 * Estimates what `action` costs, or says why it would fail.
 */
export async function priceAction(situation: Situation, action: Action): Promise<PricedAction | Skip> {
  const { client, head, from, config } = situation;
  if (currentFees(head.baseFee ?? 0n, config) === undefined) {
    return skip('gas_price_above_limit', { base_fee_wei: head.baseFee, limit_wei: config.maxGasPrice });
  }
  const used = await estimate(client, { on: config.simulateOn, from, to: action.to, data: action.data });
  if (typeof used !== 'bigint') return used;
  return withGas(situation, action, used);
}

/** `action` at `used` units of gas. */
export function withGas(situation: Situation, action: Action, used: bigint): PricedAction {
  return { ...action, gas: (used * (100n + GAS_MARGIN_PERCENT)) / 100n, gasCost: gasInQuote(situation, used) };
}

/** What `action` leaves after gas, quote WAD. */
export function netOf({ gain, gasCost }: PricedAction): bigint {
  return gain - gasCost;
}

/** Most that `action` may pay for a unit of gas without netting less than `minProfit` (quote WAD), wei. */
export function worthOfGas(situation: Situation, { gain, gas }: PricedAction, minProfit: bigint): bigint {
  const { nativePrice, config } = situation;
  if (nativePrice === undefined || nativePrice === 0n) return config.maxGasPrice;
  const wei = ((gain - minProfit) * WAD) / (nativePrice * gas);
  return wei < config.maxGasPrice ? wei : config.maxGasPrice;
}
