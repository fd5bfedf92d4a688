// Constant product, as far as people in the simulation reckon with it. What a trade really gives the pair decides.

/** Token units. */
export interface Reserves {
  readonly asset: bigint;
  readonly quote: bigint;
}

export interface Thinning {
  readonly from: number;
  readonly until: number;
  readonly share: number;
}

/** Quote for one whole unit. */
export function toPrice({ asset, quote }: Reserves, decimals: number, quoteDecimals: number): number {
  return (Number(quote) / Number(asset)) * 10 ** (decimals - quoteDecimals);
}

/** The reserves of the same product at another price; the fee of getting there is left out. */
export function reservesAt(reserves: Reserves, price: number, decimals: number, quoteDecimals: number): Reserves {
  const factor = Math.sqrt(price / toPrice(reserves, decimals, quoteDecimals));
  return { asset: times(reserves.asset, 1 / factor), quote: times(reserves.quote, factor) };
}

/** What a Uniswap V2 pair gives for `paid`, with its fee of 0.3 %; rounded down. */
export function swapOutput(paid: bigint, reserveIn: bigint, reserveOut: bigint): bigint {
  const afterFee = paid * 997n;
  return (afterFee * reserveOut) / (reserveIn * 1_000n + afterFee);
}

/** The part of the liquidity that is there at each of two seconds: the least of all thinnings that cover it. */
export function liquidityShares(
  thinning: readonly Thinning[],
  before: number,
  now: number,
): { readonly from: number; readonly to: number } {
  const at = (second: number): number =>
    Math.min(1, ...thinning.filter(({ from, until }) => from <= second && second < until).map(({ share }) => share));
  return { from: at(before), to: at(now) };
}

/** Twelve digits of the factor count. */
function times(amount: bigint, factor: number): bigint {
  return (amount * BigInt(Math.round(factor * 1e12))) / 1_000_000_000_000n;
}
