/** A test file and what is in it. */
export interface QuotingFile {
  readonly path: string;
  readonly text: string;
}

export interface SpecVerdict {
  /** requirements */
  readonly ids: number;
  /** titles that quote one */
  readonly quotes: number;
  /** one line each */
  readonly problems: readonly string[];
}

const REQUIREMENT = /^- \*\*([A-Z]{3,4}-\d{2})\*\* \S/;
const LOOKS_LIKE_ONE = /^- \*\*/;
const QUOTE = /\[([A-Z]{3,4}-\d{2})\]/g;
/** A title is a string that ends in quoted ids, whichever call of mocha or vitest it is given to. */
const TITLE = /(['"`])(?:\\.|(?!\1)[^\\\n])*\[[A-Z]{3,4}-\d{2}\]\1/g;
/** In Solidity a title has no room for brackets: the documentation above a test stands in for it. */
const SOLIDITY_DOC = /^\s*\/\/\/.*$/gm;

/** Compare the requirements of a specification with the ids that test titles quote. */
export function checkSpec(spec: string, files: readonly QuotingFile[]): SpecVerdict {
  const problems: string[] = [];
  const known = new Map<string, number>();
  for (const line of spec.split('\n').filter((candidate) => LOOKS_LIKE_ONE.test(candidate))) {
    const id = REQUIREMENT.exec(line)?.[1];
    if (id === undefined) problems.push(`docs/spec.md: not "- **ABC-01** what must hold": ${line}`);
    else if (known.has(id)) problems.push(`docs/spec.md: ${id} is there twice`);
    else known.set(id, 0);
  }
  for (const { path, text } of files) {
    for (const id of new Set(quotesIn(path, text))) {
      const count = known.get(id);
      if (count === undefined) problems.push(`${path}: quotes ${id}, which docs/spec.md does not have`);
      else known.set(id, count + 1);
    }
  }
  for (const [id, count] of known) {
    if (count === 0) problems.push(`docs/spec.md: no test quotes ${id}`);
  }
  const quotes = files.reduce((sum, { path, text }) => sum + quotesIn(path, text).length, 0);
  return { ids: known.size, quotes, problems };
}

function quotesIn(path: string, text: string): string[] {
  const titles = text.matchAll(path.endsWith('.sol') ? SOLIDITY_DOC : TITLE);
  return [...titles].flatMap(([title]) => [...title.matchAll(QUOTE)].map((match) => match[1] ?? ''));
}
