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
