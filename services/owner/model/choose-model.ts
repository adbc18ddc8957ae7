import type { PublishedModel } from "../../adapters/chain/rounds/published-models.ts";
import { CommonweightError } from "../../protocol/errors.ts";
import { ownerErrors } from "../errors.ts";

/** Which model of a project is meant; the newest when neither is given. */
export interface ModelChoice {
  /** 0 is the initial model, and each applied round makes the next. */
  readonly version?: number | undefined;
  /** Index of the round that made it, from 0 as everywhere. */
  readonly roundIndex?: number | undefined;
}

/** Reads `--model` and `--round`. @throws CW4011 when both are given or one is no number. */
export function readModelChoice(options: Readonly<Record<string, unknown>>): ModelChoice {
  const { model, round } = options;
  if (model !== undefined && round !== undefined) {
    throw new CommonweightError(
      ownerErrors.modelUnknown,
      "--model and --round name one model each",
    );
  }
  if (model !== undefined && !/^\d{1,9}$/.test(String(model))) {
    throw new CommonweightError(ownerErrors.modelUnknown, `--model ${String(model)}`);
  }
  return {
    version: model === undefined ? undefined : Number(model),
    roundIndex: round as number | undefined,
  };
}

/** @throws CW4011 for a version that does not exist, or a round that made no model. */
export function chooseModel(
  models: readonly PublishedModel[],
  { version, roundIndex }: ModelChoice,
): PublishedModel {
  const made = models.filter((each) => each.version > 0);
  const chosen =
    roundIndex !== undefined
      ? made.find((each) => each.roundIndex === roundIndex)
      : version === undefined
        ? models.at(-1)
        : models.find((each) => each.version === version);
  if (chosen !== undefined) return chosen;
  const wanted =
    roundIndex === undefined ? `no version ${version}` : `round ${roundIndex} made no model`;
  const list = made.map((each) => `${each.version} (of round ${each.roundIndex})`).join(", ");
  throw new CommonweightError(
    ownerErrors.modelUnknown,
    `${wanted}; there are 0 (initial)${list === "" ? "" : `, ${list}`}`,
  );
}
