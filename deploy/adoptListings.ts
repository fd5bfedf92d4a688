import { erc20Abi, type Address, type Client } from 'viem';
import { readContract } from 'viem/actions';

import { marginPolicyAbi, priceOracleAbi } from '../sdk/abi';
import type { DeployedAsset, Manifest } from '../sdk/deployment';
import { AppError } from '../sdk/errors';

/** Symbols stand in policy files and on screens; a token may call itself anything. */
const SYMBOL = /^[\w.+-]{1,32}$/;

export interface AdoptParameters {
  readonly manifest: Manifest;
  /** Symbols of tokens that are not to be called as they call themselves. */
  readonly symbols: ReadonlyMap<Address, string>;
}

export interface Adopted {
  readonly manifest: Manifest;
  readonly added: readonly DeployedAsset[];
}

/**
 * The manifest with the collaterals that the risk role has listed since it was written.
 * @throws AppError `symbol_unusable`, `symbol_unknown`; what the node throws
 */
export async function adoptListings(client: Client, { manifest, symbols }: AdoptParameters): Promise<Adopted> {
  const { MarginPolicy, PriceOracle } = manifest.contracts;
  const policy = { address: MarginPolicy.address, abi: marginPolicyAbi } as const;
  const oracle = { address: PriceOracle.address, abi: priceOracleAbi } as const;
  const listed = await readContract(client, { ...policy, functionName: 'collaterals' });
  const missing = listed.filter((asset) => !manifest.assets.some(({ address }) => address === asset));
  const needless = [...symbols.keys()].find((asset) => !missing.includes(asset));
  if (needless !== undefined) {
    throw new AppError(`--symbol: ${needless} is no listed collateral that the manifest lacks`, {
      code: 'symbol_unknown',
    });
  }
  const added: DeployedAsset[] = [];
  for (const address of missing) {
    const [{ decimals }, { primary: feed }] = await Promise.all([
      readContract(client, { ...policy, functionName: 'collateralRisk', args: [address] }),
      readContract(client, { ...oracle, functionName: 'feedOf', args: [address] }),
    ]);
    const symbol = symbols.get(address) ?? (await readSymbol(client, address));
    const taken = [manifest.quote, ...manifest.assets, ...added].find((asset) => asset.symbol === symbol);
    if (taken !== undefined) throw unusable(address, `${symbol} is ${taken.address} already`);
    if (!SYMBOL.test(symbol)) throw unusable(address, `${JSON.stringify(symbol)} is no symbol`);
    added.push({ symbol, address, decimals, feed });
  }
  return { manifest: { ...manifest, assets: [...manifest.assets, ...added] }, added };
}

async function readSymbol(client: Client, address: Address): Promise<string> {
  try {
    return await readContract(client, { address, abi: erc20Abi, functionName: 'symbol' });
  } catch (cause) {
    throw unusable(address, 'it does not say its symbol', cause);
  }
}

function unusable(address: Address, reason: string, cause?: unknown): AppError {
  return new AppError(`${address}: ${reason}; name it with --symbol ${address}=<symbol>`, {
    code: 'symbol_unusable',
    cause,
  });
}
