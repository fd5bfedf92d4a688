/** `count` of `items`, drawn by `seed` and left in their order; all of them where there are no more. */
export function sample<T>(items: readonly T[], count: number, seed: number): T[] {
  const random = createRandom(seed);
  const order = items.map((_, index) => index);
  const drawn = Math.min(count, order.length);
  for (let i = 0; i < drawn; i++) {
    const j = i + Math.floor(random() * (order.length - i));
    [order[i], order[j]] = [order[j] ?? 0, order[i] ?? 0];
  }
  const chosen = new Set(order.slice(0, drawn));
  return items.filter((_, index) => chosen.has(index));
}

/** Mulberry32: numbers in [0, 1), the same ones for the same seed on any machine. */
function createRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}
