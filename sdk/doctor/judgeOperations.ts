import type { Operation } from '../client';
import { formatTime } from '../format';
import { reporter, type Check } from './check';

const { ok, warn } = reporter('roles');

/**
 * What is scheduled with the access manager.
 * @param describe what an operation calls
 */
export function judgeOperations(operations: readonly Operation[], describe: (operation: Operation) => string): Check {
  const name = 'operations';
  const open = operations.filter(({ state }) => state !== 'expired');
  const expired = operations.length - open.length;
  if (open.length === 0) return ok(name, `nothing is scheduled${expired === 0 ? '' : `, ${expired} expired`}`);
  const each = open.map((operation) => {
    const { id, caller, state, readyAt } = operation;
    const when = state === 'ready' ? 'may be executed' : `waits until ${formatTime(readyAt)}`;
    return `${describe(operation)} by ${caller}, ${when} (${id.slice(0, 10)}…)`;
  });
  const advice = 'npm run policy -- status; the guardian may cancel what should not be';
  return warn(name, `${open.length} scheduled: ${each.join('; ')}`, advice);
}
