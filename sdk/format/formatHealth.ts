import { INT256_MAX, INT256_MIN } from '../math/units';
import { formatWad } from './formatWad';

/** Health for people. Without a requirement it is no number: `no risk`, or `sunk` where something is owed. */
export function formatHealth(health: bigint, decimals = 4): string {
  if (health === INT256_MAX) return 'no risk';
  if (health === INT256_MIN) return 'sunk';
  return formatWad(health, decimals);
}
