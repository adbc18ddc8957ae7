import { setTimeout as sleep } from "node:timers/promises";
import { type Step, showsLine } from "./read-steps.ts";
import { Terminal } from "./terminal.ts";

/** Options of {@link playSteps}. */
export interface PlayOptions {
  /** Where each terminal starts: the repository. */
  readonly folder: string;
  readonly environment: Readonly<Record<string, string>>;
  /** Longest that a step may take. */
  readonly stepMs: number;
  readonly onStep?: (step: Step) => void;
  readonly onOutput?: (terminal: number, text: string) => void;
}

/**
 * Types the steps into as many terminals as they name. A step is done when its commands are, or, left running, when
 * everything that the page shows was printed. In the end Ctrl+C is pressed in every terminal, the newest first.
 *
 * @throws Error with what was printed, when a command fails, prints something else, or takes too long.
 */
export async function playSteps(steps: readonly Step[], options: PlayOptions): Promise<void> {
  const { folder, environment, stepMs, onStep, onOutput } = options;
  const terminals = new Map<number, Terminal>();
  const preparation = steps.filter(({ terminal }) => terminal === "every");
  const open = async (number: number) => {
    const terminal = new Terminal({
      folder,
      environment,
      onOutput: (text) => onOutput?.(number, text),
    });
    terminals.set(number, terminal);
    for (const step of preparation) await play(terminal, step, stepMs);
    return terminal;
  };
  try {
    for (const step of steps) {
      if (step.terminal === "every") continue;
      onStep?.(step);
      await play(terminals.get(step.terminal) ?? (await open(step.terminal)), step, stepMs);
    }
  } finally {
    for (const terminal of [...terminals.values()].reverse()) await terminal.close();
  }
}

async function play(terminal: Terminal, step: Step, stepMs: number): Promise<void> {
  const isDone = terminal.type(step.script);
  const until = Date.now() + stepMs;
  const missing = () => {
    const printed = terminal.printed.split("\n");
    return step.shows.filter((shown) => !printed.some((line) => showsLine(shown, line)));
  };
  const fail = (what: string) =>
    new Error(
      [
        `the step of line ${step.line} ${what}:`,
        ...[
          step.script,
          "It printed:",
          terminal.printed,
          "Of what the page shows this is missing:",
        ],
        ...missing(),
      ].join("\n"),
    );
  while (!(isDone() || (step.isLeftRunning && missing().length === 0))) {
    if (terminal.hasEnded) throw fail("failed");
    if (Date.now() > until) throw fail(`took more than ${stepMs / 1000} s`);
    await sleep(200);
  }
  // The last lines may come in another piece than the end.
  await sleep(200);
  if (missing().length > 0) throw fail("printed something else");
}
