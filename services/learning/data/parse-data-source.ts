import { CommonweightError } from "../../protocol/errors.ts";
import { learningErrors } from "../errors.ts";
import type { DataSource } from "./open-dataset.ts";
import type { PartitionPlan } from "./partition.ts";

function parsePlan(text: string): PartitionPlan {
  if (text === "iid") return { kind: "iid" };
  const alpha = /^dirichlet:([0-9]+(?:\.[0-9]+)?)$/.exec(text)?.[1];
  if (alpha !== undefined && Number(alpha) > 0) return { kind: "dirichlet", alpha: Number(alpha) };
  throw new CommonweightError(
    learningErrors.partitionImpossible,
    `"${text}" is no way to split: iid or dirichlet:<alpha>`,
  );
}

/**
 * Reads the options with which people say what data they have: `--data`, `--samples`, `--part i/n`, `--split`, `--seed`.
 *
 * @throws CommonweightError CW3106 for a part or a plan that makes no sense.
 */
export function parseDataSource(options: Readonly<Record<string, unknown>>): DataSource {
  const part = options.part === undefined ? undefined : /^(\d+)\/(\d+)$/.exec(String(options.part));
  if (part === null) {
    throw new CommonweightError(
      learningErrors.partitionImpossible,
      `--part ${options.part}: write it as 3/8`,
    );
  }
  return {
    source: String(options.data),
    samples: options.samples === undefined ? undefined : Number(options.samples),
    part: part && { index: Number(part[1]) - 1, of: Number(part[2]) },
    plan: parsePlan(String(options.split ?? "iid")),
    seed: String(options.partitionSeed ?? options.seed ?? "0"),
  };
}
