import {
  encodeDeployData,
  encodeFunctionData,
  getContractAddress,
  keccak256,
  concatHex,
  type Address,
  type Client,
  type Hex,
  type LocalAccount,
} from 'viem';
import { getBlockNumber, getCode, getTransactionCount } from 'viem/actions';

import { AppError, toAppError } from '../sdk/errors';
import { findTransaction, sendAndWait, type MinedTransaction } from './transactions';
import type { Journal, JournalEntry, JournalStore } from './journal/journal';
import type { Artifact, ContractName, LoadArtifact } from './loadArtifact';

/** A contract that stands. */
export interface Deployed {
  readonly artifact: Artifact;
  readonly address: Address;
}

/** A contract that this deployment made, with how. */
export interface DeployedHere extends Deployed {
  /** Artifact name, with `/<label>` where there are several. */
  readonly key: string;
  readonly args: readonly unknown[];
  readonly txHash: Hex;
  readonly block: number;
}

export interface StepDone {
  readonly step: string;
  /** By this run, or by an earlier one. */
  readonly done: 'now' | 'before';
}

export interface Executor {
  readonly client: Client;
  readonly deployer: Address;
  readonly load: LoadArtifact;
  /** All that `deploy` returned and `adopt` took, by key, in order. */
  readonly made: ReadonlyMap<string, DeployedHere>;
  readonly counts: { readonly now: number; readonly before: number };
  /** Deploys a contract, once. */
  deploy(name: ContractName, args: readonly unknown[], label?: string): Promise<DeployedHere>;
  /** Calls a function of `target`, once. @param label tells calls of one function apart */
  call(target: Deployed, functionName: string, args: readonly unknown[], label?: string): Promise<MinedTransaction>;
  /** Records a contract that a call has made. */
  adopt(name: ContractName, address: Address, by: MinedTransaction, label?: string): DeployedHere;
}

export interface ExecutorParameters {
  readonly client: Client;
  readonly account: Address | LocalAccount;
  readonly journal: Journal;
  readonly store: JournalStore;
  readonly load: LoadArtifact;
  readonly onStep?: ((done: StepDone) => void) | undefined;
}

/**
 * Carries out steps one after the other, each exactly once over any number of runs: what is about to be sent is written
 * down before, and what was mined after. A run that finds a step begun looks for its transaction by nonce, which the
 * deployer can have used only once.
 */
export async function createExecutor(parameters: ExecutorParameters): Promise<Executor> {
  const { client, account, journal, store, load, onStep } = parameters;
  const deployer = typeof account === 'string' ? account : account.address;
  const made = new Map<string, DeployedHere>();
  const counts = { now: 0, before: 0 };
  const seen = new Set<string>();
  let nonce = await readNonce();
  let lastBlock = Number(await getBlockNumber(client, { cacheTime: 0 }));

  async function perform(step: string, to: Address | undefined, data: Hex): Promise<Performed> {
    if (seen.has(step)) throw new Error(`two steps are called ${step}`);
    seen.add(step);
    const fingerprint = fingerprintOf(to, data);
    const known = journal.entries.find((entry) => entry.step === step);
    const before = known?.mined ?? (known && (await resume(known)));
    if (known !== undefined && before !== undefined) {
      if (known.fingerprint !== fingerprint) throw changed(step);
      counts.before += 1;
      onStep?.({ step, done: 'before' });
      return { ...before, creates: known.creates };
    }
    const creates = to === undefined ? getContractAddress({ from: deployer, nonce: BigInt(nonce) }) : undefined;
    const entry = { step, fingerprint, nonce, sentAfter: lastBlock, ...(creates !== undefined && { creates }) };
    record(entry);
    const mined = await send(entry, to, data);
    record({ ...entry, mined });
    nonce += 1;
    lastBlock = mined.block;
    counts.now += 1;
    onStep?.({ step, done: 'now' });
    return { ...mined, creates };
  }

  /** What became of a step that may or may not have been sent. */
  async function resume(begun: JournalEntry): Promise<MinedTransaction | undefined> {
    const found = await findTransaction({ client, from: deployer, ...begun });
    nonce = await readNonce();
    if (found === undefined || !found.succeeded) return undefined;
    if (fingerprintOf(found.to, found.input) !== begun.fingerprint) return undefined;
    const mined = { txHash: found.txHash, block: found.block };
    record({ ...begun, mined });
    return mined;
  }

  function readNonce(): Promise<number> {
    return getTransactionCount(client, { address: deployer, blockTag: 'latest' });
  }

  async function send(entry: JournalEntry, to: Address | undefined, data: Hex): Promise<MinedTransaction> {
    try {
      return await sendAndWait({ client, account, to, data, nonce: entry.nonce });
    } catch (error) {
      const { message, code, retryable } = toAppError(error);
      throw new AppError(`${entry.step}: ${message}`, { code, retryable, cause: error });
    }
  }

  function record(entry: JournalEntry): void {
    const index = journal.entries.findIndex(({ step }) => step === entry.step);
    if (index >= 0) journal.entries[index] = entry;
    else journal.entries.push(entry);
    store.write(journal);
  }

  return {
    client,
    deployer,
    load,
    made,
    counts,
    async deploy(name, args, label) {
      const artifact = load(name);
      const key = keyOf(name, label);
      const data = encodeDeployData({ abi: artifact.abi, bytecode: artifact.bytecode, args: [...args] });
      const { txHash, block, creates } = await perform(key, undefined, data);
      if (creates === undefined) throw new Error(`${key} was no deployment`);
      const deployed = { key, artifact, args, address: creates, txHash, block };
      if ((await getCode(client, { address: creates })) === undefined) throw lost(key, creates);
      made.set(key, deployed);
      return deployed;
    },
    async call(target, functionName, args, label) {
      const { artifact, address } = target;
      const data = encodeFunctionData({ abi: artifact.abi, functionName, args: [...args] });
      const step = keyOf(`${artifact.name}.${functionName}`, label);
      const { txHash, block } = await perform(step, address, data);
      return { txHash, block };
    },
    adopt(name, address, by, label) {
      const key = keyOf(name, label);
      const deployed = { key, artifact: load(name), args: [], address, ...by };
      made.set(key, deployed);
      return deployed;
    },
  };
}

interface Performed extends MinedTransaction {
  readonly creates: Address | undefined;
}

function fingerprintOf(to: Address | undefined, data: Hex): Hex {
  return keccak256(to === undefined ? data : concatHex([to, data]));
}

function keyOf(name: string, label: string | undefined): string {
  return label === undefined ? name : `${name}/${label}`;
}

function changed(step: string): AppError {
  return new AppError(
    `${step} was done with other code or parameters than now asked for: what stands is changed by its roles, not by deploying again (on a development chain --fresh deploys anew)`,
    { code: 'deployment_changed' },
  );
}

/** A step was mined on a chain that does not have its contract. */
function lost(key: string, address: Address): AppError {
  return new AppError(`${key} is not at ${address}, where it was deployed`, { code: 'deployment_lost' });
}
