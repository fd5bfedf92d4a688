import { formatWad } from '../format';

/** One number, how it comes about, and with the numbers put in. */
export interface Worked {
  readonly what: string;
  readonly formula: string;
  readonly worked: string;
}

export function line(what: string, formula: string, numbers: string, result: string): Worked {
  return { what, formula, worked: `${numbers.replaceAll('+ -', '- ')} = ${result}` };
}

export function quote(value: bigint): string {
  return formatWad(value, 4);
}
