import { parseEventLogs, type Client, type Log } from 'viem';
import { getBlock, readContract } from 'viem/actions';

import {
  closeOutAbi,
  marginPolicyAbi,
  marginVaultAbi,
  portfolioMarginAbi,
  priceOracleAbi,
  standardMarginAbi,
} from '../abi';
import { readEvents, readReport } from '../client';
import type { Manifest } from '../deployment';
import { AppError, decodeRevert } from '../errors';
import {
  formatAccountId,
  max,
  WAD,
  type AccountId,
  type DeltaRequirement,
  type Position,
  type PositionAssessment,
  type ScenarioVolatility,
  type WorstScenario,
} from '../math';
import { explainAccount } from './explainAccount';
import { isByScenarios, setsOf } from './explainPositions';
import type { CallRecord, ChainPreview, Explanation, LegMarket } from './explanation';
import { pickBlock, type Block } from './pickBlock';

export interface ReadExplanationParameters {
  readonly manifest: Pick<Manifest, 'contracts' | 'assets' | 'startBlock'>;
  readonly account: AccountId;
  /** The newest unless given. */
  readonly blockNumber?: bigint | undefined;
}

export interface ReadExplanation extends Explanation {
  readonly block: Block;
  /** False where it is empty and the node does not tell whether anybody ever used it. */
  readonly isKnownUsed: boolean;
}

/** How often a node that limits ranges of logs is asked: what is missing then is said to be. */
const MOST_LOG_REQUESTS = 512;

/**
 * Reads one account, at one block, and explains it.
 * @throws AppError `account_unused`; what `pickBlock` and the node throw
 */
