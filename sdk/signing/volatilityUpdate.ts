import type { Address } from 'viem';

import type { Manifest } from '../deployment';

/** One expiry of a volatility surface, for a publisher to sign. */
export interface VolatilityUpdate {
  /** The price oracle's key of the index. */
  readonly underlying: Address;
  /** Seconds. */
  readonly expiry: number;
  /** In units of `SVI_ONE`. */
  readonly parameters: Readonly<Record<'a' | 'b' | 'rho' | 'm' | 'sigma', number>>;
  /** Half of the width in which the publisher sees the volatility at the money, of that volatility. */
  readonly confidenceBps: number;
  /** When this was so, seconds. */
  readonly timestamp: number;
}

const TYPES = {
  VolatilityUpdate: [
    { name: 'underlying', type: 'address' },
    { name: 'expiry', type: 'uint40' },
    { name: 'parameters', type: 'SviParameters' },
    { name: 'confidenceBps', type: 'uint16' },
    { name: 'timestamp', type: 'uint40' },
  ],
  SviParameters: [
    { name: 'a', type: 'int40' },
    { name: 'b', type: 'uint40' },
    { name: 'rho', type: 'int40' },
    { name: 'm', type: 'int40' },
    { name: 'sigma', type: 'uint40' },
  ],
} as const;

/** A slice as viem's `signTypedData` and wallets take it; whoever likes brings it to the feed by `publish`. */
export function volatilityUpdateTypedData(
  { chainId, contracts }: Pick<Manifest, 'chainId' | 'contracts'>,
  message: VolatilityUpdate,
) {
  const verifyingContract = contracts.VolatilityFeed.address;
  const domain = { name: 'Plimsoll', version: '1', chainId, verifyingContract } as const;
  return { domain, types: TYPES, primaryType: 'VolatilityUpdate', message } as const;
}
