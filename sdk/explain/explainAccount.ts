import type { Address } from 'viem';

import type { AccountReport } from '../client';
import { formatHealth, formatWad } from '../format';
import {
  assess,
  excess,
  health,
  largestBorrow,
  largestWithdrawal,
  legHaircuts,
  marginState,
  MarginMode,
  MarginState,
  measureLegs,
  min,
  PriceStatus,
  WAD,
  type Assessment,
  type Leg,
  type LegSide,
  type LiquidationTerms,
} from '../math';

/** A report and what else decides the account's standing, all of one block. */
export interface ExplainInputs {
  readonly report: AccountReport;
  readonly liquidationTerms: LiquidationTerms;
  /** seconds, of the margin calls */
  readonly liveTime: bigint;
  /** quote that can be borrowed now, WAD */
  readonly poolLiquidity: bigint;
  readonly symbolOf: (asset: Address) => string;
}

/** One line of the calculation, formatted. What is only on one side has no other. */
export interface ExplainedLine {
  readonly section: string;
  readonly label: string;
  /** as the sdk computes it */
  readonly offChain: string;
  /** as the chain computes it */
  readonly onChain?: string;
  readonly agrees?: boolean;
}

export interface Explanation {
  readonly lines: readonly ExplainedLine[];
  /** Whether every figure that the chain gave is the sdk's, to the wei. */
  readonly agrees: boolean;
  /** Nobody has used the account, or everything has left it. */
  readonly isEmpty: boolean;
}

type Line = Omit<ExplainedLine, 'section'>;
const SIDES = ['worse', 'mark', 'better'] as const;

const SIDE_TITLES = {
  worse: 'worse side (opens risk)',
  mark: 'mark (prices a liquidation)',
  better: 'better side (decides a call)',
} as const;

/** The margin calculation of an account line by line, computed here beside what the chain computed. */
export function explainAccount(inputs: ExplainInputs): Explanation {
  const { report } = inputs;
  const { portfolio, assessment: onChain } = report;
  const offChain = assess(report);
  const legs = measureLegs(report);
  const lines = [
    ...inSection('account', [
      { label: 'margin mode', offChain: nameOf(MarginMode, portfolio.mode) },
      { label: 'cash', offChain: formatWad(portfolio.cash, 6) },
    ]),
    ...legs.flatMap((leg, i) => inSection(legTitle(inputs, i), legLines(inputs, leg, i))),
    ...SIDES.flatMap((side) => inSection(SIDE_TITLES[side], sideLines(side, offChain, onChain))),
    ...inSection('standing', standingLines(inputs, offChain)),
    ...inSection('room', roomLines(inputs)),
  ];
  const isEmpty =
    portfolio.cash === 0n &&
    portfolio.collateral.length === 0 &&
    portfolio.positions.length === 0 &&
    report.marginCall.calledAt === 0;
  return { lines, agrees: lines.every(({ agrees }) => agrees !== false), isEmpty };
}

function inSection(section: string, lines: readonly Line[]): ExplainedLine[] {
  return lines.map((line) => ({ section, ...line }));
}

function legTitle({ report, symbolOf }: ExplainInputs, i: number): string {
  const holding = report.portfolio.collateral[i];
  return `collateral ${i + 1}${holding === undefined ? '' : `: ${symbolOf(holding.asset)}`}`;
}

function legLines({ report }: ExplainInputs, leg: Leg, i: number): Line[] {
  const { portfolio, prices, risks } = report;
  const holding = portfolio.collateral[i];
  const price = prices[i];
  const risk = risks[i];
  // measureLegs has made sure of that
  if (holding === undefined || price === undefined || risk === undefined) return [];
  const amount = (units: bigint): string => formatAmount(units, risk.decimals);
  const { initialHaircutBps, maintenanceHaircutBps } = legHaircuts(report, i);
  const haircut = (bps: number): string => (bps === 10_000 ? 'counts nothing' : `${(bps / 100).toFixed(2)} %`);
  // a Live leg has the same mark and better side
  const sides: readonly (readonly [string, LegSide])[] =
    leg.better === leg.mark && !leg.down
      ? [
          ['worse', leg.worse],
          ['mark, better', leg.mark],
        ]
      : SIDES.map((side) => [side, leg[side]]);
  return [
    { label: 'amount', offChain: amount(holding.amount) },
    { label: 'price status', offChain: nameOf(PriceStatus, price.status) },
    {
      label: 'price low / spot / high',
      offChain: [price.low, price.spot, price.high].map((each) => formatWad(each, 4)).join(' / '),
    },
    {
      label: 'haircut initial / maintenance',
      offChain: `${haircut(initialHaircutBps)} / ${haircut(maintenanceHaircutBps)}`,
    },
    { label: 'market depth, for concentration', offChain: amount(risk.depth) },
    ...sides.flatMap(([title, side]) => legSideLines(title, side)),
  ];
}

