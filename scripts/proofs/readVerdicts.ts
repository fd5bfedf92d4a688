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

const CONTROL = 'assert(false);';

/**
 * Puts a false assertion behind each: it must be refuted, or the property holds only because nothing satisfies what it
 * requires, or because the solver sees no way to its end.
 */
export function withControls(source: string): string {
  return source.replace(/\bassert\([^;]*\);/g, `$& ${CONTROL}`);
}

/** A verdict on every function of a harness `withControls` that asserts something; silence is not a proof. */
export function readVerdicts(file: string, source: string, messages: readonly CheckerMessage[]): Property[] {
  return [...source.matchAll(/function (\w+)\([^{]*\{/g)].flatMap((match, index, all) => {
    const [from, to] = [match.index, all[index + 1]?.index ?? source.length];
    if (!source.slice(from, to).includes('assert(')) return [];
    const name = match[1] ?? '';
    const own = messages.filter(
      ({ sourceLocation }) =>
        sourceLocation?.file === file && sourceLocation.start >= from && sourceLocation.start < to,
    );
    const isControl = ({ sourceLocation }: CheckerMessage) => source.startsWith(CONTROL, sourceLocation?.start);
    const control = verdictOf(own.filter(isControl));
    const property = verdictOf(own.filter((message) => !isControl(message)));
    if (property.verdict !== 'proved' || control.verdict === 'refuted') return [{ name, ...property }];
    return control.verdict === 'proved'
      ? [{ name, verdict: 'refuted', message: 'hollow: no input satisfies what it requires' } as const]
      : [{ name, verdict: 'undecided', message: 'whether any input satisfies what it requires' } as const];
  });
}

function verdictOf(messages: readonly CheckerMessage[]): Omit<Property, 'name'> {
  const refuted = messages.find(({ message }) => message.includes('Assertion violation happens here'));
  const open = messages.find(({ message }) => message.includes('Assertion violation might happen here'));
  const proved = messages.some(({ message }) => message.includes('Assertion violation check is safe'));
  const verdict: Verdict = refuted !== undefined ? 'refuted' : open === undefined && proved ? 'proved' : 'undecided';
  return { verdict, message: (refuted ?? open)?.formattedMessage ?? '' };
}
