import type { Project } from "../adapters/chain/projects/project.ts";
import { pause } from "../protocol/pause.ts";
import type { MarketEvent } from "./market-event.ts";
import type { SupervisedProcess } from "./supervisor.ts";

const LOOK_EVERY_MS = 300;
const AWAY_MS = 5000;
const CRASH_IN_ROUND = 3;

/**
 * Kills a trainer once, while the third round trains, and starts it again a little later.
 *
 * @param options.read The project as the chain has it; asked again when it fails.
 * @param options.signal Ends the waiting: a project of two rounds has no third.
 */
export async function crashTrainer(options: {
  readonly read: () => Promise<Pick<Project, "phase" | "nextRoundIndex">>;
  readonly trainer: Pick<SupervisedProcess, "name" | "kill">;
  readonly startAgain: () => void;
  readonly onEvent: (event: MarketEvent) => void;
  readonly signal: AbortSignal;
}): Promise<void> {
  const { read, trainer, startAgain, onEvent, signal } = options;
  const isTime = async () => {
    const project = await read().catch(() => undefined);
    return project?.phase === "commit" && project.nextRoundIndex >= CRASH_IN_ROUND;
  };
  while (!(await isTime())) {
    await pause(LOOK_EVERY_MS, signal);
    if (signal.aborted) return;
  }
  await trainer.kill();
  onEvent({ process: trainer.name, type: "crashed" });
  await pause(AWAY_MS, signal);
  if (signal.aborted) return;
  startAgain();
  onEvent({ process: trainer.name, type: "came-back" });
}
