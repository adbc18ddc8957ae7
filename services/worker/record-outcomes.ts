import type { Project } from "../adapters/chain/projects/project.ts";
import { readVoidedRounds } from "../adapters/chain/rounds/round-events.ts";
import { readSettlements } from "../adapters/chain/rounds/settlements.ts";
import { unpackOutcome } from "../protocol/round/public-signals.ts";
import { FIRST_TRAINER_SLOT } from "../protocol/rule/round-terms.ts";
import type { ProjectWorkerParameters } from "./project-worker-parameters.ts";
import type { WorkStore } from "./work-store.ts";

/** Notes what became of work that was handed in: verdict, share and pay, as the chain has them. */
export async function recordOutcomes(
  { chain, workStore, onEvent }: ProjectWorkerParameters,
  project: Project,
): Promise<void> {
  const { projectId } = project;
  for (const work of findOver(project, workStore)) {
    const { roundIndex } = work;
    const [settlement] = await readSettlements(chain, projectId, roundIndex);
    const index = settlement?.trainers.findIndex(
      (trainer) => trainer.toLowerCase() === chain.account?.toLowerCase(),
    );
    if (settlement === undefined || index === undefined || index < 0) {
      const voided = (await readVoidedRounds(chain, projectId)).find(
        (each) => each.roundIndex === roundIndex,
      );
      const outcome = { verdict: voided ? "void" : "not-submitted", reason: voided?.reason };
      workStore.save({ ...work, stage: "lost", outcome });
      onEvent({ type: "outcome", projectId, roundIndex, ...outcome });
      continue;
    }
    const decoded = unpackOutcome(settlement.outcomeWords, project.terms.slots);
    const outcome = {
      slot: FIRST_TRAINER_SLOT + index,
      verdict: decoded.verdicts[index],
      weight: decoded.weights[index],
      share: decoded.shares[index],
      earnedWei: (settlement.earningsWei[index] ?? 0n).toString(),
      transactionHash: settlement.transactionHash,
    };
    workStore.save({ ...work, stage: "settled", outcome });
    onEvent({ type: "outcome", projectId, roundIndex, ...outcome });
  }
}

/** Stored work whose round is over and whose outcome is not written down. */
export const findOver = (project: Project, workStore: Pick<WorkStore, "list">) =>
  workStore.list(project.projectId).filter(({ stage, roundIndex }) => {
    const isOver = roundIndex < project.nextRoundIndex - 1 || isBetweenRounds(project);
    return stage !== "settled" && stage !== "lost" && isOver;
  });

const isBetweenRounds = (project: Project) =>
  project.phase === "idle" || project.phase === "overdue" || project.phase === "ended";
