import { numberToHex, type Address, type Hex } from 'viem';
import { privateKeyToAccount, type PrivateKeyAccount } from 'viem/accounts';

import { findPolicy, type NetworkConfig, type PolicyFile } from '../../deploy';
import { marginVaultAbi, standardMarginAbi, volatilityFeedAbi } from '../../sdk/abi';
import { toAccountId, toOption, toPerpetual, WAD, type AccountId, type InstrumentId } from '../../sdk/math';
import { signOrder, vaultDomain, volatilityUpdateTypedData, type Order } from '../../sdk/signing';
import { KEEPER, openBench, type Bench } from './openBench';

/** A volatility of 60 % at the money, more of it below: parameters of SVI, in units of 1e-10. */
const SMILE = { a: 3_000_000_000, b: 4_000_000_000, rho: -3_000_000_000, m: 200_000_000, sigma: 1_500_000_000 };
const CONFIDENCE_BPS = 200;
const DAY = 86_400;
const EXPIRES_AT = 8 * 3_600;
const USD = 10n ** 6n;
/** The one underlying. */
const NUMBER = 1;

export const PERPETUAL = toPerpetual(NUMBER);

export interface Trade {
  readonly buyer: number;
  readonly seller: number;
  readonly instrument: InstrumentId;
  /** whole units */
  readonly size: number;
}

/** A bench on which perpetuals and options of the first collateral are traded. */
export interface TradingBench extends Bench {
  readonly addressOf: (trader: number) => Address;
  readonly accountOf: (trader: number) => AccountId;
  /** An option that expires in a month, strike in whole quote units. */
  readonly option: (isCall: boolean, strike: number) => InstrumentId;
  /** Signs the volatility of that expiry anew and brings it. */
  readonly publish: () => Promise<void>;
  /** Index and perpetual print, and the volatility is signed anew. */
  readonly move: (price: number) => Promise<void>;
  /** Opens a trader's account with whole quote units in it, in a margin mode. */
  readonly open: (trader: number, quote: number, mode?: number) => Promise<void>;
  /** The arguments of `fill` for two orders at the mark. */
  readonly fillOf: (trade: Trade) => Promise<readonly [Order, Hex, Order, Hex, bigint]>;
  /** A keeper submits two orders at the mark; returns the gas. */
  readonly trade: (trade: Trade) => Promise<bigint>;
}

/** The default policy with the derivatives example's terms of ether for the first collateral. */
export async function openTrading(): Promise<TradingBench> {
  const publisher = keyOf(0);
  const bench = await openBench({
    holders: { publisher: publisher.address },
    prepare: (_, config) => Promise.resolve(withUnderlying(config)),
    change: withTerms,
  });
  const { chain, manifest, vault, send } = bench;
  const [listed] = manifest.underlyings;
  if (listed === undefined) throw new Error('no underlying is listed');
  const { index, perpetual } = listed;
  const now = chain.now();
  const expiry = BigInt(now - (now % DAY) + 30 * DAY + EXPIRES_AT);
  const domain = vaultDomain(manifest);
  let nonce = 0n;

  const publish = async (): Promise<void> => {
    const to = manifest.contracts.VolatilityFeed.address;
    const update = {
      underlying: index,
      expiry: Number(expiry),
      parameters: SMILE,
      confidenceBps: CONFIDENCE_BPS,
      timestamp: chain.now(),
    } as const;
    const signature = await publisher.signTypedData(volatilityUpdateTypedData(manifest, update));
    const args = [update, publisher.address, signature];
    await send({ from: KEEPER, to, abi: volatilityFeedAbi, functionName: 'publish', args });
  };
  const markOf = async (instrument: InstrumentId): Promise<bigint> => {
    const [mark] = await chain.client.readContract({
      address: manifest.contracts.StandardMargin.address,
      abi: standardMarginAbi,
      functionName: 'markOf',
      args: [instrument],
    });
    return mark;
  };

  const fillOf = async ({ buyer, seller, instrument, size }: Trade) => {
    const limitPrice = await markOf(instrument);
    const signed = async (trader: number, units: number): Promise<readonly [Order, Hex]> => {
      nonce += 1n;
      const order: Order = {
        signer: keyOf(trader).address,
        account: accountOf(trader),
        instrument,
        size: BigInt(units) * WAD,
        limitPrice,
        maxFeePpm: 10_000n,
        nonce,
        epoch: 0n,
        deadline: BigInt(chain.now() + DAY),
      };
      return [order, await signOrder(keyOf(trader), domain, order)];
    };
    const [maker, taker] = [await signed(seller, -size), await signed(buyer, size)];
    return [...maker, ...taker, BigInt(size) * WAD] as const;
  };

  return {
    ...bench,
    fillOf,
    addressOf: (trader) => keyOf(trader).address,
    accountOf,
    option: (isCall, strike) =>
      toOption({ kind: isCall ? 2 : 3, underlying: NUMBER, expiry, strike: BigInt(strike) * WAD }),
    publish,
    move: async (price) => {
      await bench.print(index, price);
      await bench.print(perpetual, price);
      await publish();
    },
    open: async (trader, quote, mode = 0) => {
      const { address: from } = keyOf(trader);
      await bench.give(from, accountOf(trader), manifest.quote.address, BigInt(quote) * USD);
      if (mode === 0) return;
      await send({ from, to: vault, abi: marginVaultAbi, functionName: 'setMode', args: [accountOf(trader), mode] });
    },
    trade: async (trade) => {
      return send({
        from: KEEPER,
        to: vault,
        abi: marginVaultAbi,
        functionName: 'fill',
        args: [...(await fillOf(trade))],
      });
    },
  };
}

function keyOf(trader: number): PrivateKeyAccount {
  return privateKeyToAccount(numberToHex(0x5000 + trader, { size: 32 }));
}

function accountOf(trader: number): AccountId {
  return toAccountId(keyOf(trader).address, 0n);
}

function withUnderlying(config: NetworkConfig): NetworkConfig {
  const [first] = config.collaterals;
  if (first === undefined) throw new Error('the bench has no collateral');
  return { ...config, underlyings: [{ symbol: first.symbol, index: first.symbol, perpetual: first.feed }] };
}

function withTerms(policy: PolicyFile): PolicyFile {
  const ether = findPolicy('derivatives').policy.underlyings?.['ETH'];
  const [first] = Object.keys(policy.collaterals);
  if (ether === undefined || first === undefined) throw new Error('the example has no ether');
  return { ...policy, underlyings: { [first]: ether } };
}
