/** A known price: seconds from the start of the scenario, and quote for one whole unit. */
export type PathPoint = readonly [second: number, price: number];

/** A price (or any positive figure) at every second. */
export interface PricePath {
  readonly points: readonly PathPoint[];
  /** Log-linear between two points: the same percentage every second. Before the first and after the last: constant. */
  at: (second: number) => number;
}

/** @param points in order of time, at least one, prices positive */
export function createPricePath(points: readonly PathPoint[]): PricePath {
  const [first] = points;
  if (first === undefined) throw new RangeError('a path needs a point');
  return {
    points,
    at: (second) => {
      // bisect: the first point after `second` is in (low, high]
      let low = -1;
      let high = points.length;
      while (high - low > 1) {
        const middle = (low + high) >> 1;
        if ((points[middle] ?? first)[0] > second) high = middle;
        else low = middle;
      }
      const from = points[low];
      const to = points[high];
      if (from === undefined) return first[1];
      if (to === undefined) return from[1];
      return from[1] * (to[1] / from[1]) ** ((second - from[0]) / (to[0] - from[0]));
    },
  };
}

/**
 * The path of an asset that moves with another: each logarithmic move is `beta` times the other's.
 * @param first its price at second zero
 */
export function followPath(leader: PricePath, beta: number, first: number): PricePath {
  const start = leader.at(0);
  const price = (of: number): number => first * (of / start) ** beta;
  return { points: leader.points.map(([second, of]) => [second, price(of)]), at: (second) => price(leader.at(second)) };
}

export interface StepRule {
  /** A step ends before any path has moved further than this, basis points of logarithm. */
  readonly maxMoveBps: number;
  /** ... unless it would be shorter than this. */
  readonly minSeconds: number;
  readonly maxSeconds: number;
}

/**
 * The seconds at which a replay looks at the world: dense where prices move, sparse where they rest, and every known
 * point of every path is one of them, so that no low is stepped over.
 */
export function stepSeconds(paths: readonly PricePath[], until: number, rule: StepRule): number[] {
  const known = new Set(paths.flatMap(({ points }) => points.map(([second]) => Math.round(second))));
  const stops = [...known, until].filter((second) => second > 0 && second <= until).sort((a, b) => a - b);
  const seconds = [0];
  let now = 0;
  for (const stop of stops) {
    // between two stops every path is one straight line in logarithm, so equal steps are equal moves
    const span = stop - now;
    if (span <= 0) continue;
    const start = now;
    const move = Math.max(...paths.map((path) => Math.abs(Math.log(path.at(stop) / path.at(start)))));
    const byMove = Math.ceil((move * 10_000) / rule.maxMoveBps);
    const byTime = Math.ceil(span / rule.maxSeconds);
    const parts = Math.max(1, Math.min(Math.max(byMove, byTime), Math.floor(span / rule.minSeconds)));
    for (let part = 1; part <= parts; part++) seconds.push(start + Math.round((span * part) / parts));
    now = stop;
  }
  return seconds;
}
