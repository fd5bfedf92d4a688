/** The largest of the three or four digits that the oracle keeps of a bound of its band. */
const MAX_MANTISSA = 1_999n;

/** The highest price of a `CompactPrice` that is not above `price`, quote WAD; short of it by less than a 200th. */
export function compactDown(price: bigint): bigint {
  const unit = unitOf(price, (mantissa) => mantissa / 10n);
  return (price / unit) * unit;
}

/** The lowest price of a `CompactPrice` that is not below `price`, quote WAD; above it by less than a 200th. */
export function compactUp(price: bigint): bigint {
  const unit = unitOf(price, (mantissa) => (mantissa + 9n) / 10n);
  return ((price + unit - 1n) / unit) * unit;
}

/** The power of ten of which `price`, so divided, is few enough. */
function unitOf(price: bigint, divide: (mantissa: bigint) => bigint): bigint {
  let unit = 1n;
  for (let mantissa = price; mantissa > MAX_MANTISSA; mantissa = divide(mantissa)) unit *= 10n;
  return unit;
}
