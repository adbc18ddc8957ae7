import { existsSync, statSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { ATTACKS } from "../learning/attacks/apply-attack.ts";
import { CommonweightError } from "../protocol/errors.ts";
import { marketErrors } from "./errors.ts";
import type { MarketOptions } from "./market-plan.ts";

/** What `commonweight up` was asked for, checked. */
export interface UpOptions {
  readonly market: MarketOptions;
  /** Port of the page; the standby takes the next one. 0 picks free ones. */
  readonly port: number;
  /** Ends when the project has ended. */
  readonly isExiting: boolean;
  /** Lines instead of the full-screen view. */
  readonly isPlain: boolean;
  /** Where the report goes as JSON; undefined for nowhere. */
  readonly reportPath: string | undefined;
  readonly node: "hardhat" | "anvil";
  /** Begins anew where a market was stopped. */
  readonly isFresh: boolean;
}

const MODELS = ["logistic", "mlp", "cnn"] as const;
const SLOTS = [8, 16] as const;
const NODES = ["hardhat", "anvil"] as const;
/** Slots of a round that are not trainers': the reference, the pay gradient, the last aggregate. */
const RESERVED_SLOTS = 3;
const MIN_TRAINERS = 3;
const MAX_ROUNDS = 1000;
const MNIST_TRAINING_SAMPLES = 60_000;
/** Fewer than one batch each makes updates that are nothing but noise. */
const MIN_SAMPLES_EACH = 32;

/** What a trainer of the market has to attack with; attacks that need more belong to simulations. */
const AVAILABLE = new Set(["honestUpdate", "random", "retrain", "lastAggregate"]);

/** Names of the attacks that a process of the market can play. */
export function marketAttacks(): string[] {
  return ATTACKS.filter(({ needs }) => needs.every((need) => AVAILABLE.has(need))).map(
    ({ name }) => name,
  );
}

/**
 * Checks everything that was asked for, and names all that is wrong at once.
 *
 * @param options As commander has them.
 * @param file The file after `--json`, if any.
 * @throws CW6004 with one line for each problem.
 */
export function parseUpOptions(
  options: Readonly<Record<string, unknown>>,
  file: string | undefined,
): UpOptions {
  const problems: string[] = [];
  const whole = (name: string, least: number, most: number): number => {
    const text = String(options[name]);
    const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
    if (!(value >= least && value <= most)) {
      problems.push(`--${name} ${text}: a whole number from ${least} to ${most}`);
    }
    return value;
  };
  const oneOf = <T extends string | number>(name: string, known: readonly T[]): T => {
    const found = known.find((each) => String(each) === String(options[name]));
    if (found === undefined)
      problems.push(`--${name} ${options[name]}: one of ${known.join(", ")}`);
    return found as T;
  };

  const slots = oneOf("slots", SLOTS);
  const trainers = whole("trainers", MIN_TRAINERS, (slots ?? Math.max(...SLOTS)) - RESERVED_SLOTS);
  const attackers = String(options.attackers ?? "")
    .split(",")
    .map((name) => name.trim())
    .filter((name) => name !== "" && name !== "none");
  const known = marketAttacks();
  for (const name of new Set(attackers.filter((each) => !known.includes(each)))) {
    problems.push(`--attackers ${name}: none, or any of ${known.join(", ")}`);
  }
  if (attackers.length > trainers) {
    problems.push(`--attackers: ${attackers.length} attackers, but only ${trainers} trainers`);
  }
  const split = String(options.split);
  const alpha = /^dirichlet:(\d+(?:\.\d+)?)$/.exec(split)?.[1];
  if (split !== "iid" && !(Number(alpha) > 0)) {
    problems.push(`--split ${split}: iid, or dirichlet:<alpha> with an alpha above 0`);
  }
  const market: MarketOptions = {
    rounds: whole("rounds", 1, MAX_ROUNDS),
    trainers,
    model: oneOf("model", MODELS),
    split,
    attackers,
    slots,
    seed: String(options.seed),
    samples: whole(
      "samples",
      (trainers || MIN_TRAINERS) * MIN_SAMPLES_EACH,
      MNIST_TRAINING_SAMPLES,
    ),
    ...(options.dataset === undefined ? {} : { dataset: resolve(String(options.dataset)) }),
    hasCrash: options.crash !== false,
    ...(options.private === true ? { terms: { modelVisibility: "private" as const } } : {}),
  };
  const port = whole("port", 0, 65_534);
  const node = oneOf("node", NODES);
  problems.push(...datasetProblems(market.dataset));
  problems.push(...fileProblems(file, options.json === true));
  if (problems.length > 0) {
    throw new CommonweightError(marketErrors.options, problems.join("\n"), {
      details: { problems },
    });
  }
  return {
    market,
    port,
    isExiting: options.exit === true,
    isPlain: options.plain === true,
    reportPath: file === undefined ? undefined : resolve(file),
    node,
    isFresh: options.fresh === true,
  };
}

function datasetProblems(dataset: string | undefined): string[] {
  if (dataset === undefined) return [];
  const info = statSync(dataset, { throwIfNoEntry: false });
  if (info === undefined) return [`--dataset ${dataset}: it does not exist`];
  if (info.isDirectory() || dataset.toLowerCase().endsWith(".csv")) return [];
  return [`--dataset ${dataset}: a .csv file, or a folder with idx files of images and labels`];
}

function fileProblems(file: string | undefined, isJson: boolean): string[] {
  if (file === undefined) return [];
  if (!isJson) return [`${file}: a file is written with --json ${file}`];
  const path = resolve(file);
  if (!existsSync(dirname(path))) return [`--json ${file}: there is no folder ${dirname(path)}`];
  if (existsSync(path) && statSync(path).isDirectory()) return [`--json ${file}: it is a folder`];
  return [];
}
