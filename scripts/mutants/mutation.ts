/** One change of one source file. Offsets are of characters, `to` is the first one that stays. */
export interface Mutation {
  /** Relative to the repository. */
  readonly file: string;
  readonly from: number;
  readonly to: number;
  readonly replacement: string;
  /** What kind of change it is. */
  readonly operator: string;
  /** From one. */
  readonly line: number;
}

/** A mutation as a reader knows it: by what the lines say, which outlives their numbers. */
export interface LineChange {
  readonly before: string;
  readonly after: string;
}

export function applyMutation(source: string, { from, to, replacement }: Mutation): string {
  return source.slice(0, from) + replacement + source.slice(to);
}

/** The lines that a mutation touches, before and after, without indentation and with single spaces. */
export function lineChange(source: string, { from, to, replacement }: Mutation): LineChange {
  const start = source.lastIndexOf('\n', from - 1) + 1;
  const newline = source.indexOf('\n', to);
  const end = newline === -1 ? source.length : newline;
  return {
    before: oneLine(source.slice(start, end)),
    after: oneLine(source.slice(start, from) + replacement + source.slice(to, end)),
  };
}

function oneLine(text: string): string {
  return text.trim().replaceAll(/\s+/g, ' ');
}
