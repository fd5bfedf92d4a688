import { DEVELOPMENT_CHAIN, findNetworkConfig } from '../../deploy';
import { AppError } from '../../sdk/errors';
import { runCrash, type Scenario } from '../../sim';
import type { RunResult } from '../../sim/result';
import { titledPolicy } from './titledPolicy';

// One replay in a process of its own, so that two policies are replayed side by side on two cores. Told what to do by
// a message, it answers with messages.

export interface WorkerTask {
  readonly scenario: Scenario;
  readonly policy: string;
  /** By which accounts are drawn. */
  readonly populationPolicy: string;
  readonly seed: number;
}

export type WorkerMessage =
  | { readonly type: 'progress'; readonly part: number; readonly what: string }
  | { readonly type: 'result'; readonly result: RunResult }
  | { readonly type: 'failed'; readonly message: string; readonly code?: string; readonly stack?: string };

process.once('message', (task: WorkerTask) => void work(task));

async function work({ scenario, policy, populationPolicy, seed }: WorkerTask): Promise<void> {
  try {
    const { result } = await runCrash({
      scenario,
      policy: titledPolicy(policy),
      populationPolicy: titledPolicy(populationPolicy),
      config: findNetworkConfig('development', DEVELOPMENT_CHAIN),
      seed,
      onProgress: (part, what) => void tell({ type: 'progress', part, what }),
    });
    await tell({ type: 'result', result });
  } catch (error) {
    await tell({ type: 'failed', ...describe(error) });
  }
  process.disconnect();
}

/** Ends when the message is on its way: one that is still in the channel is lost with it. */
function tell(message: WorkerMessage): Promise<void> {
  return new Promise((sent, fail) => {
    process.send?.(message, undefined, undefined, (error) => {
      if (error === null) sent();
      else fail(error);
    });
  });
}

function describe(error: unknown): { message: string; code?: string; stack?: string } {
  if (!(error instanceof Error)) return { message: String(error) };
  return {
    message: error.message,
    ...(error instanceof AppError && { code: error.code }),
    ...(error.stack !== undefined && { stack: error.stack }),
  };
}
