/** A seeded source of random numbers: the same seed gives the same numbers on every machine. */
export interface Random {
  /** Uniform in [0, 1). */
  next: () => number;
  /** Uniform integer in [0, below). */
  int: (below: number) => number;
  /** True with probability `share`. */
  chance: (share: number) => boolean;
  /** Log-normal with the given median; `sigma` is the standard deviation of its logarithm. */
  logNormal: (median: number, sigma: number) => number;
  /** One of `items`, each as likely as its weight. */
  pick: <T extends { readonly weight: number }>(items: readonly T[]) => T;
  /** A new array with the items in random order. */
  shuffle: <T>(items: readonly T[]) => T[];
  /** An independent source for `label`: what one part of a run draws does not move what another part draws. */
  fork: (label: string) => Random;
}

/** The only source of chance in a run (the generator is sfc32, its state filled from a hash of the seed). */
export function createRandom(seed: number | string): Random {
  const [h1, h2, h3, h4] = hash128(String(seed));
  let [a, b, c, d] = [h1, h2, h3, h4];

  const next = (): number => {
    const sum = (a + b + d) | 0;
    d = (d + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + sum;
    return (sum >>> 0) / 2 ** 32;
  };
  const int = (below: number): number => Math.floor(next() * below);

  for (let i = 0; i < 12; i++) next(); // let the seed reach every bit of the state

  return {
    next,
    int,
    chance: (share) => next() < share,
    logNormal: (median, sigma) => {
      const radius = Math.sqrt(-2 * Math.log(1 - next())); // Box-Muller; 1 - u is never zero
      return median * Math.exp(sigma * radius * Math.cos(2 * Math.PI * next()));
    },
    pick: (items) => {
      let left = next() * items.reduce((sum, { weight }) => sum + weight, 0);
      for (const item of items) {
        left -= item.weight;
        if (left < 0) return item;
      }
      const last = items.at(-1); // reached by rounding only
      if (last === undefined) throw new RangeError('nothing to pick from');
      return last;
    },
    shuffle: (items) => {
      const rest = [...items];
      return items.map(() => rest.splice(int(rest.length), 1)).flat();
    },
    fork: (label) => createRandom(`${seed}/${label}`),
  };
}

/** Four 32-bit words that depend on every character of `text` (FNV-1a, one offset a word). */
function hash128(text: string): [number, number, number, number] {
  const word = (offset: number): number => {
    let hash = 0x811c9dc5 ^ offset;
    for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
    return hash ^ (hash >>> 15);
  };
  return [word(0), word(0x9e3779b9), word(0x7f4a7c15), word(0x2545f491)];
}
