import { MultiBar, Presets, type SingleBar } from 'cli-progress';

/** 0 to 1, and what is being done. */
export type Progress = (part: number, what: string) => void;

export interface ProgressBars {
  readonly of: (index: number) => Progress;
  readonly stop: () => void;
}

const STEPS = 1_000;

/** A bar a run on a terminal; elsewhere a line every quarter. */
export function createProgress(names: readonly string[]): ProgressBars {
  return process.stderr.isTTY ? createBars(names) : createLines(names);
}

function createBars(names: readonly string[]): ProgressBars {
  const width = Math.max(...names.map((name) => name.length));
  const bars = new MultiBar(
    { format: '{name} {bar} {percentage} %  {what}', hideCursor: true, clearOnComplete: true, autopadding: true },
    Presets.shades_grey,
  );
  const own: SingleBar[] = names.map((name) => bars.create(STEPS, 0, { name: name.padEnd(width), what: 'starting' }));
  return {
    of: (index) => (part, what) => {
      own[index]?.update(Math.round(part * STEPS), { what });
    },
    stop: () => bars.stop(),
  };
}

function createLines(names: readonly string[]): ProgressBars {
  const told = names.map(() => -1);
  return {
    of: (index) => (part) => {
      const quarter = Math.floor(part * 4);
      if (quarter <= (told[index] ?? 0)) return;
      told[index] = quarter;
      process.stderr.write(`${names[index] ?? ''}: ${quarter * 25} %\n`);
    },
    stop: () => undefined,
  };
}