export async function readExplanation(client: Client, parameters: ReadExplanationParameters): Promise<ReadExplanation> {
  const { manifest, account } = parameters;
  const { MarginVault, MarginPolicy, MarginLens, PriceOracle, CloseOut, StandardMargin, PortfolioMargin } =
    manifest.contracts;
  const block = await pickBlock(client, parameters);
  const at = { blockNumber: block.number } as const;
  const vault = { address: MarginVault.address, abi: marginVaultAbi, ...at } as const;
  const policy = { address: MarginPolicy.address, abi: marginPolicyAbi, ...at } as const;
  const oracle = { address: PriceOracle.address, abi: priceOracleAbi, ...at } as const;
  const closeOut = { address: CloseOut.address, abi: closeOutAbi, ...at } as const;

  const [report, liquidationTerms, cashTerms, liveTime, liquidity, quoteScale] = await Promise.all([
    readReport(client, { lens: MarginLens.address, account, ...at }),
    readContract(client, { ...policy, functionName: 'liquidationTerms' }),
    readContract(client, { ...policy, functionName: 'cashTerms' }),
    readContract(client, { ...vault, functionName: 'liveTime' }),
    readContract(client, { ...vault, functionName: 'liquidity' }),
    readContract(client, { ...vault, functionName: 'quoteScale' }),
  ]);
  const [isOpen, isSequencerUp, [liquidatable, elapsed], closable, { patience }] = await Promise.all([
    readContract(client, { ...vault, functionName: 'liquidationsOpen' }),
    readContract(client, { ...oracle, functionName: 'isSequencerUp' }),
    readContract(client, { ...vault, functionName: 'liquidatable', args: [account] }),
    readContract(client, { ...closeOut, functionName: 'closable', args: [account] }),
    readContract(client, { ...closeOut, functionName: 'terms' }),
  ]);
  const markets = await Promise.all(report.portfolio.collateral.map(({ asset }) => readMarket(asset)));
  const keys = [...report.underlyings.values()].map(({ indexKey }) => indexKey);
  const indexPaces = await Promise.all(
    keys.map(
      async (key) =>
        [key, await readContract(client, { ...vault, functionName: 'paceAvailable', args: [key] })] as const,
    ),
  );
  const [positions, sets, worst, exposures] = await Promise.all([
    Promise.all(report.portfolio.positions.map((position) => readPositions([position]))),
    Promise.all(setsOf(report).map(readPositions)),
    readWorst(),
    readExposures(report.portfolio.positions),
  ]);
  const callRecord = report.marginCall.calledAt === 0 ? undefined : await readCallRecord();
  const explanation = explainAccount({
    report,
    markets,
    indexPaces: new Map(indexPaces),
    liquidationTerms,
    cashTerms,
    liveTime,
    isOpen,
    isSequencerUp,
    poolLiquidity: liquidity * quoteScale,
    quoteScale,
    patience: BigInt(patience),
    chain: { preview: await readPreview(), liquidatable, elapsed, closable, positions, sets, worst, exposures },
    ...(callRecord !== undefined && { callRecord }),
    symbolOf: (asset) => manifest.assets.find(({ address }) => address === asset)?.symbol ?? asset,
  });
  const isKnownUsed = !explanation.isEmpty || (await isUsed());
  return { ...explanation, block, isKnownUsed };

  async function readMarket(asset: `0x${string}`): Promise<LegMarket> {
    const [pace, paceAvailable, [, cap], total] = await Promise.all([
      readContract(client, { ...policy, functionName: 'paceLimit', args: [asset] }),
      readContract(client, { ...vault, functionName: 'paceAvailable', args: [asset] }),
      readContract(client, { ...policy, functionName: 'intakeOf', args: [asset] }),
      readContract(client, { ...vault, functionName: 'totalCollateral', args: [asset] }),
    ]);
    return { pace, paceAvailable, capRoom: max(cap - total, 0n) };
  }

  function readPositions(asked: readonly Position[]): Promise<PositionAssessment> {
    // the same question of either model: IPositionModel
    const { address } = isByScenarios(report) ? PortfolioMargin : StandardMargin;
    return readContract(client, { address, abi: standardMarginAbi, functionName: 'assess', args: [asked], ...at });
  }

  async function readWorst(): Promise<WorstScenario[]> {
    if (!isByScenarios(report) || report.portfolio.positions.length === 0) return [];
    const model = { address: PortfolioMargin.address, abi: portfolioMarginAbi, ...at } as const;
    const found = await readContract(client, { ...model, functionName: 'worstOf', args: [report.portfolio] });
    // the contract's enum has no other values
    return found.map((each) => ({ ...each, volatility: each.volatility as ScenarioVolatility }));
  }

  function readExposures(asked: readonly Position[]): Promise<readonly DeltaRequirement[]> {
    const model = { address: StandardMargin.address, abi: standardMarginAbi, ...at } as const;
    return readContract(client, { ...model, functionName: 'deltaMarginOf', args: [asked] });
  }

  async function readPreview(): Promise<ChainPreview> {
    try {
      return { plan: await readContract(client, { ...vault, functionName: 'preview', args: [account, WAD] }) };
    } catch (error) {
      const revert = decodeRevert(error);
      if (revert === undefined) throw error;
      return { refusal: revert.name };
    }
  }

  /** Undefined where the node gives no logs: then there is one thing less to tell. */
  async function readCallRecord(): Promise<CallRecord | undefined> {
    const logs = await findLogs();
    const [last] = parseEventLogs({ abi: marginVaultAbi, logs: logs ?? [], eventName: 'MarginCalled' }).slice(-1);
    if (last === undefined) return undefined;
    const { health, fee, caller } = last.args;
    const { timestamp } = await getBlock(client, { blockNumber: last.blockNumber });
    return { health, fee, caller, block: last.blockNumber, at: timestamp };
  }

  /** False where the node does not tell. */
  async function isUsed(): Promise<boolean> {
    const logs = await findLogs();
    if (logs === undefined || logs.length > 0) return logs !== undefined;
    throw new AppError(
      `nobody has used the account ${formatAccountId(account)} up to block ${block.number}; another one of its owner is <address>/<index>`,
      { code: 'account_unused' },
    );
  }

  /** All that the vault ever said of the account; undefined where the node does not tell. */
  async function findLogs(): Promise<Log[] | undefined> {
    const range = { fromBlock: BigInt(manifest.startBlock), toBlock: block.number } as const;
    const about = { about: account, mostRequests: MOST_LOG_REQUESTS } as const;
    try {
      return await readEvents(client, { addresses: [vault.address], ...about, ...range });
    } catch {
      return undefined;
    }
  }
}
