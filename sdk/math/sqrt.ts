/** The largest whole number whose square is not above `value`. */
export function sqrtDown(value: bigint): bigint {
  if (value < 2n) return value;
  // Newton from above falls until it is there
  let root = 1n << BigInt((value.toString(2).length + 1) >> 1);
  for (;;) {
    const next = (root + value / root) >> 1n;
    if (next >= root) return root;
    root = next;
  }
}
