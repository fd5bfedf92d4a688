import { encodeFunctionData, type Client } from 'viem';

import { marginVaultAbi, realisedVolatilityAbi, settlementFeedAbi } from '../../sdk/abi';
import type { Manifest } from '../../sdk/deployment';
import type { AccountIndex } from '../accounts/accountIndex';
import type { MarketIndex } from '../accounts/marketIndex';
import type { Action } from '../act/action';
import type { Subject } from '../act/performer';
import type { Head } from '../chain/readHead';
import type { KeeperConfig } from '../config';
import { decimal } from '../format';
import {
  decideFunding,
  decideSamples,
  decideSettlements,
  decideVolatility,
  groupExpiries,
  isWindowOpen,
  type OpenExpiry,
} from './decideJobs';
import { createJobFactsReader } from './readJobFacts';

/** Something that is to be done for all, whoever does it. It earns nothing. */
export interface Job {
  readonly subject: Subject;
  readonly action: Action;
}

export interface Jobs {
  /** What is due at `head`, in the order in which it is to be done. */
  due(head: Head): Promise<Job[]>;
}

export interface CreateJobsParameters {
  readonly client: Client;
  readonly deployment: Manifest;
  readonly config: KeeperConfig;
  readonly accounts: AccountIndex;
  readonly markets: MarketIndex;
}

/** Looks after instruments: samples of settlements and volatility, funding, expired options. */
export function createJobs({ client, deployment, config, accounts, markets }: CreateJobsParameters): Jobs {
  const { MarginVault, SettlementFeed, RealisedVolatility } = deployment.contracts;
  const facts = createJobFactsReader(client, deployment);

  async function samples({ hash, timestamp }: Head, expiries: readonly OpenExpiry[]): Promise<Job[]> {
    const open = expiries.filter((each) => isWindowOpen(each, timestamp));
    const due = decideSamples(await facts.windows(open, hash), timestamp, config.sampleInterval);
    return due.map(({ underlying, index, expiry, sampledAt }) =>
      job({
        kind: 'settlementSample',
        topic: `${underlying}:${expiry}`,
        reason: sampledAt === 0n ? 'window_open' : 'interval_passed',
        to: SettlementFeed.address,
        data: encodeFunctionData({ abi: settlementFeedAbi, functionName: 'record', args: [index, expiry] }),
        facts: { underlying, expiry: Number(expiry) },
      }),
    );
  }

  async function settlements({ hash, timestamp }: Head, expiries: readonly OpenExpiry[]): Promise<Job[]> {
    const expired = expiries.filter(({ expiry }) => timestamp >= expiry);
    return decideSettlements(await facts.finals(expired, hash)).map(({ account, instrument, reason }) =>
      job({
        kind: 'settle',
        account,
        topic: String(instrument),
        reason,
        to: MarginVault.address,
        data: encodeFunctionData({ abi: marginVaultAbi, functionName: 'settle', args: [account, instrument] }),
        facts: { instrument: String(instrument) },
      }),
    );
  }

  async function funding({ hash, timestamp }: Head): Promise<Job[]> {
    const open = markets.all().filter(({ perpetuals }) => perpetuals > 0n);
    const due = decideFunding(await facts.funding(open, hash), timestamp, config.fundingInterval);
    return due.map(({ underlying, fundingRate, fundingAt }) =>
      job({
        kind: 'funding',
        topic: String(underlying),
        reason: 'interval_passed',
        to: MarginVault.address,
        data: encodeFunctionData({ abi: marginVaultAbi, functionName: 'updateFunding', args: [underlying] }),
        facts: { underlying, rate_a_day: decimal(fundingRate * 86_400n), age_s: Number(timestamp - fundingAt) },
      }),
    );
  }

  async function volatility({ hash, timestamp }: Head): Promise<Job[]> {
    const keys = [...new Set(markets.all().flatMap(({ feeds }) => feeds?.index ?? []))];
    const assets = decideVolatility(await facts.volatility(keys, hash), timestamp, config.volatilityInterval);
    if (assets.length === 0) return [];
    return [
      job({
        kind: 'volatilitySample',
        reason: 'interval_passed',
        to: RealisedVolatility.address,
        data: encodeFunctionData({ abi: realisedVolatilityAbi, functionName: 'sample', args: [assets] }),
        facts: { assets },
      }),
    ];
  }

  return {
    async due(head) {
      const held = accounts
        .trading()
        .flatMap((account) => (accounts.get(account)?.positions ?? []).map((position) => ({ ...position, account })));
      const expiries = groupExpiries(held, markets.all());
      const jobs = await Promise.all([
        // a window does not come again
        config.settlementSamples ? samples(head, expiries) : [],
        config.settleExpired ? settlements(head, expiries) : [],
        config.funding ? funding(head) : [],
        config.volatilitySamples ? volatility(head) : [],
      ]);
      return jobs.flat();
    },
  };
}

function job(action: Omit<Action, 'gain' | 'reserved'>): Job {
  const { kind, account, topic } = action;
  return {
    subject: { kind, ...(account && { account }), ...(topic && { topic }), state: 0 },
    action: { ...action, gain: 0n, reserved: 0n },
  };
}
