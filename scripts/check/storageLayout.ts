/** A variable of the compiler's `storageLayout`. */
export interface LayoutEntry {
  readonly label: string;
  readonly slot: string;
  readonly offset: number;
  readonly type: string;
}

export interface LayoutType {
  readonly label: string;
  readonly numberOfBytes: string;
  readonly members?: readonly LayoutEntry[];
  readonly key?: string;
  readonly value?: string;
  readonly base?: string;
}

/** The compiler's `storageLayout` or `transientStorageLayout` of a contract. */
export interface Layout {
  readonly storage: readonly LayoutEntry[];
  readonly types: Readonly<Record<string, LayoutType>> | null;
}

/**
 * One line a variable, with the fields of its structs beneath it: what must be the same for code to run on the same
 * storage. Numbers that the compiler gives to types are left out.
 */
export function describeLayout({ storage, types }: Layout): string[] {
  const known = types ?? {};
  const describe = (entries: readonly LayoutEntry[], indent: string, seen: readonly string[]): string[] =>
    entries.flatMap(({ label, slot, offset, type }) => {
      const { label: name, numberOfBytes } = typeOf(known, type);
      const line = `${indent}slot ${slot} byte ${offset}: ${name} ${label} (${numberOfBytes} bytes)`;
      return [line, ...membersOf(type, `${indent}  `, seen)];
    });
  const membersOf = (type: string, indent: string, seen: readonly string[]): string[] => {
    const { members, value, base } = typeOf(known, type);
    if (members !== undefined && !seen.includes(type)) return describe(members, indent, [...seen, type]);
    const inner = value ?? base;
    return inner === undefined ? [] : membersOf(inner, indent, seen);
  };
  return describe(storage, '', []);
}

/** Lines that are in one of two descriptions only, in their order; none where they are equal. */
export function diffLines(known: readonly string[], found: readonly string[]): string[] {
  if (known.join('\n') === found.join('\n')) return [];
  const length = Math.max(known.length, found.length);
  return Array.from({ length }, (_, i) => i).flatMap((i) => {
    if (known[i] === found[i]) return [];
    return [...(known[i] === undefined ? [] : [`- ${known[i]}`]), ...(found[i] === undefined ? [] : [`+ ${found[i]}`])];
  });
}

function typeOf(types: Readonly<Record<string, LayoutType>>, type: string): LayoutType {
  const found = types[type];
  if (found === undefined) throw new Error(`the compiler does not tell the type ${type}`);
  return found;
}
