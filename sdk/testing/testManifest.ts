import { numberToHex } from 'viem';

import { CORE_CONTRACTS, manifestSchema, type Manifest } from '../deployment/schema';
import { testAddress } from './arbitraries';

const HASH = numberToHex(1, { size: 32 });

/** A complete manifest with made-up addresses. */
export const testManifest: Manifest = manifestSchema.parse({
  schemaVersion: 1,
  network: 'localhost',
  chainId: 31_337,
  genesisHash: HASH,
  startBlock: 1,
  policyName: 'default',
  quote: { symbol: 'USDC', address: testAddress(0xa1), decimals: 6 },
  assets: [{ symbol: 'WETH', address: testAddress(0xa2), decimals: 18, feed: testAddress(0xa3) }],
  contracts: Object.fromEntries(
    CORE_CONTRACTS.map((name, i) => [
      name,
      { address: testAddress(0xabcd00 + i), constructorArgs: [], txHash: HASH, block: 1 + i },
    ]),
  ),
  roles: [{ id: '1', name: 'GUARDIAN', holders: [testAddress(0xb1)] }],
});
