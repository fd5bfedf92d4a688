export type Verdict = 'proved' | 'refuted' | 'undecided';

export interface Property {
  /** The function that asserts it. */
  readonly name: string;
  readonly verdict: Verdict;
  /** With the inputs that break it, where it is refuted. */
  readonly message: string;
}

/** What the compiler says of one assertion. */
export interface CheckerMessage {
  readonly severity: string;
  readonly message: string;
  readonly formattedMessage: string;
  readonly sourceLocation?: { readonly file: string; readonly start: number };
}

/** A verdict on every function of a harness that asserts something; silence is not a proof. */
export function readVerdicts(file: string, source: string, messages: readonly CheckerMessage[]): Property[] {
  return [...source.matchAll(/function (\w+)\([^{]*\{/g)].flatMap((match, index, all) => {
    const [from, to] = [match.index, all[index + 1]?.index ?? source.length];
    if (!source.slice(from, to).includes('assert(')) return [];
    const own = messages.filter(
      ({ sourceLocation }) =>
        sourceLocation?.file === file && sourceLocation.start >= from && sourceLocation.start < to,
    );
    const refuted = own.find(({ message }) => message.includes('Assertion violation happens here'));
    const open = own.find(({ message }) => message.includes('Assertion violation might happen here'));
    const proved = own.some(({ message }) => message.includes('Assertion violation check is safe'));
    const verdict = refuted !== undefined ? 'refuted' : open === undefined && proved ? 'proved' : 'undecided';
    return [{ name: match[1] ?? '', verdict, message: refuted?.message ?? open?.message ?? '' } as const];
  });
}
