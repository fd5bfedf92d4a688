/** The part of the compiler's output that is read. */
export interface SolcOutput {
  readonly errors?: readonly SolcMessage[];
}

export interface SolcMessage {
  readonly severity: string;
  readonly errorCode?: string;
  readonly sourceLocation?: { readonly file: string };
}

/** Said of packages that others wrote, by the compiler's code of the warning; of our own sources they are shown. */
const KNOWN: ReadonlyMap<string, RegExp> = new Map([
  ['1878', /^@uniswap\//], // no SPDX licence identifier: written before there were any
  ['2394', /^@openzeppelin\//], // transient storage outlives a call, said once where any is used; ours is cleared
  ['5667', /^@pythnetwork\//], // parameters that their mock does not use
]);

/** Compiler output without the warnings that are known and harmless. Everything else stays. */
export function withoutKnownWarnings(output: SolcOutput | undefined): SolcOutput | undefined {
  if (output?.errors === undefined) return output;
  return { ...output, errors: output.errors.filter((message) => !isKnown(message)) };
}

function isKnown({ severity, errorCode, sourceLocation }: SolcMessage): boolean {
  const files = KNOWN.get(errorCode ?? '');
  return severity === 'warning' && files !== undefined && files.test(sourceLocation?.file ?? '');
}
