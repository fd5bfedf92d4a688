// Elementary functions in fixed point with far more digits than any result has: what coefficients are fitted to and what
// tests compare with. Slow and plain on purpose. Everything is a multiple of ONE; errors are below 1e-30.

const DIGITS = 80n;
/** One. */
export const ONE = 10n ** DIGITS;

/** Where a series is cut: what follows is below a unit of the last digit. */
const NOTHING = 1n;
/** Beyond it the tail is below 1e-32; the digits of the density are not enough for the series much farther out. */
const FARTHEST = 12n * ONE;

/** A ratio as a multiple of ONE. */
export function precise(numerator: bigint, denominator = 1n): bigint {
  return (numerator * ONE) / denominator;
}

export function times(x: bigint, y: bigint): bigint {
  return (x * y) / ONE;
}

export function over(x: bigint, y: bigint): bigint {
  return (x * ONE) / y;
}

/** Square root by Newton's steps from above, until they stop falling. */
export function preciseSqrt(x: bigint): bigint {
  if (x === 0n) return 0n;
  const target = x * ONE;
  let root = 1n << BigInt(Math.ceil(target.toString(2).length / 2));
  for (;;) {
    const next = (root + target / root) / 2n;
    if (next >= root) return root;
    root = next;
  }
}

/** `exp(x)`: the series of `x / 2 ** 32`, squared as often. */
export function preciseExp(x: bigint): bigint {
  if (x < -400n * ONE) return 0n;
  const halvings = 32n;
  const guard = 10n ** 40n; // each squaring doubles the error, and large results are further off
  const unit = ONE * guard;
  const small = (x * guard) >> halvings;
  let term = unit;
  let sum = unit;
  for (let k = 1n; term !== 0n && term !== -1n; ++k) {
    term = (term * small) / (k * unit);
    sum += term;
  }
  for (let k = 0n; k < halvings; ++k) sum = (sum * sum) / unit;
  return sum / guard;
}

/** `ln(x)`, x > 0: roots until it is near one, then `2 atanh((x - 1) / (x + 1))`. */
export function preciseLn(x: bigint): bigint {
  let root = x;
  let doublings = 0n;
  while (root > (ONE * 11n) / 10n || root < (ONE * 10n) / 11n) {
    root = preciseSqrt(root);
    doublings += 1n;
  }
  const t = over(root - ONE, root + ONE);
  const square = times(t, t);
  let power = t;
  let sum = 0n;
  for (let k = 1n; power / k !== 0n; k += 2n) {
    sum += power / k;
    power = times(power, square);
  }
  return (2n * sum) << doublings;
}

/** pi by Machin's formula. */
export const PI = 4n * (4n * arctanOfInverse(5n) - arctanOfInverse(239n));

function arctanOfInverse(n: bigint): bigint {
  let power = ONE / n;
  let sum = 0n;
  for (let k = 1n, sign = 1n; power !== 0n; k += 2n, sign = -sign) {
    sum += (sign * power) / k;
    power /= n * n;
  }
  return sum;
}

const ROOT_OF_TWO_PI = preciseSqrt(2n * PI);

/** Density of the standard normal distribution. */
export function preciseDensity(x: bigint): bigint {
  return over(preciseExp(-times(x, x) / 2n), ROOT_OF_TWO_PI);
}

/** The standard normal distribution: `1/2 + density * (x + x**3 / 3 + x**5 / (3 * 5) + ...)`. */
export function preciseNormal(x: bigint): bigint {
  if (x < 0n) return ONE - preciseNormal(-x);
  if (x > FARTHEST) return ONE;
  const square = times(x, x);
  let term = x;
  let sum = 0n;
  for (let k = 3n; term > NOTHING; k += 2n) {
    sum += term;
    term = (term * square) / (k * ONE);
  }
  return ONE / 2n + times(preciseDensity(x), sum);
}

/** What an option on a forward costs, as a multiple of ONE as its arguments: the definition. */
export function preciseCall(forward: bigint, strike: bigint, deviation: bigint): bigint {
  if (deviation === 0n) return forward > strike ? forward - strike : 0n;
  const middle = over(preciseLn(over(forward, strike)), deviation);
  const upper = preciseNormal(middle + deviation / 2n);
  const lower = preciseNormal(middle - deviation / 2n);
  return times(forward, upper) - times(strike, lower);
}
