import type { Chain } from "../../adapters/chain/connect.ts";
import type { Project } from "../../adapters/chain/projects/project.ts";
import type { PublishedModel } from "../../adapters/chain/rounds/published-models.ts";
import { readSubmissions } from "../../adapters/chain/rounds/round-events.ts";
import { readSettlements } from "../../adapters/chain/rounds/settlements.ts";
import type { Curve } from "../../protocol/curve.ts";
import { CommonweightError } from "../../protocol/errors.ts";
import { commitModel } from "../../protocol/gram/commitment.ts";
import {
  applyAggregate,
  type BlindedModel,
  blindedAggregate,
  type WeightedUpdate,
} from "../../protocol/model/apply-round.ts";
import { unpackOutcome } from "../../protocol/round/public-signals.ts";
import { FIRST_TRAINER_SLOT } from "../../protocol/rule/round-terms.ts";
import { aggregatorErrors } from "../errors.ts";
import type { BundleOpener } from "./bundle-opener.ts";
import { isReadable } from "./collect-bundles.ts";

/**
 * Computes a model again from the one before it and the bundles of the round that made it, with the weights that the chain
 * has. So a model is lost only when its bundles are lost too.
 *
 * @param previous The model before it.
 * @throws CW5001 when a bundle that has a weight cannot be opened here, or the result is not what the chain committed to.
 */
export async function rebuildModel(options: {
  readonly chain: Chain;
  readonly curve: Curve;
  readonly opener: BundleOpener;
  readonly project: Project;
  readonly model: PublishedModel;
  readonly previous: BlindedModel;
}): Promise<BlindedModel> {
  const { chain, curve, opener, project, model, previous } = options;
  const { projectId, terms } = project;
  const { roundIndex } = model;
  const lost = (reason: string) =>
    new CommonweightError(aggregatorErrors.modelNotFound, `model ${model.version}: ${reason}`);
  const [settlement] = await readSettlements(chain, projectId, roundIndex);
  if (settlement === undefined) throw lost(`no round ${roundIndex} was settled`);
  const { weights } = unpackOutcome(settlement.outcomeWords, terms.slots);
  const findKeys = await opener.releasedKeys(project, roundIndex);
  const updates: WeightedUpdate[] = [];
  for (const submission of await readSubmissions(chain, projectId, roundIndex)) {
    const weight = weights[submission.slot - FIRST_TRAINER_SLOT] ?? 0;
    if (weight === 0) continue;
    const keys = findKeys(submission.trainer, "update");
    const opened = await opener.open(project, roundIndex, submission, keys);
    if (!isReadable(opened)) throw lost(opened.explanation);
    updates.push({ ...opened, weight });
  }
  const rebuilt = applyAggregate(previous, blindedAggregate(updates, terms.parameterCount));
  const commitment = await commitModel(curve, {
    model: rebuilt.integers,
    blinding: rebuilt.blinding,
  });
  if (commitment.x !== model.commitment.x || commitment.y !== model.commitment.y)
    throw lost("the bundles make another model");
  return rebuilt;
}
