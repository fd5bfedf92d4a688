import type { Address } from 'viem';
import { readContract } from 'viem/actions';

import type { PolicyFile } from '../../deploy';
import { marginVaultAbi } from '../../sdk/abi';
import { readInstruments, readPrices, readStandings, type AccountStanding } from '../../sdk/client';
import { formatHealth, formatSpan, formatTime, formatWad } from '../../sdk/format';
import { formatAccountId, MarginState, WAD, type AccountId, type Price } from '../../sdk/math';
import { plainTable } from '../cli/plainTable';
import { classify } from './classify';
import { formatField } from './formatField';
import { isAtRisk, measureImpact, type Impact } from './measureImpact';
import type { Chain } from './openChain';
import type { PlannedCall } from './planCall';
import { planChanges } from './planChanges';
import { listUntouched } from './planInstruments';
import { growthsEndAt, projectInstruments, projectPolicy, rampsEndAt } from './projectPolicy';
import { readRole } from './readRole';

/** What a file would change, and whom. */
export interface PolicyDiff {
  readonly calls: readonly PlannedCall[];
  /** Seconds that the risk role waits. */
  readonly delay: number;
  /** Timestamps, were it proposed now: of the change, of the end of its ramps, and of its caps' growth (zero if none). */
  readonly effectiveAt: bigint;
  readonly rampedAt: bigint;
  readonly grownAt: number;
  readonly impacts: readonly Impact[];
  /** Debts that a raised least debt makes too small: they stand, and a partial repayment or sale of them does not pass. */
  readonly dust: readonly DustDebt[];
  /** What the change may do to accounts and these figures do not show. */
  readonly unmeasured: readonly string[];
  /** Underlyings that the file says nothing of: they stay as they are. */
  readonly untouched: readonly string[];
  /** Accounts that owe or hold positions. */
  readonly looked: number;
}

export interface DustDebt {
  readonly account: AccountId;
  /** quote WAD */
  readonly debt: bigint;
}

/** Whether somebody would be called, sold or kept from new risk, or be worse off where he is, or nobody knows. */
export function turnsSomebody({ impacts, unmeasured }: PolicyDiff): boolean {
  return impacts.length > 0 || unmeasured.length > 0;
}

export async function readDiff(chain: Chain, file: PolicyFile): Promise<PolicyDiff> {
  const { client, manifest, block, policy, instruments } = chain;
  const calls = await planChanges(chain, file);
  const { delay } = await readRole(chain);
  const effectiveAt = block.timestamp + BigInt(delay);
  const changed = projectPolicy(policy, calls, effectiveAt);
  const changedInstruments = projectInstruments(instruments, calls, effectiveAt);
  const rampedAt = rampsEndAt(changed, changedInstruments, effectiveAt);
  const [standings, prices, liveTime] = await Promise.all([
    readStandings(client, {
      vault: manifest.contracts.MarginVault.address,
      startBlock: BigInt(manifest.startBlock),
      blockNumber: block.number,
    }),
    readPriceMap(chain),
    readContract(client, {
      address: manifest.contracts.MarginVault.address,
      abi: marginVaultAbi,
      functionName: 'liveTime',
      blockNumber: block.number,
    }),
  ]);
  const impacts = measureImpact({
    standings,
    prices,
    underlyings: await readUnderlyings(chain, standings),
    today: { policy, timestamp: block.timestamp, liveTime },
    changed: { policy: changed, instruments: changedInstruments, timestamp: effectiveAt, endsAt: rampedAt },
  });
  // beside positions a debt may be of any size (POS-08)
  const debts = standings.flatMap(({ account, portfolio: { cash, positions } }) =>
    cash < 0n && positions.length === 0 ? [{ account, debt: -cash }] : [],
  );
  const [least, leastThen] = [policy, changed].map(({ cash }) => BigInt(cash.target.minDebt) * WAD) as [bigint, bigint];
  return {
    calls,
    delay,
    effectiveAt,
    rampedAt,
    grownAt: growthsEndAt(changed, changedInstruments),
    impacts,
    dust: debts.filter(({ debt }) => debt >= least && debt < leastThen),
    unmeasured: calls.flatMap(tellUnmeasured),
    untouched: listUntouched(chain, file),
    looked: standings.filter(isAtRisk).length,
  };
}

/** Ages and smoothing decide a price or volatility from the next one on, and those to come are not known. */
function tellUnmeasured({ contract, functionName, subject, changes }: PlannedCall): string[] {
  if (functionName !== 'configure') return [];
  const fields = changes.map(({ field }) => field).join(', ');
  if (contract !== 'PriceOracle') {
    return [`${subject}: a change of it (${fields}) may turn whoever holds positions, by what is published or sampled`];
  }
  return [
    `${subject}: a change of its feed (${fields}) may make its price another one, or none, and turn whoever holds it`,
  ];
}

