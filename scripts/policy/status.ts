import { decodeFunctionData, type Hex } from 'viem';

import { accessManagerAbi, marginPolicyAbi, marginVaultAbi, priceOracleAbi, riskEngineAbi } from '../../sdk/abi';
import type { Operation } from '../../sdk/client';
import { formatSpan, formatTime, formatWad } from '../../sdk/format';
import {
  borrowCapAt,
  borrowGrowthEndsAt,
  growthEndsAt,
  liquidationTermsAt,
  collateralRiskAt,
  pairRiskAt,
  supplyCapAt,
} from '../../sdk/math';
import { plainTable } from '../cli/plainTable';
import { formatField } from './formatField';
import { listedCollaterals, type Chain } from './openChain';

const CALLS = [...marginPolicyAbi, ...priceOracleAbi, ...riskEngineAbi, ...marginVaultAbi, ...accessManagerAbi];

/** What an operation calls, with the asset that it is about where there is one. */
export function describeOperation({ symbolOf }: Pick<Chain, 'symbolOf'>, data: Hex): string {
  try {
    const { functionName, args } = decodeFunctionData({ abi: CALLS, data });
    const [first] = args as readonly unknown[];
    return typeof first === 'string' && first.length === 42
      ? `${functionName}(${symbolOf(first as `0x${string}`)})`
      : functionName;
  } catch {
    return `${data.slice(0, 10)}…`;
  }
}

/** A parameter on its way. */
export interface Running {
  readonly what: string;
  readonly from: string;
  readonly now: string;
  readonly to: string;
  /** timestamp */
  readonly endsAt: number;
}

/** Ramps and growths that have not been settled, ended ones included. */
export function listRunning(chain: Chain): Running[] {
  const { timestamp } = chain.block;
  const { cash, liquidation } = chain.policy;
  const running = listedCollaterals(chain).flatMap(({ symbol, decimals, terms, pair }): Running[] => {
    const { target, ramp, growth } = terms;
    const now = collateralRiskAt(terms, timestamp);
    const show = (field: string, value: unknown): string => formatField(field, value, decimals);
    const line = (what: string, field: string, values: readonly unknown[], endsAt: number): Running[] => {
      const [from, at, to] = values.map((value) => show(field, value)) as [string, string, string];
      return endsAt === 0 || from === to ? [] : [{ what: `${symbol} ${what}`, from, now: at, to, endsAt }];
    };
    const haircut = 'maintenanceHaircutBps';
    return [
      ...line('maintenance haircut', haircut, [ramp.fromHaircutBps, now[haircut], target[haircut]], ramp.endsAt),
      ...line('depth', 'depth', [ramp.fromDepth, now.depth, target.depth], ramp.endsAt),
      ...line(
        'pair maintenance haircut',
        haircut,
        [pair.ramp.fromHaircutBps, pairRiskAt(pair, timestamp)[haircut], pair.target[haircut]],
        pair.ramp.endsAt,
      ),
      ...line(
        'supply cap',
        'supplyCap',
        [growth.from, supplyCapAt(terms, timestamp), target.supplyCap],
        growthEndsAt(terms),
      ),
    ];
  });
  const grownAt = borrowGrowthEndsAt(cash);
  if (grownAt !== 0) {
    const values = [cash.growth.from, borrowCapAt(cash, timestamp), cash.target.borrowCap];
    const [from, at, to] = values.map((value) => formatField('borrowCap', value, 0)) as [string, string, string];
    running.push({ what: 'borrow cap', from, now: at, to, endsAt: grownAt });
  }
  const now = liquidationTermsAt(liquidation, timestamp);
  for (const field of liquidation.span.endsAt === 0 ? [] : (Object.keys(now) as (keyof typeof now)[])) {
    const values = [liquidation.from[field], now[field], liquidation.target[field]];
    const [from, at, to] = values.map((value) => formatField(field, value, 0)) as [string, string, string];
    // a field that turned in the accounts' favour is where it goes
    if (from !== to && at !== to)
      running.push({ what: `liquidation ${field}`, from, now: at, to, endsAt: liquidation.span.endsAt });
  }
  return running;
}

export function renderStatus(chain: Chain, operations: readonly Operation[]): string {
  const { network, block, policy } = chain;
  const now = Number(block.timestamp);
  const when = (time: number): string =>
    `${formatTime(time)} (${time > now ? `in ${formatSpan(time - now)}` : 'passed'})`;
  const running = listRunning(chain);
  const scheduled = plainTable({
    head: ['operation', 'call', 'state', 'executable from', 'expires'],
    aligns: ['left', 'left', 'left', 'left', 'left'],
    rows: operations.map(({ id, data, state, readyAt, expiresAt }) => [
      id,
      describeOperation(chain, data),
      state,
      when(readyAt),
      when(expiresAt),
    ]),
  });
  const ramps = plainTable({
    head: ['on its way', 'from', 'now', 'to', 'there'],
    aligns: ['left', 'right', 'right', 'right', 'left'],
    rows: running.map(({ what, from, now: at, to, endsAt }) => [what, from, at, to, when(endsAt)]),
  });
  const { haircutBpsPerDay, depthBpsPerDay, capGrowthBpsPerDay, termsDuration } = policy.speeds;
  const percent = (bps: number): string => `${formatWad(BigInt(bps), 2, 100n)} %`;
  return [
    `policy version ${policy.version} on ${network}, block ${block.number} (${formatTime(block.timestamp)})` +
      (policy.isSealed ? '' : ': NOT SEALED, changes hold at once'),
    `a day, haircuts rise by ${percent(haircutBpsPerDay)}, depths fall by ${percent(depthBpsPerDay)} and caps grow by ${percent(capGrowthBpsPerDay)} at most; terms turn over ${formatSpan(termsDuration)}`,
    '',
    operations.length === 0 ? 'nothing is scheduled' : scheduled,
    '',
    running.length === 0 ? 'nothing ramps or grows' : ramps,
  ].join('\n');
}
