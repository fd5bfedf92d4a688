import { formatWad } from '../../sdk/format';

/** A field of a parameter as people read it: by the unit in its name. */
export function formatField(field: string, value: unknown, decimals: number, unit = 'tokens'): string {
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (Array.isArray(value)) return value.map((each) => formatField(field, each, decimals)).join(', ');
  const number = BigInt(value as bigint | number);
  if (/Health|kappa/i.test(field)) return formatWad(number, 4, 10_000n);
  if (field.endsWith('Ppm') || field.endsWith('PpmPerDay')) return `${formatWad(number, 4, 10_000n)} %`;
  if (field === 'perpetualSlope') return `${formatWad(number * 100n, 6)} % a unit`;
  if (field === 'expiryMinute') return new Date(Number(number) * 60_000).toISOString().slice(11, 16);
  if (field === 'maxTenorDays') return `${number} days`;
  if (field === 'strikeDigits') return String(number);
  if (field.endsWith('Bps') || field.endsWith('BpsPerHour') || field.endsWith('BpsPerDay'))
    return `${formatWad(number, 2, 100n)} %`;
  if (field.endsWith('Cents')) return formatWad(number, 2, 100n);
  if (field === 'depth' || field === 'supplyCap') return `${formatWad(number, 0, 10n ** BigInt(decimals))} ${unit}`;
  if (field === 'capacity' || field === 'refillPerSecond') return formatWad(number, 2);
  if (field === 'minDebt' || field === 'borrowCap' || field === 'unsettledCap') return formatWad(number, 0, 1n);
  return `${number} s`;
}
