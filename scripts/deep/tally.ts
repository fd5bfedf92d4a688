import Table from 'cli-table3';
import { toFunctionSelector, type Hex } from 'viem';

import { errorsAbi } from '../../sdk/abi';

/** What came of one kind of action over all runs. */
export interface ActionTally {
  readonly action: string;
  readonly done: number;
  readonly refused: number;
  /** Nothing to do in the state it met. */
  readonly idle: number;
  /** Errors and how often each refused a step, most often first. */
  readonly refusals: readonly (readonly [error: string, times: number])[];
}

type Line = Readonly<Record<Hex, readonly [number, number, number, Readonly<Record<Hex, number>>]>>;

/**
 * Adds up the lines that runs leave behind: `{"<action>": [done, refused, idle, {"<error>": times}]}`, by selectors.
 * Campaigns write side by side, so an object is whole but its end of line may come late.
 * @param methods the handler's functions and their selectors without 0x, as the compiler names them
 */
export function parseTally(text: string, methods: Readonly<Record<string, string>>): ActionTally[] {
  const actions = new Map(Object.entries(methods).map(([name, selector]) => [`0x${selector}`, nameOf(name)]));
  const errors = new Map<string, string>(
    errorsAbi.map(({ name, inputs }) => [toFunctionSelector(`${name}(${inputs.map(typeOf).join(',')})`), name]),
  );
  const sums = new Map<string, [number, number, number, Map<string, number>]>();
  for (const line of text.replaceAll('}{', '}\n{').split('\n')) {
    if (line.trim() === '') continue;
    for (const [action, [done, refused, idle, refusals]] of Object.entries(JSON.parse(line) as Line)) {
      const sum = sums.get(action) ?? [0, 0, 0, new Map<string, number>()];
      sum[0] += done;
      sum[1] += refused;
      sum[2] += idle;
      for (const [error, times] of Object.entries(refusals)) sum[3].set(error, (sum[3].get(error) ?? 0) + times);
      sums.set(action, sum);
    }
  }
  return [...sums].map(([action, [done, refused, idle, refusals]]) => ({
    action: actions.get(action) ?? action,
    done,
    refused,
    idle,
    refusals: [...refusals]
      .sort((a, b) => b[1] - a[1])
      .map(([error, times]) => [errors.get(error) ?? error, times] as const),
  }));
}

/** Actions that no run got done: whatever they would break is not looked for. */
export function neverDone(tallies: readonly ActionTally[]): string[] {
  return tallies.filter(({ done }) => done === 0).map(({ action }) => action);
}

/** Calls of all campaigns, by forge's own account of them. */
export function countCalls(output: string): number {
  return [...output.matchAll(/\(runs: \d+, calls: (\d+), reverts: \d+\)/g)].reduce(
    (sum, [, calls]) => sum + Number(calls),
    0,
  );
}

export function formatTally(tallies: readonly ActionTally[]): string {
  const table = new Table({
    head: ['action', 'done', 'refused', 'idle', 'refused by'],
    colAligns: ['left', 'right', 'right', 'right', 'left'],
    style: { head: [], border: [] },
  });
  for (const { action, done, refused, idle, refusals } of tallies) {
    table.push([action, done, refused, idle, refusals.map(([error, times]) => `${error} ${times}`).join('\n')]);
  }
  return table.toString();
}

function nameOf(signature: string): string {
  return signature.slice(0, signature.indexOf('('));
}

/** Tuples by their parts, as selectors want them. */
function typeOf(input: { readonly type: string; readonly components?: readonly { readonly type: string }[] }): string {
  if (input.components === undefined) return input.type;
  return input.type.replace('tuple', `(${input.components.map(typeOf).join(',')})`);
}
