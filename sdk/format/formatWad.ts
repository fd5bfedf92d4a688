import { WAD } from '../math/units';

/**
 * A WAD (or any fixed-point integer) for people: thousands separated, a fixed number of decimals, cut towards zero so
 * that nothing looks larger than it is.
 * @param decimals digits after the point
 * @param one what the integer counts as one, 1e18 by default
 */
export function formatWad(value: bigint, decimals = 2, one = WAD): string {
  const unit = 10n ** BigInt(decimals);
  const scaled = ((value < 0n ? -value : value) * unit) / one;
  const whole = (scaled / unit).toString().replaceAll(/\B(?=(\d{3})+$)/g, ',');
  const fraction = decimals === 0 ? '' : `.${(scaled % unit).toString().padStart(decimals, '0')}`;
  return `${value < 0n && scaled !== 0n ? '-' : ''}${whole}${fraction}`;
}
