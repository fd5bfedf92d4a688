import { decodeFunctionData, type Hex } from 'viem';

import {
  accessManagerAbi,
  instrumentPolicyAbi,
  marginPolicyAbi,
  marginVaultAbi,
  priceOracleAbi,
  realisedVolatilityAbi,
  riskEngineAbi,
  volatilityFeedAbi,
} from '../../sdk/abi';
import type { Operation } from '../../sdk/client';
import { formatSpan, formatTime, formatWad } from '../../sdk/format';
import { plainTable } from '../cli/plainTable';
import { listRunning } from './listRunning';
import type { Chain } from './openChain';

const CALLS = [
  ...marginPolicyAbi,
  ...instrumentPolicyAbi,
  ...priceOracleAbi,
  ...volatilityFeedAbi,
  ...realisedVolatilityAbi,
  ...riskEngineAbi,
  ...marginVaultAbi,
  ...accessManagerAbi,
];

/** Setters that begin with the number of an underlying. */
const OF_UNDERLYINGS = ['setRisk', 'setScenarios', 'setDeltaTerms', 'setTradeTerms', 'open', 'close'];

/** What an operation calls, with the asset or underlying that it is about where there is one. */
export function describeOperation(
  { symbolOf, underlyingName }: Pick<Chain, 'symbolOf' | 'underlyingName'>,
  data: Hex,
): string {
  try {
    const { functionName, args } = decodeFunctionData({ abi: CALLS, data });
    const [first] = args as readonly unknown[];
    if (OF_UNDERLYINGS.includes(functionName)) return `${functionName}(${underlyingName(Number(first))})`;
    return typeof first === 'string' && first.length === 42
      ? `${functionName}(${symbolOf(first as `0x${string}`)})`
      : functionName;
  } catch {
    return `${data.slice(0, 10)}…`;
  }
}

export function renderStatus(chain: Chain, operations: readonly Operation[]): string {
  const { network, block, policy, instruments } = chain;
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
    ...(instruments.underlyings.length === 0
      ? []
      : [
          `instruments: version ${instruments.version}, ${instruments.underlyings.length} listed; requirements rise over ${formatSpan(instruments.rampDuration)}` +
            (instruments.isSealed ? '' : ': NOT SEALED, changes hold at once'),
        ]),
    '',
    operations.length === 0 ? 'nothing is scheduled' : scheduled,
    '',
    running.length === 0 ? 'nothing ramps or grows' : ramps,
  ].join('\n');
}
