// `x * y / d` with the direction in the name: `Down`/`Up` for operands that are not negative, `Floor`/`Ceil` (towards
// minus and plus infinity) for a signed `x`. `d` is positive, `y` not negative.

export function mulDivDown(x: bigint, y: bigint, d: bigint): bigint {
  return (x * y) / d;
}

export function mulDivUp(x: bigint, y: bigint, d: bigint): bigint {
  return divUp(x * y, d);
}

export function divUp(x: bigint, d: bigint): bigint {
  return (x + d - 1n) / d;
}

export function divFloor(x: bigint, d: bigint): bigint {
  return x < 0n ? -divUp(-x, d) : x / d;
}

export function mulDivFloor(x: bigint, y: bigint, d: bigint): bigint {
  return x < 0n ? -mulDivUp(-x, y, d) : mulDivDown(x, y, d);
}

export function mulDivCeil(x: bigint, y: bigint, d: bigint): bigint {
  return x < 0n ? -mulDivDown(-x, y, d) : mulDivUp(x, y, d);
}

export function min(a: bigint, b: bigint): bigint {
  return a < b ? a : b;
}

export function max(a: bigint, b: bigint): bigint {
  return a > b ? a : b;
}
