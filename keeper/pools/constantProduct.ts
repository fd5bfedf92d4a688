import { mulDivDown, WAD } from '../../sdk/math';

/** Of a Uniswap V2 pair with the quote token, token units. */
export interface Reserves {
  readonly asset: bigint;
  readonly quote: bigint;
}

// The pair keeps 0.3 % of what is paid in.
const KEPT_OF = 1_000n;
const LEFT = 997n;

/** Quote token units that a pair gives for `paid` of the asset, rounded down as the pair does. */
export function swapOutput(paid: bigint, { asset, quote }: Reserves): bigint {
  const afterFee = paid * LEFT;
  return (afterFee * quote) / (asset * KEPT_OF + afterFee);
}

/** What one more unit of the asset would bring after `paid`, quote token units times WAD, rounded down. */
export function marginalOutput(paid: bigint, { asset, quote }: Reserves): bigint {
  const depth = asset * KEPT_OF + paid * LEFT;
  return depth === 0n ? 0n : mulDivDown(LEFT * KEPT_OF * asset, quote * WAD, depth * depth);
}
