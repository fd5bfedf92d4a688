// Numbers as people read them. A narrow no-break space stands between a number and its unit, a real minus before it.

const SPACE = '\u202f';
const MINUS = '\u2212';

/** `1234567.8` as `1,234,568`; digits after the point as asked. */
export function formatNumber(value: number, digits = 0): string {
  const text = Math.abs(value).toLocaleString('en-US', {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  });
  return isZero(text) || value >= 0 ? text : `${MINUS}${text}`;
}

/** Three or so digits and a magnitude: `950`, `12.3 k`, `4.56 M`. */
export function formatAmount(value: number): string {
  const size = Math.abs(value);
  // from where rounding would show a thousand of the magnitude below
  const [divisor, mark] =
    size >= 999_500_000 ? [1e9, 'bn'] : size >= 999_500 ? [1e6, 'M'] : size >= 9_995 ? [1e3, 'k'] : [1, ''];
  const scaled = value / divisor;
  const digits =
    divisor === 1
      ? size < 10 && size % 1 !== 0
        ? 2
        : 0
      : Math.abs(scaled) < 9.995
        ? 2
        : Math.abs(scaled) < 99.95
          ? 1
          : 0;
  return mark === '' ? formatNumber(scaled, digits) : `${formatNumber(scaled, digits)}${SPACE}${mark}`;
}

/** A price with as many digits as it deserves: `42,350`, `181.79`, `0.9987`. */
export function formatPrice(value: number): string {
  return formatNumber(value, value >= 10_000 ? 0 : value >= 10 ? 2 : 4);
}

/** A part of one as percent. */
export function formatPercent(part: number, digits = 1): string {
  return `${formatNumber(part * 100, digits)}${SPACE}%`;
}

export function formatBps(bps: number): string {
  return `${formatNumber(bps, Math.abs(bps) < 10 ? 1 : 0)}${SPACE}bp`;
}

/** Seconds as `45 s`, `3 min 20 s`, `2 h 5 min`; `–` for null. */
export function formatDuration(seconds: number | null): string {
  if (seconds === null) return '–';
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole}${SPACE}s`;
  if (whole < 3_600) return joinUnits([Math.floor(whole / 60), 'min'], [whole % 60, 's']);
  const minutes = Math.round(whole / 60);
  return joinUnits([Math.floor(minutes / 60), 'h'], [minutes % 60, 'min']);
}

function joinUnits(...parts: readonly (readonly [count: number, unit: string])[]): string {
  return parts
    .filter(([count]) => count > 0)
    .map(([count, unit]) => `${count}${SPACE}${unit}`)
    .join(' ');
}

/** A difference with its sign: `+1.2 k`, `−35`, `±0`. */
export function formatDifference(value: number, format: (value: number) => string): string {
  const text = format(Math.abs(value));
  if (isZero(text)) return `±${format(0)}`;
  return `${value > 0 ? '+' : MINUS}${text}`;
}

/** Unix time as `12 Mar 2020, 06:00 UTC`. */
export function formatTime(unix: number): string {
  return `${formatDay(unix)}, ${new Date(unix * 1_000).toISOString().slice(11, 16)} UTC`;
}

/** Unix time as `20 Mar 2020`. */
export function formatDay(unix: number): string {
  const date = new Date(unix * 1_000);
  return date.toLocaleDateString('en-GB', { day: 'numeric', month: 'short', year: 'numeric', timeZone: 'UTC' });
}

/** `1 account`, `2 accounts`. */
export function formatCount(count: number, one: string, many = `${one}s`): string {
  return `${formatNumber(count)} ${count === 1 ? one : many}`;
}

function isZero(text: string): boolean {
  return !/[1-9]/.test(text);
}
