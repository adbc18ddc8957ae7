import type { Chain } from "../../adapters/chain/connect.ts";
import type { Project } from "../../adapters/chain/projects/project.ts";
import { readTrainers } from "../../adapters/chain/projects/project-trainer.ts";
import type { Round } from "../../adapters/chain/rounds/round.ts";
import type { RoundLog } from "../../adapters/chain/rounds/round-log.ts";
import { isContentAway } from "../../protocol/content-store.ts";
import { isErrorOf } from "../../protocol/errors.ts";
import { commitmentHash } from "../../protocol/market/submissions.ts";
import { aggregatorErrors } from "../errors.ts";
import type { BundleOpener, NamedBundle } from "./bundle-opener.ts";
import {
  isReadable,
  type ReadableUpdate,
  type ReleasedKey,
  type UnreadableUpdate,
} from "./collect-bundles.ts";
import type { ModelKeeper } from "./model-keeper.ts";
import type { OpenedRoundContent } from "./settle-round.ts";

/**
 * Why a round is abandoned, by the contract's numbers. None of it is the aggregator's fault, but the last may be: what is needed comes too
 * late, windows are too short for the model, or this machine is too slow for them.
 */
export const ABANDON_REASONS = {
  tooFewReadable: 1,
  referenceNotReadable: 2,
  modelNotFound: 3,
  noTimeLeft: 4,
} as const;

/** One of {@link ABANDON_REASONS}. */
export type AbandonReason = (typeof ABANDON_REASONS)[keyof typeof ABANDON_REASONS];

/** What a round is opened with. */
export interface RoundContentParts {
  readonly chain: Chain;
  readonly rounds: RoundLog;
  readonly opener: BundleOpener;
  readonly models: ModelKeeper;
  /** Told what is missing, and what it would be abandoned for if it never comes. */
  readonly onMissing: (what: string, reason?: AbandonReason) => void;
}

/** What it is left out for may be put right while keys may come. */
const isAway = (each: ReadableUpdate | UnreadableUpdate): boolean =>
  !isReadable(each) && (each.reason === 1 || each.reason === 2);

/**
 * Opens every bundle of a round whose commit phase is over, as far as keys were released.
 *
 * @param isRevealOver Whether no more keys come: then whoever released none is left out.
 * @returns Undefined while something that the proof needs is still on its way.
 */
export async function openRoundContent(
  { chain, rounds, opener, models, onMissing }: RoundContentParts,
  { project, round, isRevealOver }: { project: Project; round: Round; isRevealOver: boolean },
): Promise<OpenedRoundContent | undefined> {
  const { roundIndex } = round;
  const { projectId, terms } = project;
  const [opening, known, find] = await Promise.all([
    rounds.opening(roundIndex),
    rounds.submissions(roundIndex),
    opener.releasedKeys(project, roundIndex),
  ]);
  if (opening === undefined) return undefined;
  // What was read ahead may be older than the round.
  const isBehind = known.length !== round.submittedCount;
  const submissions = isBehind ? await rounds.submissions(roundIndex) : known;
  // A node that is behind with its log: without all of them the contract refuses whatever is proven.
  if (submissions.length !== round.submittedCount) {
    onMissing("a node that knows all submissions");
    return undefined;
  }
  // Once in a step: that nobody has a bundle now takes a minute to find out.
  const tried = new Map<number, ReturnType<BundleOpener["open"]>>();
  const open = (bundle: NamedBundle, keys: readonly ReleasedKey[]) => {
    const opened = tried.get(bundle.slot) ?? opener.open(project, roundIndex, bundle, keys);
    tried.set(bundle.slot, opened);
    return opened;
  };
  const { referee } = terms;
  const referenceKeys = find(referee, "reference");
  const payGradientKeys = find(referee, "pay-gradient");
  const openReference = () =>
    open(
      {
        ...{ slot: 0, trainer: referee },
        commitmentHash: commitmentHash(referee, opening.reference),
        bundleCid: opening.referenceCid,
      },
      referenceKeys,
    );
  const openPayGradient = () =>
    open(
      {
        ...{ slot: 1, trainer: referee },
        commitmentHash: commitmentHash(referee, opening.payGradient),
        bundleCid: opening.payGradientCid,
      },
      payGradientKeys,
    );
  const reading = readTrainers(chain, projectId);
  // Said when it is needed.
  reading.catch(() => undefined);
  // What can be opened is opened while the other keys are still on their way, and side by side: one is decoded while another is committed to.
  await Promise.all([
    ...submissions.map((submission) => {
      const keys = find(submission.trainer, "update");
      return keys.length > 0 && open(submission, keys);
    }),
    referenceKeys.length > 0 && openReference(),
    terms.usesPayGradient && payGradientKeys.length > 0 && openPayGradient(),
  ]);
  const isMissing = submissions.some(({ trainer }) => find(trainer, "update").length === 0);
  const isReferenceMissing =
    referenceKeys.length === 0 || (terms.usesPayGradient && payGradientKeys.length === 0);
  if (isReferenceMissing || (isMissing && !isRevealOver)) {
    if (isReferenceMissing) onMissing("the referee's keys", ABANDON_REASONS.referenceNotReadable);
    else onMissing("content keys");
    return undefined;
  }
  const reference = await openReference();
  const payGradient = terms.usesPayGradient ? await openPayGradient() : undefined;
  if (!isReadable(reference) || (payGradient && !isReadable(payGradient))) {
    onMissing("a readable reference from the referee", ABANDON_REASONS.referenceNotReadable);
    return undefined;
  }
  const updates: (ReadableUpdate | UnreadableUpdate)[] = [];
  for (const submission of submissions) {
    updates.push(await open(submission, find(submission.trainer, "update")));
  }
  // Its author may be cut off for a moment only; while keys may come, so may the bundle, or its right key.
  if (!isRevealOver && updates.some(isAway)) {
    onMissing("bundles that nobody has now, or their keys");
    return undefined;
  }
  if (updates.filter(isReadable).length < terms.minTrainers) {
    // The contract settles no round with fewer.
    onMissing("as many readable updates as a round needs", ABANDON_REASONS.tooFewReadable);
    return undefined;
  }
  const found = await models.current(project).catch((error: unknown) => {
    if (!isContentAway(error) && !isErrorOf(error, aggregatorErrors.modelNotFound)) throw error;
    onMissing("the project's model", ABANDON_REASONS.modelNotFound);
  });
  if (found === undefined) return undefined;
  const [model, previousModel] = found;
  const trainers = await reading;
  return {
    ...{ project, opening, submissions, trainers },
    ...{ updates, reference, payGradient, model, previousModel },
  };
}
