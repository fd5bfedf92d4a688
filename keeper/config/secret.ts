import { inspect } from 'node:util';

/** Text that prints as `***`, however it is printed, and is had only by asking for it. */
export interface Secret {
  reveal(): string;
  toString(): '***';
  toJSON(): '***';
}

/** Wraps `text` so that no log line, error or inspection shows it. */
export function createSecret(text: string): Secret {
  const hidden = () => '***' as const;
  return Object.defineProperties({} as Secret, {
    reveal: { value: () => text },
    toString: { value: hidden },
    toJSON: { value: hidden },
    [inspect.custom]: { value: hidden },
  });
}
