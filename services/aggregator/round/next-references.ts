import type { Project } from "../../adapters/chain/projects/project.ts";
import type { RoundOpening } from "../../adapters/chain/rounds/round.ts";
import { type G1Point, isSamePoint } from "../../protocol/curve.ts";
import { fromDecimalPoint } from "../../protocol/decimal-point.ts";
import type { ReferencesBody } from "../../protocol/market/api.ts";
import type { RoundStore } from "../store/round-store.ts";
import { openingOf } from "./open-project-round.ts";

/** What a project's referee handed over for its next round, if that was made on this model: with other references no round opens. */
export function findNextReferences(
  store: Pick<RoundStore, "findReferences">,
  { projectId, nextRoundIndex }: Pick<Project, "projectId" | "nextRoundIndex">,
  model: G1Point,
): ReferencesBody | undefined {
  const found = store.findReferences(projectId, nextRoundIndex);
  if (found === undefined) return undefined;
  return isSamePoint(fromDecimalPoint(found.modelCommitment), model) ? found : undefined;
}

/**
 * What opens a project's next round together with the settlement of its open one.
 *
 * @param model The model that the settlement makes.
 */
export function findNextOpening(
  store: Pick<RoundStore, "findReferences">,
  project: Pick<
    Project,
    "projectId" | "nextRoundIndex" | "terms" | "appliedRounds" | "isStopAnnounced"
  >,
  model: G1Point,
): RoundOpening | undefined {
  const { projectId, nextRoundIndex: roundIndex, terms, appliedRounds, isStopAnnounced } = project;
  if (appliedRounds + 1 >= terms.rounds || isStopAnnounced) return undefined;
  const references = findNextReferences(store, project, model);
  // Instructions of its own have to be fetched first, and follow from the model's measurement, which comes later.
  if (references === undefined || references.jobCid !== undefined) return undefined;
  return openingOf({ projectId, roundIndex }, references);
}
