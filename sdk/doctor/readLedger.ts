import { erc20Abi, parseEventLogs, type Address, type Client, type Log } from 'viem';
import { getBlock, readContract } from 'viem/actions';

import { defaultFundAbi, instrumentPolicyAbi, marginPolicyAbi, marginVaultAbi } from '../abi';
import { readEvents } from '../client';
import type { Manifest } from '../deployment';
import { toAppError } from '../errors';
import type { AccountId, Assessment, CashPool, LiquidationTerms, MarginCall, Portfolio } from '../math';
import type { TrancheRequests } from './judgeFund';

/** Reads on their way to the node at once. */
const AT_ONCE = 25;
/** Blocks whose logs are asked for at once; a node that finds them too many is asked for less. */
const RANGE = 20_000n;

export interface LedgerAccount {
  readonly account: AccountId;
  readonly portfolio: Portfolio;
  readonly assessment: Assessment;
  readonly marginCall: MarginCall;
  readonly principal: bigint;
}

/** What the vault holds, and what it says whom it belongs to. */
export interface LedgerFacts {
  /** Every account that an event from `fromBlock` on told of, or why there are none to be had. */
  readonly accounts: readonly LedgerAccount[] | { readonly refused: string };
  /** Whether `fromBlock` is before all events. */
  readonly isComplete: boolean;
  readonly fromBlock: bigint;
  /** Accounts that the vault cannot assess. */
  readonly unreadable: readonly AccountId[];
  /** Token units. */
  readonly tokens: readonly {
    readonly asset: Address;
    readonly symbol: string;
    readonly decimals: number;
    readonly held: bigint;
    readonly credited: bigint;
  }[];
  readonly quote: { readonly symbol: string; readonly held: bigint; readonly scale: bigint };
  readonly pool: CashPool;
  /** What winners of all underlyings were paid before losers have paid it, quote WAD. */
  readonly unsettled: bigint;
  readonly terms: LiquidationTerms;
  readonly liveTime: bigint;
  /** live seconds after which the fund takes what liquidators left */
  readonly patience: bigint;
  readonly accruedAt: bigint | undefined;
  readonly requests: { readonly junior: TrancheRequests; readonly senior: TrancheRequests } | undefined;
}

/** How far it has come, 0 to 1, and with what. */
export type LedgerProgress = (part: number, what: string) => void;

export interface ReadLedgerParameters {
  readonly manifest: Pick<Manifest, 'contracts' | 'quote' | 'startBlock'>;
  readonly collaterals: readonly { readonly asset: Address; readonly symbol: string; readonly decimals: number }[];
  readonly block: { readonly number: bigint; readonly timestamp: bigint };
  /** Of the logs; the deployment's first unless given. */
  readonly fromBlock?: bigint | undefined;
  readonly patience: bigint;
  readonly onProgress?: LedgerProgress | undefined;
}

