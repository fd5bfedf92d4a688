import { CommanderError, type Command } from 'commander';

import { toAppError } from '../../sdk/errors';

/**
 * Runs a command line to its end. What was foreseen (`AppError`, a wrong flag) becomes one line on stderr and exit code
 * 1; anything else becomes one line that says how to see more. Adds `--debug`, which shows the stack of either.
 */
export async function run(program: Command, argv: readonly string[] = process.argv): Promise<void> {
  for (const command of [program, ...program.commands]) {
    command
      .option('--debug', 'show the whole error when something fails')
      .showSuggestionAfterError(false)
      .exitOverride()
      .configureOutput({ outputError: (text, write) => write(`${oneLine(text)} (--help lists what there is)\n`) });
  }
  const fail = (error: unknown): void => {
    process.stderr.write(describeFailure(error, argv.includes('--debug')));
    process.exitCode = 1;
  };
  const die = (error: unknown): never => {
    fail(error);
    process.exit(1);
  };
  process.on('uncaughtException', die).on('unhandledRejection', die);
  try {
    await program.parseAsync(argv);
  } catch (error) {
    // commander has said its piece by now, and help is no failure
    if (error instanceof CommanderError) process.exitCode = error.exitCode;
    else fail(error);
  } finally {
    process.off('uncaughtException', die).off('unhandledRejection', die);
  }
}

/** What to print for `error`: one line, or with `debug` the stack and its causes. */
export function describeFailure(error: unknown, debug: boolean): string {
  if (debug) return `${stack(error)}\n`;
  const { code, message } = toAppError(error);
  const hint = code === 'unexpected' ? ' (unexpected: run with --debug for the stack)' : '';
  return `error: ${oneLine(message)}${hint}\n`;
}

function oneLine(text: string): string {
  return text.trim().replaceAll(/\s*\n\s*/g, ' ');
}

function stack(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const own = error.stack ?? error.message;
  return error.cause === undefined ? own : `${own}\ncaused by: ${stack(error.cause)}`;
}
