/** What solidity-coverage says of one source file, as far as it is looked at here. */
export interface FileCoverage {
  /** Hits by line. */
  readonly l: Readonly<Record<string, number>>;
  /** Hits by function. */
  readonly f: Readonly<Record<string, number>>;
  readonly fnMap: Readonly<Record<string, { readonly name: string; readonly line: number }>>;
  /** Hits by branch, of each of its ways. */
  readonly b: Readonly<Record<string, readonly number[]>>;
  readonly branchMap: Readonly<Record<string, { readonly line: number }>>;
}

/** Something that no test has come to. */
export interface Gap {
  readonly file: string;
  readonly line: number;
  readonly kind: 'line' | 'function' | 'first way' | 'second way';
  /** The line as it stands, without what surrounds it. */
  readonly source: string;
}

/** A gap that is to stay, and why: known by what its line says, not by its number. */
export interface AcceptedGap {
  readonly file: string;
  readonly source: string;
  readonly kind: Gap['kind'];
  readonly reason: string;
}

/** How many there are and how many were come to. */
export interface Share {
  readonly covered: number;
  readonly all: number;
}

export interface CoverageTotals {
  readonly lines: Share;
  readonly functions: Share;
  readonly branches: Share;
}

/** All that no test has come to, file by file and line by line. */
export function listGaps(files: Readonly<Record<string, FileCoverage>>, read: (file: string) => string): Gap[] {
  return Object.entries(files).flatMap(([file, { l, f, fnMap, b, branchMap }]) => {
    const lines = read(file).split('\n');
    const gap = (line: number, kind: Gap['kind']): Gap => ({
      file,
      line,
      kind,
      source: (lines[line - 1] ?? '').trim(),
    });
    return [
      ...missed(l).map((line) => gap(Number(line), 'line')),
      ...missed(f).map((id) => gap(fnMap[id]?.line ?? 0, 'function')),
      ...Object.entries(b).flatMap(([id, ways]) =>
        ways.flatMap((hits, way) =>
          hits > 0 ? [] : [gap(branchMap[id]?.line ?? 0, way === 0 ? 'first way' : 'second way')],
        ),
      ),
    ].sort((one, other) => one.line - other.line);
  });
}

/** Gaps without a reason. */
export function unexplained(gaps: readonly Gap[], accepted: readonly AcceptedGap[]): Gap[] {
  return gaps.filter((gap) => !accepted.some((known) => explains(known, gap)));
}

/** Reasons without a gap: tests have come to it, or it is gone. */
export function outdated(gaps: readonly Gap[], accepted: readonly AcceptedGap[]): AcceptedGap[] {
  return accepted.filter((known) => !gaps.some((gap) => explains(known, gap)));
}

/** Of all files together. */
export function totalsOf(files: Readonly<Record<string, FileCoverage>>): CoverageTotals {
  const all = Object.values(files);
  return {
    lines: share(all.flatMap(({ l }) => Object.values(l))),
    functions: share(all.flatMap(({ f }) => Object.values(f))),
    branches: share(all.flatMap(({ b }) => Object.values(b).flat())),
  };
}

function explains(known: AcceptedGap, gap: Gap): boolean {
  return known.file === gap.file && known.source === gap.source && known.kind === gap.kind;
}

function missed(hits: Readonly<Record<string, number>>): string[] {
  return Object.entries(hits).flatMap(([id, count]) => (count > 0 ? [] : [id]));
}

function share(hits: readonly number[]): Share {
  return { covered: hits.filter((count) => count > 0).length, all: hits.length };
}