/** The vault's books at one block. Accounts are found from its logs, and read from its storage. */
export async function readLedger(client: Client, parameters: ReadLedgerParameters): Promise<LedgerFacts> {
  const { manifest, collaterals, block, patience, onProgress } = parameters;
  const startBlock = BigInt(manifest.startBlock);
  const fromBlock = parameters.fromBlock ?? startBlock;
  const blockNumber = block.number;
  const vault = { address: manifest.contracts.MarginVault.address, abi: marginVaultAbi, blockNumber } as const;
  const balanceOf = (token: Address): Promise<bigint> => {
    const args = [vault.address] as const;
    return readContract(client, { address: token, abi: erc20Abi, functionName: 'balanceOf', args, blockNumber });
  };
  const [pool, unsettled, scale, liveTime, held, terms, tokens] = await Promise.all([
    readContract(client, { ...vault, functionName: 'pool' }),
    readUnsettled(),
    readContract(client, { ...vault, functionName: 'quoteScale' }),
    readContract(client, { ...vault, functionName: 'liveTime' }),
    balanceOf(manifest.quote.address),
    readContract(client, {
      address: manifest.contracts.MarginPolicy.address,
      abi: marginPolicyAbi,
      functionName: 'liquidationTerms',
      blockNumber,
    }),
    Promise.all(
      collaterals.map(async ({ asset, symbol, decimals }) => ({
        asset,
        symbol,
        decimals,
        held: await balanceOf(asset),
        credited: await readContract(client, { ...vault, functionName: 'totalCollateral', args: [asset] }),
      })),
    ),
  ]);
  const common = {
    isComplete: fromBlock <= startBlock,
    fromBlock,
    tokens,
    quote: { symbol: manifest.quote.symbol, held, scale },
    pool,
    unsettled,
    terms,
    liveTime,
    patience,
  };
  let logs: Log[];
  try {
    logs = await replay();
  } catch (error) {
    const refused = toAppError(error).message;
    return { ...common, accounts: { refused }, unreadable: [], accruedAt: undefined, requests: undefined };
  }
  const { accounts, unreadable } = await readAccounts(namesIn(logs));
  const [junior, senior] = await Promise.all(
    (['junior', 'senior'] as const).map((which) =>
      readRequests(client, manifest.contracts[`DefaultFund/${which}`].address, { logs, block }),
    ),
  );
  const requests = junior === undefined || senior === undefined ? undefined : { junior, senior };
  return { ...common, accounts, unreadable, accruedAt: await lastAccrual(logs), requests };

  async function readUnsettled(): Promise<bigint> {
    const address = manifest.contracts.InstrumentPolicy.address;
    const policy = { address, abi: instrumentPolicyAbi, blockNumber } as const;
    const count = await readContract(client, { ...policy, functionName: 'underlyingCount' });
    const markets = Array.from({ length: count }, (_, i) =>
      readContract(client, { ...vault, functionName: 'marketOf', args: [i + 1] }),
    );
    return (await Promise.all(markets)).reduce((sum, market) => sum + market.unsettled, 0n);
  }

  async function replay(): Promise<Log[]> {
    const { contracts } = manifest;
    const addresses = [vault.address, contracts['DefaultFund/junior'].address, contracts['DefaultFund/senior'].address];
    const found: Log[] = [];
    for (let start = fromBlock; start <= blockNumber; start += RANGE) {
      const end = start + RANGE - 1n < blockNumber ? start + RANGE - 1n : blockNumber;
      found.push(...(await readEvents(client, { addresses, fromBlock: start, toBlock: end })));
      onProgress?.(Number(end - fromBlock + 1n) / Number(blockNumber - fromBlock + 1n) / 2, `logs to block ${end}`);
    }
    return found;
  }

  async function readAccounts(names: readonly AccountId[]) {
    const read: LedgerAccount[] = [];
    const failed: AccountId[] = [];
    for (let start = 0; start < names.length; start += AT_ONCE) {
      const batch = names.slice(start, start + AT_ONCE).map(async (account): Promise<void> => {
        const principal = await readContract(client, { ...vault, functionName: 'principalOf', args: [account] });
        try {
          const answer = await readContract(client, { ...vault, functionName: 'assess', args: [account] });
          const [portfolio, assessment, marginCall] = answer;
          read.push({ account, portfolio, assessment, marginCall, principal });
        } catch (error) {
          if (toAppError(error).retryable) throw error;
          failed.push(account);
        }
      });
      await Promise.all(batch);
      onProgress?.(0.5 + read.length / names.length / 2, `${read.length} of ${names.length} accounts`);
    }
    return { accounts: read, unreadable: failed };
  }

  async function lastAccrual(all: readonly Log[]): Promise<bigint | undefined> {
    const events = parseEventLogs({ abi: marginVaultAbi, logs: [...all], eventName: 'PoolChanged' });
    const last = events.at(-1)?.blockNumber;
    return last === undefined ? undefined : (await getBlock(client, { blockNumber: last })).timestamp;
  }
}

function namesIn(logs: readonly Log[]): AccountId[] {
  const eventName = ['CashChanged', 'CollateralChanged', 'PositionChanged'] as const;
  const events = parseEventLogs({ abi: marginVaultAbi, logs: [...logs], eventName: [...eventName] });
  return [...new Set(events.map(({ args }) => args.account))].sort();
}

interface RequestParameters {
  readonly logs: readonly Log[];
  readonly block: { readonly number: bigint; readonly timestamp: bigint };
}

/** Who is on the way in or out of a tranche. */
async function readRequests(
  client: Client,
  address: Address,
  { logs, block }: RequestParameters,
): Promise<TrancheRequests> {
  const own = logs.filter((log) => log.address.toLowerCase() === address.toLowerCase());
  const eventName = ['DepositRequested', 'RedeemRequested'] as const;
  const events = parseEventLogs({ abi: defaultFundAbi, logs: own, eventName: [...eventName] });
  const holders = [...new Set(events.map(({ args }) => args.holder))];
  const tranche = { address, abi: defaultFundAbi, blockNumber: block.number } as const;
  const pending = await Promise.all(
    holders.map(async (holder) => {
      const args = [holder] as const;
      const [request, entering] = await Promise.all([
        readContract(client, { ...tranche, functionName: 'requestOf', args }),
        readContract(client, { ...tranche, functionName: 'depositRequestOf', args }),
      ]);
      const stands = block.timestamp <= BigInt(request.redeemableUntil);
      return { shares: stands ? request.shares : 0n, principal: entering.principal };
    }),
  );
  const [leaving, entering] = [pending.filter(({ shares }) => shares > 0n), pending.filter((p) => p.principal > 0n)];
  return {
    // interest aside: principals are quote WAD at index one
    entering: { holders: entering.length, assets: entering.reduce((sum, { principal }) => sum + principal, 0n) },
    leaving: { holders: leaving.length, shares: leaving.reduce((sum, { shares }) => sum + shares, 0n) },
  };
}
