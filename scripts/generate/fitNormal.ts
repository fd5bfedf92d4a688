import { ONE, over, preciseNormal, preciseSqrt, times } from '../../sdk/testing/highPrecision';

// The tail of the normal distribution is fitted as `1/2 * P(x) ** -16`, P a polynomial on each of two pieces. The
// power does what the exponential would, P is smooth and rises, and degree nine is enough for 3e-12. Each polynomial
// is the one whose greatest error of the tail is least (Remez' exchange), with its value at the left end given.

const DEGREE = 9;
const POINTS = 400;
const EXCHANGES = 12;

/** A piece's polynomial in the distance from its left end: coefficients as multiples of ONE, lowest first. */
export interface Fit {
  readonly coefficients: readonly bigint[];
  /** greatest error of the tail at the points that were looked at, as a multiple of ONE */
  readonly worst: bigint;
}

interface Point {
  /** distance from the left end */
  readonly x: bigint;
  /** what P must be: `(2 * tail) ** (-1 / 16)` */
  readonly value: bigint;
  /** how far the tail moves with P: `8 * P ** -17` */
  readonly weight: bigint;
}

/** Fit the piece from `start` to `end`, multiples of ONE, with value `first` at `start`. */
export function fitPiece(start: bigint, end: bigint, first: bigint): Fit {
  const points = Array.from({ length: POINTS }, (_, i) =>
    pointAt(start, ((end - start) * BigInt(i + 1)) / BigInt(POINTS)),
  );
  let nodes = Array.from({ length: DEGREE + 1 }, (_, i) => chebyshevIndex(i)).map((i) => points[i] as Point);
  let best: Fit | undefined;
  for (let i = 0; i < EXCHANGES; ++i) {
    const coefficients = level(nodes, first);
    const errors = points.map((point) => times(valueAt(coefficients, point.x) - point.value, point.weight));
    const worst = errors.map(magnitude).reduce((a, b) => (a > b ? a : b));
    if (best && worst >= best.worst) break;
    best = { coefficients, worst };
    const peaks = peaksOf(errors);
    if (peaks.length < nodes.length) break;
    nodes = peaks.map((peak) => points[peak] as Point);
  }
  return best as Fit;
}

function pointAt(start: bigint, x: bigint): Point {
  const twice = 2n * preciseNormal(-(start + x));
  const value = over(ONE, [1, 2, 3, 4].reduce(preciseSqrt, twice));
  return { x, value, weight: over(8n * twice, value) };
}

/** The points from which the exchange sets out are closer at the ends. */
function chebyshevIndex(i: number): number {
  return Math.round(((POINTS - 1) * (1 - Math.cos((Math.PI * (i + 0.5)) / (DEGREE + 1)))) / 2);
}

/** The polynomial whose weighted errors at the nodes are equal and alternate in sign. */
function level(nodes: readonly Point[], first: bigint): bigint[] {
  const rows = nodes.map(({ x, value, weight }, i) => {
    let power = weight;
    const row = Array.from({ length: DEGREE }, () => (power = times(power, x)));
    return [...row, i % 2 === 0 ? ONE : -ONE, times(value - first, weight)];
  });
  return [first, ...solve(rows).slice(0, DEGREE)];
}

/** Gauss' elimination; the last column is the right side. */
function solve(system: readonly (readonly bigint[])[]): bigint[] {
  const rows = system.map((row) => [...row]);
  const n = rows.length;
  for (let k = 0; k < n; ++k) {
    const pivot = rows.slice(k).reduce((a, b) => (magnitude(at(b, k)) > magnitude(at(a, k)) ? b : a));
    rows.splice(rows.indexOf(pivot), 1);
    rows.splice(k, 0, pivot);
    for (const row of rows.slice(k + 1)) {
      const factor = over(at(row, k), at(pivot, k));
      for (let j = k; j <= n; ++j) row[j] = at(row, j) - times(factor, at(pivot, j));
    }
  }
  const solution = new Array<bigint>(n).fill(0n);
  for (let k = n - 1; k >= 0; --k) {
    const row = rows[k] as bigint[];
    const known = solution.reduce((sum, value, j) => sum + times(value, at(row, j)), 0n);
    solution[k] = over(at(row, n) - known, at(row, k));
  }
  return solution;
}

/** The greatest error of each run of one sign; from the ends whatever is one too many, the smaller first. */
function peaksOf(errors: readonly bigint[]): number[] {
  const peaks: number[] = [];
  errors.forEach((error, i) => {
    const last = peaks.at(-1);
    if (last === undefined || at(errors, last) < 0n !== error < 0n) peaks.push(i);
    else if (magnitude(error) > magnitude(at(errors, last))) peaks[peaks.length - 1] = i;
  });
  while (peaks.length > DEGREE + 1) {
    const [left, right] = [peaks[0], peaks.at(-1)].map((peak) => magnitude(at(errors, peak as number)));
    if ((left as bigint) < (right as bigint)) peaks.shift();
    else peaks.pop();
  }
  return peaks;
}

/** Horner's rule. */
export function valueAt(coefficients: readonly bigint[], x: bigint): bigint {
  return coefficients.reduceRight((sum, coefficient) => times(sum, x) + coefficient, 0n);
}

function at(values: readonly bigint[], i: number): bigint {
  const value = values[i];
  if (value === undefined) throw new RangeError(`no element ${i}`);
  return value;
}

function magnitude(x: bigint): bigint {
  return x < 0n ? -x : x;
}