/** What the positions of all accounts are measured with today. */
function readUnderlyings({ client, manifest, block }: Chain, standings: readonly AccountStanding[]) {
  const held = standings.flatMap(({ portfolio }) => portfolio.positions.map(({ instrument }) => instrument));
  const lens = manifest.contracts.MarginLens.address;
  return readInstruments(client, { lens, instruments: [...new Set(held)], blockNumber: block.number });
}

/** Today's guarded prices of all collaterals. */
export async function readPriceMap({ client, manifest, block, policy }: Chain): Promise<ReadonlyMap<Address, Price>> {
  const assets = policy.collaterals.map(({ asset }) => asset);
  const lens = manifest.contracts.MarginLens.address;
  const prices = await readPrices(client, { lens, assets, blockNumber: block.number });
  return new Map(assets.map((asset, i) => [asset, prices[i] as Price]));
}

export function renderDiff({ network, block, manifest }: Chain, diff: PolicyDiff): string {
  const { calls, delay, effectiveAt, rampedAt, grownAt, impacts, dust, unmeasured, untouched, looked } = diff;
  const title = `policy on ${network}, block ${block.number} (${formatTime(block.timestamp)})`;
  const left = untouched.map(
    (name) => `not in the file: the terms of ${name} as an underlying, which stay as they are`,
  );
  if (calls.length === 0) return [title, 'the chain has what the file says: nothing would change', ...left].join('\n');
  const rows = calls.flatMap((call) => [
    `${call.subject}: ${call.functionName}`,
    ...call.changes.map((change) => [
      `  ${change.field}`,
      formatField(change.field, change.from, change.decimals, change.unit),
      formatField(change.field, change.to, change.decimals, change.unit),
      classify(call, change),
    ]),
  ]);
  const lines = [
    title,
    plainTable({ head: ['', 'on chain', 'in the file', 'comes'], aligns: ['left', 'right', 'right', 'left'], rows }),
    '',
    `proposed now it could be made from ${formatTime(effectiveAt)} on (the risk role waits ${formatSpan(delay)}); what is instant the guardian may do now`,
    ...(rampedAt > effectiveAt
      ? [`ramps would end ${formatTime(rampedAt)}, ${formatSpan(Number(rampedAt - effectiveAt))} later`]
      : []),
    ...(grownAt > 0 ? [`caps would have grown ${formatTime(grownAt)}`] : []),
    '',
    renderImpacts(impacts, looked, manifest.quote.symbol),
    ...(dust.length === 0 ? [] : [renderDust(dust)]),
    ...unmeasured.map((each) => `not measured: ${each}`),
    ...left,
  ];
  return lines.join('\n');
}

function renderImpacts(impacts: readonly Impact[], looked: number, quote: string): string {
  const of = `of ${looked} account${looked === 1 ? '' : 's'} with debts or positions, at today's prices and debts:`;
  if (impacts.length === 0) return `${of} none would stand worse`;
  const owed = (those: readonly Impact[]): string =>
    `${those.length} (owing ${formatWad(
      those.reduce((sum, { debt }) => sum + debt, 0n),
      2,
    )} ${quote})`;
  const turned = impacts.filter(({ before, after }) => after.state > before.state);
  const worse = (least: number, most: number): Impact[] =>
    turned.filter(({ after }) => after.state >= least && after.state <= most);
  const deeper = impacts.filter(({ before, after }) => after.state === before.state);
  const rows = impacts.map(({ account, debt, before, after, missing, turnsAt }) => [
    formatAccountId(account),
    formatWad(debt, 2),
    formatHealth(before.health, 4),
    formatHealth(after.health, 4),
    before.state === after.state
      ? `${stateName(after.state)}, deeper`
      : `${stateName(before.state)} → ${stateName(after.state)}`,
    missing === 0n ? '' : formatWad(missing, 2),
    turnsAt === undefined ? '' : formatTime(turnsAt),
  ]);
  return [
    `${of} could be called ${owed(worse(MarginState.Callable, MarginState.Called))}, ` +
      `sold ${owed(worse(MarginState.Liquidatable, MarginState.Insolvent))}, ` +
      `kept from new risk ${owed(worse(MarginState.Restricted, MarginState.Restricted))}` +
      (deeper.length === 0 ? '' : `; deeper where they are ${owed(deeper)}`),
    plainTable({
      head: ['account', 'debt', 'health', 'then', 'state', `misses ${quote}`, 'from'],
      aligns: ['left', 'right', 'right', 'right', 'left', 'right', 'left'],
      rows,
    }),
  ].join('\n');
}

function renderDust(dust: readonly DustDebt[]): string {
  return [
    `${dust.length} debt${dust.length === 1 ? '' : 's'} below the new least debt, which may be repaid and sold as a whole only:`,
    ...dust.map(({ account, debt }) => `  ${formatAccountId(account)}  ${formatWad(debt, 2)}`),
  ].join('\n');
}

export function stateName(state: number): string {
  return Object.entries(MarginState).find(([, number]) => number === state)?.[0] ?? String(state);
}
