import { formatWad } from '../../sdk/format';

/** A field of a parameter as people read it: by the unit in its name. */
export function formatField(field: string, value: unknown, decimals: number): string {
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  const number = BigInt(value as bigint | number);
  if (/Health|kappa/i.test(field)) return formatWad(number, 4, 10_000n);
  if (field.endsWith('Bps') || field.endsWith('BpsPerDay')) return `${formatWad(number, 2, 100n)} %`;
  if (field.endsWith('Cents')) return formatWad(number, 2, 100n);
  if (field === 'depth' || field === 'supplyCap') return `${formatWad(number, 0, 10n ** BigInt(decimals))} tokens`;
  if (field === 'capacity' || field === 'refillPerSecond') return formatWad(number, 2);
  if (field === 'minDebt' || field === 'borrowCap') return formatWad(number, 0, 1n);
  return `${number} s`;
}

/** A timestamp in seconds, as ISO without fractions. */
export function formatTime(seconds: number | bigint): string {
  return new Date(Number(seconds) * 1_000).toISOString().replace('.000Z', 'Z');
}

/** A span of seconds: days and hours, or what is finer. */
export function formatSpan(seconds: number): string {
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3_600) return `${Math.round(seconds / 60)} min`;
  const hours = Math.round(seconds / 3_600);
  return hours < 48 ? `${hours} h` : `${Math.floor(hours / 24)} d${hours % 24 === 0 ? '' : ` ${hours % 24} h`}`;
}
