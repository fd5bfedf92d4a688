import type { Address, Client } from 'viem';
import { getBalance, readContract } from 'viem/actions';

import { marginPolicyAbi, marginVaultAbi } from '../../sdk/abi';
import { readPrices } from '../../sdk/client';
import type { Manifest } from '../../sdk/deployment';
import { PriceStatus, toAccountId, WAD, type Price } from '../../sdk/math';
import type { AccountIndex } from '../accounts/accountIndex';
import type { LogReducer } from '../chain/logFollower';
import type { Head } from '../chain/readHead';
import type { KeeperConfig } from '../config';
import { createPoolReader } from '../pools/createPoolReader';
import type { Situation } from './situation';

// Sends nothing, so it needs no key; tokens may be sent to it in a simulation, unlike to the zero address.
const NOBODY: Address = '0x000000000000000000000000000000000000dEaD';

const NATIVE_SYMBOL = 'WETH';

// What a dry run reckons with, since it has no bidder account: any slice can be paid for.
const UNLIMITED = 2n ** 120n;

/** Everything a pass needs to know of a head beside the accounts. */
export interface Reading extends Situation {
  /** Wei; zero in a dry run. */
  readonly balance: bigint;
  /** Of the bidder account, quote WAD. */
  readonly bidderCash: bigint;
}

export interface SituationReader {
  /** Notices changes of the policy; feed it the logs. */
  readonly policyWatch: LogReducer;
  read(head: Head): Promise<Reading>;
}

export interface CreateSituationReaderParameters {
  readonly client: Client;
  readonly deployment: Manifest;
  readonly config: KeeperConfig;
  readonly accounts: AccountIndex;
  /** None in a dry run. */
  readonly signer: Address | undefined;
  /** Keys of the prices that matter now. */
  readonly priced: () => readonly Address[];
}

/** Reads prices, terms and means as of a head. The policy is read again only when it has changed. */
export function createSituationReader(parameters: CreateSituationReaderParameters): SituationReader {
  const { client, deployment, config, accounts, signer, priced } = parameters;
  const { MarginLens: lens, MarginPolicy: policy, MarginVault: vault } = deployment.contracts;
  const from = signer ?? NOBODY;
  const bidder = toAccountId(from, BigInt(config.bidderIndex));
  const policyKey = policy.address.toLowerCase();
  const pools = createPoolReader({ client, deployment, config });
  const collateralOf: Situation['collateralOf'] = (account) => accounts.get(account)?.collateral ?? [];
  let rules: Pick<Situation, 'terms' | 'minDebt'> | undefined;

  const forget = (): void => {
    rules = undefined;
  };

  async function readRules({ hash }: Head): Promise<Pick<Situation, 'terms' | 'minDebt'>> {
    if (rules === undefined) {
      const read = { address: policy.address, abi: marginPolicyAbi, blockHash: hash } as const;
      const [terms, { minDebt }] = await Promise.all([
        readContract(client, { ...read, functionName: 'liquidationTerms' }),
        readContract(client, { ...read, functionName: 'cashTerms' }),
      ]);
      rules = { terms, minDebt: BigInt(minDebt) * WAD };
    }
    return rules;
  }

  async function readCash({ hash }: Head): Promise<bigint> {
    if (signer === undefined) return UNLIMITED;
    return readContract(client, {
      address: vault.address,
      abi: marginVaultAbi,
      functionName: 'cashOf',
      args: [bidder],
      blockHash: hash,
    });
  }

  async function read(head: Head): Promise<Reading> {
    const assets = priced();
    const [current, bidderCash, balance, answers] = await Promise.all([
      readRules(head),
      readCash(head),
      signer === undefined ? 0n : getBalance(client, { address: signer, blockNumber: head.number }),
      readPrices(client, { lens: lens.address, assets, blockHash: head.hash }),
    ]);
    const prices = new Map(assets.flatMap((asset, i) => pair(asset, answers[i])));
    return {
      client,
      config,
      head,
      from,
      bidder,
      dryRun: signer === undefined,
      ...current,
      prices,
      nativePrice: config.nativePrice ?? nativePriceOf(deployment, prices),
      available: bidderCash,
      collateralOf,
      pools,
      bidderCash,
      balance,
    };
  }

  return {
    policyWatch: {
      apply(log) {
        if (log.address.toLowerCase() !== policyKey) return undefined;
        forget();
        return forget;
      },
      reset: forget,
    },
    read,
  };
}

function nativePriceOf({ assets }: Manifest, prices: ReadonlyMap<Address, Price>): bigint | undefined {
  const asset = assets.find(({ symbol }) => symbol === NATIVE_SYMBOL);
  const price = asset && prices.get(asset.address);
  return price === undefined || price.status === PriceStatus.Down ? undefined : price.spot;
}

function pair<K, V>(key: K, value: V | undefined): [K, V][] {
  return value === undefined ? [] : [[key, value]];
}
