import type { Chain } from "../../adapters/chain/connect.ts";
import type { Project } from "../../adapters/chain/projects/project.ts";
import type { ProjectTrainer } from "../../adapters/chain/projects/project-trainer.ts";
import type { OpenedRound, Submission } from "../../adapters/chain/rounds/round-events.ts";
import { isSameAddress } from "../../protocol/address.ts";
import { type G1Point, INFINITY } from "../../protocol/curve.ts";
import type { SlotVector } from "../../protocol/gram/gram-matrix.ts";
import { unopened } from "../../protocol/market/submissions.ts";
import { type BlindedModel, modelDifference } from "../../protocol/model/apply-round.ts";
import type { RoundToProve } from "../../protocol/round/prove-round.ts";
import { roundRuleById } from "../../protocol/rule/round-rules.ts";
import {
  FIRST_TRAINER_SLOT,
  type RoundTerms,
  trainerCount,
} from "../../protocol/rule/round-terms.ts";
import { isReadable, type ReadableUpdate, type UnreadableUpdate } from "./collect-bundles.ts";

/** An opened vector of the referee: the reference or the pay gradient. */
export interface OpenedReference {
  readonly update: Int16Array;
  readonly blinding: bigint;
}

/** Everything a round's proof is made of, once every bundle is open. */
export interface OpenedRoundContent {
  readonly project: Project;
  readonly opening: OpenedRound;
  readonly submissions: readonly Submission[];
  readonly trainers: readonly ProjectTrainer[];
  readonly updates: readonly (ReadableUpdate | UnreadableUpdate)[];
  readonly reference: OpenedReference;
  readonly payGradient: OpenedReference | undefined;
  /** The current model and, after the first applied round, the one before it. */
  readonly model: BlindedModel;
  readonly previousModel: BlindedModel | undefined;
}

/** The rule's terms, as the contract will build them: active slots, norm bound, parameters, base weights. */
export function termsOf(content: OpenedRoundContent): RoundTerms {
  const { project, trainers, updates, payGradient, previousModel } = content;
  const { terms } = project;
  const readable = new Set(updates.filter(isReadable).map(({ slot }) => slot));
  const active = Array.from({ length: terms.slots }, (_, slot) => {
    if (slot === 0) return true;
    if (slot === 1) return payGradient !== undefined;
    if (slot === 2) return previousModel !== undefined;
    return readable.has(slot);
  });
  const baseWeights = Array.from({ length: trainerCount(terms.slots) }, (_, index) => {
    const update = updates.find(({ slot }) => slot === index + FIRST_TRAINER_SLOT);
    if (update === undefined || !readable.has(update.slot)) return 0;
    return trainers.find(({ trainer }) => isSameAddress(trainer, update.trainer))?.baseWeight ?? 0;
  });
  return {
    slotCount: terms.slots,
    active,
    normBoundSquared: terms.normBoundSquared,
    parameterA: terms.ruleParameterA,
    parameterB: terms.ruleParameterB,
    baseWeights,
  };
}

/** Puts vectors, blindings and commitments into their slots, for a proof with which the chain's account settles and nobody else can. */
export function roundToProve(chain: Chain, content: OpenedRoundContent): RoundToProve {
  const { project, opening, updates, reference, payGradient, model, previousModel } = content;
  const { terms } = project;
  const slots: SlotVector[] = new Array(terms.slots).fill(null);
  const blindings: bigint[] = new Array(terms.slots).fill(0n);
  const commitments: G1Point[] = new Array(terms.slots).fill(INFINITY);
  const put = (slot: number, vector: SlotVector, blinding: bigint, commitment: G1Point) => {
    slots[slot] = vector;
    blindings[slot] = blinding;
    commitments[slot] = commitment;
  };
  put(0, reference.update, reference.blinding, opening.reference);
  if (payGradient) put(1, payGradient.update, payGradient.blinding, opening.payGradient);
  if (previousModel) {
    const last = modelDifference(model, previousModel);
    put(2, last.integers, last.blinding, project.aggregateCommitment);
  }
  for (const { slot, update, blinding, commitment } of updates.filter(isReadable)) {
    put(slot, update, blinding, commitment);
  }
  return {
    context: {
      chainId: chain.chainId,
      market: BigInt(chain.addresses.market),
      projectId: project.projectId,
      roundIndex: BigInt(opening.roundIndex),
      aggregator: BigInt(chain.account as string),
      parameterCount: terms.parameterCount,
      modelCommitment: project.modelCommitment,
    },
    rule: roundRuleById(terms.ruleId),
    terms: termsOf(content),
    slots,
    blindings,
    commitments,
  };
}

/** What a settlement says was committed to, in order of submission. */
export function commitmentsOf({ submissions, updates }: OpenedRoundContent): G1Point[] {
  const opened = new Map(updates.filter(isReadable).map((each) => [each.slot, each.commitment]));
  return submissions.map(
    ({ slot, commitmentHash }) => opened.get(slot) ?? unopened(commitmentHash),
  );
}

/** The mask and reasons with which the contract leaves unreadable submissions out. */
export function exclusionsOf(updates: readonly (ReadableUpdate | UnreadableUpdate)[]) {
  const excluded = updates
    .filter((each): each is UnreadableUpdate => !isReadable(each))
    .sort((first, second) => first.slot - second.slot);
  return {
    excludedMask: excluded.reduce((mask, { slot }) => mask | (1 << slot), 0) >>> 0,
    exclusionReasons: excluded.map(({ reason }) => reason),
  };
}
