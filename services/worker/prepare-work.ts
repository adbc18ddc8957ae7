import { readParticipant } from "../adapters/chain/projects/participant.ts";
import type { Project } from "../adapters/chain/projects/project.ts";
import { type Round, readRound } from "../adapters/chain/rounds/round.ts";
import { noteContent } from "../housekeeping/hold-content.ts";
import { projectHolder } from "../housekeeping/project-holder.ts";
import { sealBundle } from "../protocol/bundle/seal-bundle.ts";
import { commitUpdate } from "../protocol/gram/commitment.ts";
import { fromHex } from "../protocol/hex.ts";
import { randomScalar } from "../protocol/scalar.ts";
import type { ProjectWorkerParameters } from "./project-worker-parameters.ts";
import { watchCommitPhase } from "./watch-commit-phase.ts";
import type { Work } from "./work-store.ts";

/**
 * Prepares the update while the commit phase lasts, and no longer: nobody could take what is ready after it.
 *
 * @returns undefined when the phase ended first.
 */
export async function prepareInTime(
  parameters: ProjectWorkerParameters,
  project: Project,
  { roundIndex }: Round,
): Promise<Work | undefined> {
  const { chain, onEvent } = parameters;
  const { projectId } = project;
  const startedAtMs = performance.now();
  let doneShare = 0;
  using phase = watchCommitPhase(() => readRound(chain, projectId), roundIndex, parameters.signal);
  try {
    return await prepare({ ...parameters, signal: phase.signal }, project, roundIndex, (share) => {
      doneShare = share;
    });
  } catch (error) {
    if (!phase.isOver()) throw error;
    const seconds = (performance.now() - startedAtMs) / 1000;
    onEvent({ type: "too-late", projectId, roundIndex, doneShare, seconds });
    return undefined;
  }
}

/** Trains, commits, seals and stores: all of it is on disk before anybody sees the commitment. */
async function prepare(
  parameters: ProjectWorkerParameters,
  project: Project,
  roundIndex: number,
  onProgress: (doneShare: number) => void,
): Promise<Work> {
  const { chain, curve, envelope, contentStore, workStore, randomBytes, onEvent, signal } =
    parameters;
  const { projectId, terms } = project;
  onEvent({ type: "training", projectId, roundIndex });
  const update = await parameters.makeUpdate({
    ...{ project, roundIndex, signal, onProgress },
  });
  onEvent({ type: "trained", projectId, roundIndex });
  const blinding = randomScalar(randomBytes);
  const [commitment, ...participants] = await Promise.all([
    commitUpdate(curve, { update, blinding, signal }),
    ...terms.aggregators.map((aggregator) => readParticipant(chain, aggregator)),
  ]);
  const sealed = await sealBundle({
    envelope,
    update,
    blinding,
    associated: {
      chainId: chain.chainId,
      market: chain.addresses.market,
      projectId,
      roundIndex,
      trainer: chain.account as string,
    },
    commitment,
    fractionBits: terms.fractionBits,
    aggregatorPublicKeys: participants.map(({ encryptionKey }) => fromHex(encryptionKey)),
  });
  const holder = projectHolder(chain, "trainer", projectId);
  const noted = noteContent(contentStore, holder, (cid) =>
    workStore.saveContent(projectId, roundIndex, cid),
  );
  const bundleCid = await noted.put(sealed.bytes, { signal });
  const work: Work = {
    projectId,
    roundIndex,
    stage: "prepared",
    commitment,
    blinding,
    contentKey: sealed.contentKey,
    bundleCid,
    releasedTo: [],
  };
  workStore.save(work);
  onEvent({ type: "sealed", projectId, roundIndex, bundleCid, bytes: sealed.bytes.length });
  return work;
}
