import { existsSync, readdirSync, statSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { ATTACKS } from "../learning/attacks/apply-attack.ts";
import { isTableName } from "../learning/data/is-table-name.ts";
import { isParquetName } from "../learning/data/parquet-source.ts";
import { CommonweightError } from "../protocol/errors.ts";
import { NATIVE_COIN, readTokenAmount } from "../protocol/market/token-amount.ts";
import { marketErrors } from "./errors.ts";
import { MARKET_MODELS, type MarketOptions } from "./market-plan.ts";

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
  /** `own`: the one at `rpcUrl`. */
  readonly node: "hardhat" | "anvil" | "own";
  readonly rpcUrl: string | undefined;
  /** What `rpcUrl` must be of; needed where nothing else says that the chain is for trying out. */
  readonly chainId: bigint | undefined;
  /** Begins anew where a market was stopped. */
  readonly isFresh: boolean;
}

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
  const oneOf = <T extends string | number>(name: string, known: readonly T[], or = ""): T => {
    const found = known.find((each) => String(each) === String(options[name]));
    if (found === undefined)
      problems.push(
        `--${name} ${options[name]}: one of ${known.join(", ")}${or === "" ? "" : `, or ${or}`}`,
      );
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
  const terms = {
    ...budgetTerms(options.budget, problems),
    ...(options.private === true ? { modelVisibility: "private" as const } : {}),
  };
  const market: MarketOptions = {
    rounds: whole("rounds", 1, MAX_ROUNDS),
    trainers,
    model: oneOf("model", MARKET_MODELS),
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
    ...(options.target === undefined ? {} : { target: String(options.target) }),
    hasCrash: options.crash !== false,
    ...(Object.keys(terms).length > 0 ? { terms } : {}),
  };
  const port = whole("port", 0, 65_534);
  const rpcUrl = nodeUrl(options.node);
  const node = rpcUrl === undefined ? oneOf("node", NODES, "an http address") : "own";
  const chainId = options.chainId === undefined ? undefined : String(options.chainId);
  if (chainId !== undefined && !/^[1-9]\d{0,15}$/.test(chainId)) {
    problems.push(`--chain-id ${chainId}: a chain's number`);
  }
  if (rpcUrl === undefined && chainId !== undefined) {
    problems.push("--chain-id: only with --node <address>");
  }
  if (rpcUrl === undefined && options.keystore !== undefined) {
    problems.push("--keystore: only with --node <address>, where somebody must pay");
  }
  problems.push(...datasetProblems(market));
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
    ...{ node, rpcUrl, chainId: chainId === undefined ? undefined : BigInt(chainId) },
    isFresh: options.fresh === true,
  };
}

/** The address of somebody else's node; undefined for the name of one that we start. */
function nodeUrl(given: unknown): string | undefined {
  if (!/^https?:\/\//i.test(String(given))) return undefined;
  return URL.canParse(String(given)) ? String(given) : undefined;
}

/** Terms of a round's budget: stake, fee and bond are parts of it. */
function budgetTerms(budget: unknown, problems: string[]): MarketOptions["terms"] {
  if (budget === undefined) return undefined;
  const budgetPerRoundWei = readTokenAmount(String(budget), NATIVE_COIN);
  if (typeof budgetPerRoundWei === "string" || budgetPerRoundWei < 10_000n) {
    const why =
      typeof budgetPerRoundWei === "string" ? budgetPerRoundWei : "is too little to share";
    problems.push(`--budget ${budget}: ${why}`);
    return undefined;
  }
  return {
    budgetPerRoundWei,
    stakeWei: budgetPerRoundWei / 10n,
    settleFeeWei: budgetPerRoundWei / 100n,
    aggregatorBondWei: budgetPerRoundWei / 2n,
  };
}

function datasetProblems({ dataset, target }: MarketOptions): string[] {
  const withColumns = "--target: only with a table as --dataset";
  if (dataset === undefined) return target === undefined ? [] : [withColumns];
  const info = statSync(dataset, { throwIfNoEntry: false });
  if (info === undefined) return [`--dataset ${dataset}: it does not exist`];
  const hasColumns = isTableName(dataset) || isParquetName(dataset) || holdsParquet(dataset);
  if (target !== undefined && !hasColumns) return [withColumns];
  if (hasColumns || info.isDirectory() || /\.npz$/i.test(dataset)) return [];
  return [
    `--dataset ${dataset}: a .csv, .tsv, .parquet or .npz file, or a folder (parquet, idx, x.npy and y.npy, images)`,
  ];
}

const holdsParquet = (path: string) =>
  statSync(path).isDirectory() && readdirSync(path).some(isParquetName);

function fileProblems(file: string | undefined, isJson: boolean): string[] {
  if (file === undefined) return [];
  if (!isJson) return [`${file}: a file is written with --json ${file}`];
  const path = resolve(file);
  if (!existsSync(dirname(path))) return [`--json ${file}: there is no folder ${dirname(path)}`];
  if (existsSync(path) && statSync(path).isDirectory()) return [`--json ${file}: it is a folder`];
  return [];
}