function legSideLines(title: string, { value, initial, maintenance }: LegSide): Line[] {
  if (value === 0n) return [{ label: `${title}: value`, offChain: 'nothing' }];
  const counted = (requirement: bigint): string =>
    `${formatWad(value - requirement, 6)} (less ${formatWad((requirement * 100n * WAD) / value, 4)} %)`;
  return [
    { label: `${title}: value`, offChain: formatWad(value, 6) },
    { label: `${title}: counts initially`, offChain: counted(initial) },
    { label: `${title}: counts for maintenance`, offChain: counted(maintenance) },
  ];
}

function sideLines(side: (typeof SIDES)[number], offChain: Assessment, onChain: Assessment): Line[] {
  return [
    compare('equity E', offChain[side].equity, onChain[side].equity),
    compare('initial requirement Ri', offChain[side].initial, onChain[side].initial),
    compare('maintenance requirement Rm', offChain[side].maintenance, onChain[side].maintenance),
  ];
}

function standingLines({ report, liquidationTerms, liveTime }: ExplainInputs, offChain: Assessment): Line[] {
  const { assessment: onChain, marginCall } = report;
  const standing = marginState(offChain, marginCall, liquidationTerms, liveTime);
  const asHealth = (value: bigint): string => formatHealth(value, 6);
  const left = BigInt(marginCall.deadline) - liveTime;
  return [
    compare('collateral at mark', offChain.markCollateral, onChain.markCollateral),
    compare('legs without a price (bits)', offChain.downLegs, onChain.downLegs, String),
    compare('health E / Rm at mark', health(offChain.mark), health(onChain.mark), asHealth),
    compare('health E / Rm at the better side', health(offChain.better), health(onChain.better), asHealth),
    compare('excess E - Ri at the worse side', excess(offChain.worse), excess(onChain.worse)),
    compare('state', BigInt(standing.state), BigInt(report.state), (state) => nameOf(MarginState, Number(state))),
    {
      label: 'margin call',
      offChain:
        marginCall.calledAt === 0
          ? 'none'
          : left > 0n
            ? `liquidatable in ${left} live seconds`
            : `liquidatable for ${-left} live seconds`,
    },
  ];
}

function roomLines({ report, poolLiquidity, symbolOf }: ExplainInputs): Line[] {
  const { portfolio, risks, largestWithdrawals } = report;
  return [
    { label: 'the pool can lend', offChain: formatWad(poolLiquidity, 6) },
    compare('largest borrow', min(largestBorrow(report), poolLiquidity), report.largestBorrow),
    ...portfolio.collateral.map(({ asset }, i) => {
      const format = (amount: bigint): string => formatAmount(amount, risks[i]?.decimals ?? 0);
      const label = `largest withdrawal of ${symbolOf(asset)}`;
      return compare(label, largestWithdrawal(report, i), largestWithdrawals[i] ?? 0n, format);
    }),
  ];
}

function formatAmount(units: bigint, decimals: number): string {
  return formatWad(units, Math.min(decimals, 8), 10n ** BigInt(decimals));
}

/** Where the two differ every digit is shown, since the difference may be in the last. */
function compare(
  label: string,
  here: bigint,
  there: bigint,
  format: (value: bigint) => string = (value) => formatWad(value, 6),
): Line {
  const agrees = here === there;
  const show = agrees ? format : String;
  return { label, offChain: show(here), onChain: show(there), agrees };
}

function nameOf(names: Readonly<Record<string, number>>, value: number): string {
  return Object.entries(names).find(([, number]) => number === value)?.[0] ?? `unknown (${value})`;
}
