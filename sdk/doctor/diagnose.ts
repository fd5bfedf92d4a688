import { readContract } from 'viem/actions';
import type { Address, Client } from 'viem';

import { closeOutAbi, defaultFundAbi, lossWaterfallAbi, marginPolicyAbi, marginVaultAbi } from '../abi';
import { describeOperation, readBackstop, readOperations, readRamps } from '../client';
import type { FundDelays, Manifest } from '../deployment';
import { toAppError } from '../errors';
import { totalBorrow } from '../math';
import { reporter, type Check, type CheckGroup } from './check';
import { judgeFeeds, judgeSequencer } from './judgeFeeds';
import { judgeFund } from './judgeFund';
import { judgeInstruments } from './judgeInstruments';
import { judgeLedger } from './judgeLedger';
import { judgeOperations } from './judgeOperations';
import { judgePolicy } from './judgePolicy';
import { judgePool } from './judgePool';
import { readFeeds, readSequencer } from './readFeeds';
import { readInstrumentFacts } from './readInstruments';
import { readLedger, type LedgerProgress } from './readLedger';

export interface DiagnoseParameters {
  readonly manifest: Manifest;
  readonly block: { readonly number: bigint; readonly timestamp: bigint };
  /** Of the logs that accounts are found from; the deployment's first unless given. */
  readonly fromBlock?: bigint | undefined;
  readonly onProgress?: LedgerProgress | undefined;
}

/** What a deployment's state says of itself, at one block: feeds, policy, pool, fund, instruments, invariants, what is scheduled. */
export async function diagnose(client: Client, parameters: DiagnoseParameters): Promise<Check[]> {
  const checks = await Promise.all([
    attempt('invariants', () => examineState(client, parameters)),
    attempt('roles', () => examineOperations(client, parameters)),
  ]);
  return checks.flat();
}

async function examineOperations(client: Client, { manifest, block }: DiagnoseParameters): Promise<Check[]> {
  const startBlock = BigInt(manifest.startBlock);
  const manager = manifest.contracts.AccessManager.address;
  const operations = await readOperations(client, { manager, startBlock, blockNumber: block.number });
  return [judgeOperations(operations, (operation) => describeOperation(manifest, operation))];
}

async function examineState(client: Client, parameters: DiagnoseParameters): Promise<Check[]> {
  const { manifest, block, fromBlock, onProgress } = parameters;
  const { contracts, quote } = manifest;
  const { number: blockNumber, timestamp: now } = block;
  const policy = await readRamps(client, { policy: contracts.MarginPolicy.address, blockNumber });
  const symbolOf = (asset: Address): string =>
    manifest.assets.find(({ address }) => address === asset)?.symbol ?? asset;
  const collaterals = policy.collaterals.map(({ asset, terms: { target } }) => ({
    asset,
    symbol: symbolOf(asset),
    decimals: target.decimals,
  }));
  const vault = { address: contracts.MarginVault.address, abi: marginVaultAbi, blockNumber } as const;
  const closeOut = { address: contracts.CloseOut.address, abi: closeOutAbi, blockNumber } as const;
  const waterfall = { address: contracts.LossWaterfall.address, abi: lossWaterfallAbi, blockNumber } as const;
  const closeOutTerms = await readContract(client, { ...closeOut, functionName: 'terms' });
  const patience = BigInt(closeOutTerms.patience);
  const ledger = await readLedger(client, { manifest, collaterals, block, fromBlock, patience, onProgress });
  const { pool, accruedAt, requests } = ledger;

  const checks = await Promise.all([
    attempt('feeds', async () => [
      ...judgeFeeds(await readFeeds(client, { manifest, collaterals, blockNumber }), now),
      judgeSequencer(await readSequencer(client, { manifest, blockNumber }), now),
    ]),
    attempt('policy', async () => {
      const restricted = await readRestricted();
      const totals = ledger.tokens.map(({ credited }) => credited);
      const known = manifest.assets.map(({ address }) => address);
      return judgePolicy({ policy, symbolOf, known, totals, restricted, pool, quote: quote.symbol, now });
    }),
    attempt('pool', async () => {
      const [liquidity, isOpen] = await Promise.all([
        readContract(client, { ...vault, functionName: 'liquidity' }),
        readContract(client, { ...vault, functionName: 'liquidationsOpen' }),
      ]);
      const available = liquidity * ledger.quote.scale;
      return judgePool({ pool, liquidity: available, isOpen, accruedAt, quote: quote.symbol, now });
    }),
    attempt('fund', async () => {
      const assets = collaterals.map(({ asset }) => asset);
      const [backstop, terms, junior, senior] = await Promise.all([
        readBackstop(client, { contracts, assets, blockNumber }),
        readContract(client, { ...waterfall, functionName: 'terms' }),
        readDelays('junior'),
        readDelays('senior'),
      ]);
      return judgeFund({
        backstop,
        delays: { junior, senior },
        terms,
        closeOut: closeOutTerms,
        requests,
        borrowed: totalBorrow(pool),
        symbols: collaterals,
        quote,
      });
    }),
    attempt('instruments', async () => {
      const { accounts } = ledger;
      const positions = 'refused' in accounts ? undefined : accounts.flatMap(({ portfolio }) => portfolio.positions);
      return judgeInstruments(await readInstrumentFacts(client, { manifest, symbolOf, positions, blockNumber }), now);
    }),
    attempt('invariants', () => judgeLedger(ledger)),
  ]);
  return checks.flat();

  async function readDelays(which: 'junior' | 'senior'): Promise<FundDelays> {
    const tranche = { address: contracts[`DefaultFund/${which}`].address, abi: defaultFundAbi, blockNumber } as const;
    const [entryDelay, cooldown, window] = await Promise.all([
      readContract(client, { ...tranche, functionName: 'entryDelay' }),
      readContract(client, { ...tranche, functionName: 'cooldown' }),
      readContract(client, { ...tranche, functionName: 'window' }),
    ]);
    return { entryDelay: Number(entryDelay), cooldown: Number(cooldown), window: Number(window) };
  }

  async function readRestricted() {
    const subjects = [...collaterals, { asset: quote.address, symbol: 'the borrow cap' }];
    const read = subjects.map(async ({ asset, symbol }) => {
      const at = { address: contracts.MarginPolicy.address, abi: marginPolicyAbi, blockNumber } as const;
      return { symbol, version: await readContract(client, { ...at, functionName: 'restrictedAt', args: [asset] }) };
    });
    return (await Promise.all(read)).filter(({ version }) => version > 0n);
  }
}

/** The checks of a group, or that they could not be made: what is not known is not well. */
export async function attempt(group: CheckGroup, make: () => Check[] | Promise<Check[]>): Promise<Check[]> {
  try {
    return await make();
  } catch (error) {
    return [reporter(group).fail(group, `could not be looked at: ${toAppError(error).message}`)];
  }
}
