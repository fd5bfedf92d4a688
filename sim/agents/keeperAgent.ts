import type { KeeperFacts } from '../result';

/** A keeper of the simulation, whatever runs inside. */
export interface KeeperAgent {
  readonly name: string;
  readonly funding: KeeperFacts['funding'];
  readonly maxGasGwei: number;
  readonly dead: KeeperFacts['dead'];
  /** Looks at the chain once and does what it finds worth doing. */
  readonly pass: () => Promise<void>;
  /** Everything it has but gas money, quote at `prices` by symbol. */
  readonly worth: (prices: ReadonlyMap<string, number>) => Promise<number>;
  readonly close: () => Promise<void>;
}
