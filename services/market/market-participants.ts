import type { MarketOptions } from "./market-plan.ts";
import type { MarketSamples } from "./market-samples.ts";

/** A trainer of the embedded market. */
export interface MarketTrainer {
  readonly name: string;
  readonly address: string;
  readonly attack: string | undefined;
  readonly crashes: boolean;
}

/** The market's trainers, attackers last. @param addressOf The account of the trainer with this index, from 0. */
export function marketTrainers(
  options: MarketOptions,
  addressOf: (index: number) => string,
): MarketTrainer[] {
  const firstAttacker = options.trainers - options.attackers.length;
  return Array.from({ length: options.trainers }, (_, index) => ({
    name: `trainer-${index + 1}`,
    address: addressOf(index),
    attack: options.attackers[index - firstAttacker],
    crashes: options.hasCrash && index === 0,
  }));
}

/** The command of the trainer with this index. It may start before the project is posted. */
export function trainerCommand(
  options: MarketOptions,
  { projectId, index, samples }: { projectId: bigint; index: number; samples: MarketSamples },
): string[] {
  const attack = options.attackers[index - (options.trainers - options.attackers.length)];
  return [
    ...["worker", "run", String(projectId), "--wait", "--data", samples.trainerSource],
    "--relay",
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
