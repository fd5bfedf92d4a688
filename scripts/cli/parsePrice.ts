import { InvalidArgumentError } from 'commander';

/** By symbol, quote for one whole unit. */
export type Prices = Readonly<Record<string, number>>;

/** Adds `WETH=181.79` to what came before it on the command line. */
export function parsePrice(text: string, others: Prices = {}): Prices {
  const match = /^([A-Za-z0-9.]+)=(\d+(?:\.\d+)?)$/.exec(text);
  if (match === null) throw new InvalidArgumentError('Write it as WETH=181.79.');
  return { ...others, [match[1] ?? '']: Number(match[2]) };
}
