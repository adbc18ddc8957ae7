import { postUpdate } from "../adapters/aggregator-client.ts";
import { chainTime } from "../adapters/chain/connect.ts";
import { refusalName } from "../adapters/chain/errors.ts";
import { endpointOf, forgetEndpoint } from "../adapters/chain/projects/known-endpoints.ts";
import type { Project } from "../adapters/chain/projects/project.ts";
import { readTrainer } from "../adapters/chain/projects/project-trainer.ts";
import { type Round, submitUpdate } from "../adapters/chain/rounds/round.ts";
import { signUpdate } from "../adapters/chain/sign.ts";
import { CommonweightError } from "../protocol/errors.ts";
import { commitmentHash } from "../protocol/market/submissions.ts";
import { workerErrors } from "./errors.ts";
import { prepareInTime } from "./prepare-work.ts";
import type { ProjectWorkerParameters } from "./project-worker-parameters.ts";
import type { Work } from "./work-store.ts";

/** An update that an aggregator took and did not relay is handed over again after this long. */
const RELAY_AGAIN_MS = 15_000;

/**
 * Makes and submits this trainer's update of a round in its commit phase, unless it is in already.
 *
 * @param stored What was prepared for this round before, perhaps by a process that was killed.
 * @throws CW4305 when somebody else has the trainer's place, CW4307 when the trainer has left.
 */
export async function takePart(
  parameters: ProjectWorkerParameters,
  project: Project,
  round: Round,
  stored: Work | undefined,
): Promise<void> {
  const { chain, workStore, onEvent, signal } = parameters;
  const { projectId } = project;
  const { roundIndex } = round;
  const trainer = await readTrainer(chain, projectId, chain.account as string);
  if (trainer.status === "released") {
    throw new CommonweightError(workerErrors.placeLost, `project ${projectId}`);
  }
  if (trainer.status === "left") {
    throw new CommonweightError(workerErrors.hasLeft, `project ${projectId}`);
  }
  const isPending = ((round.pendingMask >> BigInt(trainer.rosterIndex)) & 1n) === 1n;
  if (trainer.status !== "active" || !isPending) {
    // Submitted before a crash, and the crash came before this was written down.
    const isIn = ((round.eligibleMask >> BigInt(trainer.rosterIndex)) & 1n) === 1n;
    if (stored?.stage === "prepared" && isIn && trainer.status === "active") {
      workStore.save({ ...stored, stage: "submitted" });
    }
    return;
  }
  // Handed to an aggregator and still not on chain: after a while it is handed over again, in case it was lost.
  const isHandedOver = stored?.stage === "submitted" && parameters.isRelayed;
  const relayedAt = parameters.relayedAtMs.get(`${projectId}/${roundIndex}`) ?? -RELAY_AGAIN_MS;
  if (isHandedOver && performance.now() - relayedAt < RELAY_AGAIN_MS) return;
  const work = stored ?? (await prepareInTime(parameters, project, round));
  if (work === undefined || (await chainTime(chain)) >= round.commitClosesAt) return;
  signal?.throwIfAborted();
  const update = {
    projectId,
    roundIndex,
    commitmentHash: commitmentHash(chain.account as string, work.commitment),
    bundleCid: work.bundleCid,
  };
  try {
    if (parameters.isRelayed) {
      await submitThroughAggregators(parameters, project, update, { isAgain: isHandedOver });
      parameters.relayedAtMs.set(`${projectId}/${roundIndex}`, performance.now());
    } else {
      await submitUpdate(chain, update, {
        onSent: (submissionHash) => workStore.save({ ...work, submissionHash }),
      });
    }
  } catch (error) {
    // The phase closed, or an earlier attempt of ours is in after all: the next look at the chain tells.
    const refusal = refusalName(error);
    if (refusal === "MarketCommitClosed" || refusal === "MarketNotEligible") return;
    throw error;
  }
  workStore.save({ ...work, stage: "submitted" });
  if (!isHandedOver)
    onEvent({ type: "submitted", projectId, roundIndex, bundleCid: work.bundleCid });
}

/** Hands the update to the first aggregator that takes it; to all of them once one has taken it and kept it, by mistake or for a rival's sake. */
async function submitThroughAggregators(
  { chain, contentStore, signal }: ProjectWorkerParameters,
  { terms }: Project,
  update: Parameters<typeof signUpdate>[1],
  { isAgain }: { isAgain: boolean },
): Promise<void> {
  const signature = await signUpdate(chain, update);
  const body = {
    trainer: chain.account as string,
    commitmentHash: update.commitmentHash,
    bundleCid: update.bundleCid,
    multiaddrs: contentStore.addresses?.() ?? [],
    signature,
  };
  let failure: unknown;
  let isTaken = false;
  for (const aggregator of terms.aggregators) {
    try {
      await postUpdate(await endpointOf(chain, aggregator), update, body, { signal });
      isTaken = true;
      if (!isAgain) break;
    } catch (error) {
      forgetEndpoint(chain, aggregator);
      failure = error;
    }
  }
  if (!isTaken) throw failure;
}
