/** A timestamp in seconds, as ISO without fractions. */
export function formatTime(seconds: number | bigint): string {
  return new Date(Number(seconds) * 1_000).toISOString().replace('.000Z', 'Z');
}

/** A span of seconds: days and hours, from two hours on, or what is finer. What is over is cut, not rounded. */
export function formatSpan(seconds: number | bigint): string {
  const span = Number(seconds);
  if (span < 60) return `${span} s`;
  if (span < 7_200) return `${Math.floor(span / 60)} min`;
  const hours = Math.floor(span / 3_600);
  return hours < 48 ? `${hours} h` : `${Math.floor(hours / 24)} d${hours % 24 === 0 ? '' : ` ${hours % 24} h`}`;
}
