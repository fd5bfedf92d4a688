import type { Address, Hex } from 'viem';
import { z } from 'zod';

const hex = z.custom<Hex>((value) => typeof value === 'string' && /^0x[0-9a-f]*$/i.test(value), 'is not hex');
const address = z.custom<Address>((value) => typeof value === 'string' && /^0x[0-9a-f]{40}$/i.test(value));
const count = z.int().nonnegative();

const entry = z.strictObject({
  /** What the step does; one entry a step. */
  step: z.string().min(1),
  /** Hash of the transaction's receiver and input. */
  fingerprint: hex,
  nonce: count,
  /** Latest block before the transaction was sent: it is mined after this one. */
  sentAfter: count,
  /** Where a deploying step puts its contract. */
  creates: address.optional(),
  /** Only when the transaction is mined and succeeded. */
  mined: z.strictObject({ txHash: hex, block: count }).optional(),
});

/** `deployments/<network>/journal.json`: what a deployment was about to do, and what it has done. */
export const journalSchema = z.strictObject({
  schemaVersion: z.literal(1),
  chainId: z.int().positive(),
  genesisHash: hex,
  deployer: address,
  entries: z.array(entry),
});

export type JournalEntry = z.output<typeof entry>;
export type Journal = z.output<typeof journalSchema>;

/** Keeps one journal. Each write replaces it whole and is there after a crash. */
export interface JournalStore {
  read(): Journal | undefined;
  write(journal: Journal): void;
  /** Forgets the journal. */
  clear(): void;
}

/** For chains that end with the process. */
export function createMemoryJournal(initial?: Journal): JournalStore {
  let kept = structuredClone(initial);
  return {
    read: () => structuredClone(kept),
    write: (journal) => {
      kept = structuredClone(journal);
    },
    clear: () => {
      kept = undefined;
    },
  };
}
