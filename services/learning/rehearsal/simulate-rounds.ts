import { CommonweightError } from "../../protocol/errors.ts";
import {
  appliedModel,
  modelValues,
  quantiseModel,
  WEIGHT_BITS,
} from "../../protocol/model/fixed-point.ts";
import { applyAttack, findAttack } from "../attacks/apply-attack.ts";
import type { AttackContext } from "../attacks/attack.ts";
import type { Dataset } from "../data/dataset.ts";
import { learningErrors } from "../errors.ts";
import type { ComputeDevice } from "../jax/compiled-model.ts";
import type { ModelSpec } from "../model-spec.ts";
import { seededBytes, seededRandom } from "../random.ts";
import type { Hyperparameters } from "../training/hyperparameters.ts";
import { initialiseParameters } from "../training/initialise.ts";
import { prepareUpdate, type UpdateNoise } from "../training/prepare-update.ts";
import { computeReferences, type References } from "../training/references.ts";
import { trainLocally } from "../training/train-locally.ts";
import { difference } from "../training/vector.ts";
import type { DecideRound, RoundDecision } from "./decide-round.ts";

/** A trainer of a simulation. */
export interface SimulatedTrainer {
  readonly dataset: Dataset;
  /** 1..1023, from bonded stake. */
  readonly baseWeight: number;
  /** Name of an attack; honest without. */
  readonly attack?: string | undefined;
}

/** A training without chain: the protocol's integers and rules, everything else in memory. */
export interface SimulationParameters {
  readonly model: ModelSpec;
  readonly hyperparameters: Hyperparameters;
  readonly fractionBits: number;
  readonly ditherBits?: number | undefined;
  readonly clipNorm?: number | undefined;
  readonly noise?: UpdateNoise | undefined;
  /** What the terms allow: trainers shorten what is longer, its dither included. */
  readonly normBoundSquared?: bigint | undefined;
  readonly trainers: readonly SimulatedTrainer[];
  readonly rootSet: Dataset;
  readonly paySet: Dataset | null;
  readonly referenceSteps: number;
  readonly decide: DecideRound;
  readonly rounds: number;
  readonly seed: string;
  readonly device?: ComputeDevice | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** A round as it happened. */
export interface SimulatedRound {
  readonly roundIndex: number;
  /** Global parameters before and after the round. */
  readonly before: Float32Array;
  readonly after: Float32Array;
  readonly updates: readonly Int16Array[];
  readonly references: References;
  readonly decision: RoundDecision;
}

/** What the round's attackers and trainers share. */
interface RoundState {
  readonly simulation: SimulationParameters;
  readonly roundIndex: number;
  readonly parameters: Float32Array;
  readonly lastAggregate: Int32Array | null;
  /** What honest trainers sent in the round before. */
  readonly earlierUpdates: readonly Int16Array[];
}

async function honestUpdate(
  state: RoundState,
  trainer: number,
  dataset: Dataset,
  purpose: string,
): Promise<Int16Array> {
  const { simulation, parameters, roundIndex } = state;
  const seed = `${simulation.seed}/${roundIndex}/${trainer}/${purpose}`;
  const { model, hyperparameters, fractionBits, ditherBits, clipNorm, noise, normBoundSquared } =
    simulation;
  const trained = await trainLocally({
    model,
    parameters,
    dataset,
    hyperparameters,
    seed,
    roundIndex,
    ...(simulation.device ? { device: simulation.device } : {}),
    ...(simulation.signal ? { signal: simulation.signal } : {}),
  });
  const delta = difference(trained.parameters, parameters);
  const randomBytes = seededBytes(`${seed}/quantise`);
  return prepareUpdate({
    ...{ delta, fractionBits, ditherBits, clipNorm, noise, normBoundSquared, randomBytes },
  }).update;
}

/** All updates of a round: first what honest trainers send, then what attackers make of it. */
async function roundUpdates(state: RoundState, r: Int16Array): Promise<Int16Array[]> {
  const { trainers, seed } = state.simulation;
  const honest: Int16Array[] = [];
  for (const [i, { dataset, attack }] of trainers.entries()) {
    // An attack that states other needs looks only at the length of the honest update: its training can be saved.
    const isLookedAt = attack === undefined || findAttack(attack).needs.length === 0;
    honest.push(
      isLookedAt ? await honestUpdate(state, i, dataset, "honest") : new Int16Array(r.length),
    );
  }
  const peerUpdates = honest.filter((_, i) => trainers[i]?.attack === undefined);
  const leaders = new Map<string, Int16Array>();
  const updates: Int16Array[] = [];
  for (const [i, { attack, dataset }] of trainers.entries()) {
    if (attack === undefined) {
      updates.push(honest[i] as Int16Array);
      continue;
    }
    const context: AttackContext = {
      honestUpdate: honest[i] as Int16Array,
      random: seededRandom(`${seed}/${state.roundIndex}/${i}/attack`),
      peerUpdates,
      earlierUpdates: state.earlierUpdates,
      leakedReference: r,
      leaderUpdate: leaders.get(attack),
      lastAggregate: state.lastAggregate
        ? Int16Array.from(state.lastAggregate, (sum) => Math.round(sum / 2 ** WEIGHT_BITS))
        : undefined,
      retrain: (poison) => honestUpdate(state, i, poison(dataset), "poisoned"),
    };
    const crafted = await applyAttack(attack, context);
    if (findAttack(attack).isColluding && !leaders.has(attack)) leaders.set(attack, crafted);
    updates.push(crafted);
  }
  return updates;
}

/**
 * Simulates rounds one after the other, with the integers, references and rules of the protocol and no chain. The same
 * seed gives the same rounds on the same device.
 *
 * @throws CommonweightError CW3006 when cancelled, and whatever training and rules throw.
 */
export async function* simulateRounds(
  simulation: SimulationParameters,
): AsyncGenerator<SimulatedRound> {
  const { model, fractionBits, trainers, signal, seed } = simulation;
  let integers = quantiseModel(initialiseParameters(model), fractionBits);
  let lastAggregate: Int32Array | null = null;
  let earlierUpdates: readonly Int16Array[] = [new Int16Array(integers.length)];
  for (let roundIndex = 0; roundIndex < simulation.rounds; roundIndex++) {
    if (signal?.aborted) throw new CommonweightError(learningErrors.cancelled);
    const before = Float32Array.from(modelValues(integers, fractionBits));
    const references = await computeReferences({
      model,
      parameters: before,
      rootSet: simulation.rootSet,
      paySet: simulation.paySet,
      hyperparameters: simulation.hyperparameters,
      referenceSteps: simulation.referenceSteps,
      fractionBits,
      seed: `${seed}/${roundIndex}`,
      roundIndex,
      randomBytes: seededBytes(`${seed}/${roundIndex}/references`),
      ...(simulation.device ? { device: simulation.device } : {}),
      ...(signal ? { signal } : {}),
    });
    const { r, g } = references;
    const state = { simulation, roundIndex, parameters: before, lastAggregate, earlierUpdates };
    const updates = await roundUpdates(state, r);
    const baseWeights = trainers.map(({ baseWeight }) => baseWeight);
    const decision = simulation.decide({ updates, r, g, lastAggregate, baseWeights });
    integers = appliedModel(integers, decision.aggregate);
    if (!decision.isVoid) lastAggregate = decision.aggregate;
    earlierUpdates = updates.filter((_, i) => trainers[i]?.attack === undefined);
    const after = Float32Array.from(modelValues(integers, fractionBits));
    yield { roundIndex, before, after, updates, references, decision };
  }
}
