/**
 * How `actual` departs from `intended`, one line a field. Numbers compare by value whatever their type, hex whatever
 * its case.
 */
export function differences(where: string, actual: unknown, intended: unknown): string[] {
  if (isRecord(actual) && isRecord(intended)) {
    const keys = new Set([...Object.keys(actual), ...Object.keys(intended)]);
    return [...keys].flatMap((key) => differences(`${where}.${key}`, actual[key], intended[key]));
  }
  const found = show(actual);
  const wanted = show(intended);
  return found === wanted ? [] : [`${where} is ${found}, not ${wanted}`];
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function show(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(show).join(', ')}]`;
  return typeof value === 'string' && value.startsWith('0x') ? value.toLowerCase() : String(value);
}
