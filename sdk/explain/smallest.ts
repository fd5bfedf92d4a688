/**
 * The least integer of `(low, high]` for which `holds`, which does so from there on.
 * @returns null where it does not even at `high`
 */
export function smallest(low: bigint, high: bigint, holds: (value: bigint) => boolean): bigint | null {
  if (high <= low || !holds(high)) return null;
  let [no, yes] = [low, high];
  while (yes - no > 1n) {
    const middle = (no + yes) / 2n;
    if (holds(middle)) yes = middle;
    else no = middle;
  }
  return yes;
}
