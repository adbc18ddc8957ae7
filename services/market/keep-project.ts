import type { Chain } from "../adapters/chain/connect.ts";
import { chainErrors, isChainUnreachable } from "../adapters/chain/errors.ts";
import { poke, readProject } from "../adapters/chain/projects/project.ts";
import { readTrainers, releaseTrainer } from "../adapters/chain/projects/project-trainer.ts";
import { readRound } from "../adapters/chain/rounds/round.ts";
import { CommonweightError } from "../protocol/errors.ts";
import type { RoundPhase } from "../protocol/market/phases.ts";
import { pause } from "../protocol/pause.ts";
import { type KeepPlan, type KeepStep, keepPlan } from "./keep-plan.ts";

/** A step that this account has taken. */
export interface KeptStep extends KeepStep {
  readonly transactionHash: string;
}

/** What a project needs of anybody now, from the chain. @throws CW2201 for a project that does not exist */
export async function readKeepPlan(
  chain: Chain,
  projectId: bigint,
): Promise<KeepPlan & { readonly phase: RoundPhase }> {
  const [project, round, trainers] = await Promise.all([
    readProject(chain, projectId),
    readRound(chain, projectId),
    readTrainers(chain, projectId),
  ]);
  return { ...keepPlan(project, round, trainers), phase: project.phase };
}

/**
 * Does for a project what the contract lets anybody do, until nothing is left to do now.
 *
 * @throws CW2201 when the contract refuses a step that still seems to be due, CW2202 when the account cannot pay for it.
 */
export async function keepProject(
  chain: Chain,
  projectId: bigint,
  onStep: (step: KeptStep) => void,
): Promise<void> {
  let refused: string | undefined;
  for (;;) {
    const [step] = (await readKeepPlan(chain, projectId)).steps;
    if (step === undefined) return;
    const name = `${step.kind} ${step.trainer}`;
    try {
      const { hash } = await (step.trainer === null
        ? poke(chain, projectId)
        : releaseTrainer(chain, projectId, step.trainer));
      onStep({ ...step, transactionHash: hash });
      refused = undefined;
    } catch (error) {
      const isRefusal =
        error instanceof CommonweightError &&
        [chainErrors.refused.code, chainErrors.failed.code].includes(error.code as never);
      // Anybody may be quicker: then it is not due any more when we look again.
      if (!isRefusal || refused === name) throw error;
      refused = name;
    }
  }
}

/** Keeps a project until it has ended or the signal comes, looking every so often. */
export async function keepOn(
  chain: Chain,
  projectId: bigint,
  options: {
    readonly everySeconds: number;
    readonly signal: AbortSignal;
    readonly onStep: (step: KeptStep) => void;
    /** The node is away, or nodes disagree: it goes on at the next look. */
    readonly onAway: (error: CommonweightError) => void;
  },
): Promise<void> {
  const { everySeconds, signal, onStep, onAway } = options;
  for (;;) {
    try {
      await keepProject(chain, projectId, onStep);
      if ((await readKeepPlan(chain, projectId)).phase === "ended") return;
    } catch (error) {
      if (!(error instanceof CommonweightError) || !isChainUnreachable(error)) throw error;
      onAway(error);
    }
    await pause(1000 * everySeconds, signal);
    signal.throwIfAborted();
  }
}
