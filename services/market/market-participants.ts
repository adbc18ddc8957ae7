import { availableParallelism } from "node:os";
import { type MarketOptions, marketStakeWei } from "./market-plan.ts";
import type { MarketSamples } from "./market-samples.ts";

/** A trainer of the embedded market. */
export interface MarketTrainer {
  readonly name: string;
  readonly address: string;
  readonly attack: string | undefined;
  readonly crashes: boolean;
}

/** The market's trainers, attackers last. @param accounts One each. */
export function marketTrainers(
  options: MarketOptions,
  accounts: readonly { readonly address: string }[],
): MarketTrainer[] {
  const firstAttacker = options.trainers - options.attackers.length;
  return accounts.map(({ address }, index) => ({
    name: `trainer-${index + 1}`,
    address,
    attack: options.attackers[index - firstAttacker],
    crashes: options.hasCrash && index === 0,
  }));
}

/** The command of an aggregator. @param webFolder Files of the page, for the one that serves it. */
export function aggregatorCommand(options: {
  readonly port: number;
  readonly webFolder: string | undefined;
}): string[] {
  return [
    ...["aggregator", "run", "--port", String(options.port)],
    ...["--threads", String(Math.max(1, availableParallelism()))],
    ...(options.webFolder === undefined ? [] : ["--web", options.webFolder]),
  ];
}

/** The command of the trainer with this index. It may start before the project is posted. */
export function trainerCommand(
  options: MarketOptions,
  { projectId, index, samples }: { projectId: bigint; index: number; samples: MarketSamples },
): string[] {
  const attack = options.attackers[index - (options.trainers - options.attackers.length)];
  return [
    ...["worker", "run", String(projectId), "--wait", "--data", samples.trainerSource],
    ...["--stake", `${marketStakeWei(options)}wei`, "--relay"],
    ...["--samples", String(options.samples), "--part", `${index + 1}/${options.trainers}`],
    ...["--split", options.split, "--seed", options.seed, "--threads", "1"],
    ...(attack === undefined ? [] : ["--attack", attack]),
  ];
}

/** The command of the referee, who begins once all trainers have joined. It may start before the project is posted. */
export function refereeCommand(
  options: MarketOptions,
  { projectId, samples }: { projectId: bigint; samples: MarketSamples },
): string[] {
  return [
    ...["owner", "reference", String(projectId), "--wait", "--data", samples.ownerSource],
    ...["--trainers", String(options.trainers)],
    ...Object.entries(samples.sizes ?? {}).flatMap(([set, size]) => [`--${set}`, String(size)]),
    ...["--seed", options.seed, "--threads", "1"],
  ];
}
