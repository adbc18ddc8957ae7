import { type Project, readProject } from "../adapters/chain/projects/project.ts";
import { type Round, readRound } from "../adapters/chain/rounds/round.ts";
import { handOverKey } from "./hand-over-key.ts";
import type { ProjectWorkerParameters } from "./project-worker-parameters.ts";
import { findOver, recordOutcomes } from "./record-outcomes.ts";
import { takePart } from "./take-part.ts";
import type { WorkStore } from "./work-store.ts";

/** So long after a round its outcome is read: the next one opens within moments, as a rule, and nobody waits for the outcome. */
const OUTCOME_AFTER_MS = 500;

/** Whether {@link workOnProject} could do anything about a project as it is now, if only to notice its end. */
export const isWorkToDo = (project: Project, workStore: Pick<WorkStore, "list">): boolean =>
  project.phase !== "idle" || findOver(project, workStore).length > 0;

/**
 * Does whatever a project needs from this trainer now, and returns. Called again and again; every call looks at
 * the chain and at the stored work first, so a worker that was killed anywhere goes on where it was.
 *
 * @returns False once the project has ended and nothing is left to do.
 */
export async function workOnProject(
  parameters: ProjectWorkerParameters,
  projectId: bigint,
): Promise<boolean> {
  const { chain } = parameters;
  const [project, round] = await Promise.all([
    readProject(chain, projectId),
    readRound(chain, projectId),
  ]);
  // Beside the round, which does not wait for what became of the last one. Both come to their end, or the next call would do them twice.
  const ended = await Promise.allSettled([
    isOutcomeDue(parameters, project) && recordOutcomes(parameters, project),
    round.isOpen && work(parameters, project, round),
  ]);
  for (const each of ended) if (each.status === "rejected") throw each.reason;
  return project.phase !== "ended";
}

async function work(
  parameters: ProjectWorkerParameters,
  project: Project,
  round: Round,
): Promise<void> {
  const stored = parameters.workStore.find(project.projectId, round.roundIndex);
  if (round.phase === "commit") await takePart(parameters, project, round, stored);
  if ((round.phase === "reveal" || round.phase === "settle") && stored) {
    await handOverKey(parameters, project, round, stored);
  }
}

/** Not in the first moment between two rounds, in which the next one is opened. */
function isOutcomeDue(
  { idleSinceMs }: ProjectWorkerParameters,
  { phase, projectId }: Project,
): boolean {
  if (phase !== "idle") {
    idleSinceMs.delete(projectId);
    return true;
  }
  const now = performance.now();
  const since = idleSinceMs.get(projectId) ?? now;
  idleSinceMs.set(projectId, since);
  return now - since >= OUTCOME_AFTER_MS;
}
