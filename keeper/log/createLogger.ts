import { pino, type DestinationStream, type Logger } from 'pino';

export type KeeperLogger = Logger;

export interface CreateLoggerParameters {
  readonly level: string;
  /** Standard output where not given. */
  readonly destination?: DestinationStream;
}

/**
 * One JSON line a decision: `{"level","time","event",...}`. Keys and events are `snake_case` and stable; amounts are
 * decimal strings in whole units, integers of the chain (heights, wei) decimal strings as they are.
 */
export function createLogger({ level, destination }: CreateLoggerParameters): KeeperLogger {
  const options = {
    level,
    base: null,
    messageKey: 'event',
    timestamp: () => `,"time":"${new Date().toISOString()}"`,
    formatters: {
      level: (label: string) => ({ level: label }),
      log: (fields: Record<string, unknown>) => Object.fromEntries(Object.entries(fields).map(withText)),
    },
  };
  return destination === undefined ? pino(options) : pino(options, destination);
}

/** JSON has no bigint. */
function withText([key, value]: [string, unknown]): [string, unknown] {
  return [key, typeof value === 'bigint' ? value.toString() : value];
}
