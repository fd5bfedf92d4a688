import { formatUnits } from 'viem';

const WAD_DECIMALS = 18;
const INT256_MAX = 2n ** 255n - 1n;

/** A WAD as a plain decimal for logs: no thousands separators, cut towards zero after `digits`. */
export function decimal(value: bigint, digits = 6): string {
  const unit = 10n ** BigInt(WAD_DECIMALS - digits);
  return formatUnits(value / unit, digits);
}

/** Health (WAD) for logs; accounts without a requirement have none that is a number. */
export function healthText(health: bigint): string {
  if (health === INT256_MAX) return 'no_risk';
  if (health === -INT256_MAX - 1n) return 'sunk';
  return decimal(health, 4);
}
