import { formatWad } from './formatWad';

const SHOWN = 8;

/** Token units for people, with at most eight decimals and no trailing zeros. */
export function formatAmount(units: bigint, decimals: number): string {
  return trimmed(formatWad(units, Math.min(decimals, SHOWN), 10n ** BigInt(decimals)));
}

/** The same, rounded up: for what is needed. */
export function formatAmountUp(units: bigint, decimals: number): string {
  const grain = 10n ** BigInt(Math.max(decimals - SHOWN, 0));
  return formatAmount(((units + grain - 1n) / grain) * grain, decimals);
}

/** Basis points as per cent. */
export function formatBps(bps: number | bigint): string {
  return `${trimmed(formatWad(BigInt(bps), 2, 100n))} %`;
}

function trimmed(text: string): string {
  return text.includes('.') ? text.replace(/\.?0+$/, '') : text;
}
