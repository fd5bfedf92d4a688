/** One, for values, prices, fractions and health. */
export const WAD = 10n ** 18n;
/** One, for factors of decay. */
export const RAY = 10n ** 27n;
/** One, for interest indices. */
export const INDEX_ONE = 10n ** 24n;
/** One, for stored interest rates. */
export const PPM = 1_000_000n;
/** A billionth of a quote unit, as quote WAD: the grain of the reserves. */
export const NANO = 10n ** 9n;
/** One, for parameters. */
export const BPS = 10_000n;
/** Seconds of a year of 365 days, the unit of rates. */
export const YEAR = 31_536_000n;
/** Parameters given in hundredths of a quote unit, as quote WAD. */
export const CENT = 10n ** 16n;

export const INT256_MAX = 2n ** 255n - 1n;
export const INT256_MIN = -(2n ** 255n);
