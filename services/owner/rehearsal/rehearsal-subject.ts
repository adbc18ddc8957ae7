import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import type { RehearsalTerms } from "../../learning/rehearsal/rehearse.ts";
import { CommonweightError } from "../../protocol/errors.ts";
import { type Manifest, readManifest } from "../../protocol/manifest/manifest.ts";
import { trainerCount } from "../../protocol/rule/round-terms.ts";
import { ownerErrors } from "../errors.ts";
import { readProjectFolder } from "../posting/project-folder.ts";
import { readTermsFile } from "../posting/terms-file.ts";

/** What is rehearsed. */
export interface RehearsalSubject {
  readonly manifest: Manifest;
  readonly terms: RehearsalTerms;
  readonly source: string;
  readonly trainers: number;
  readonly rounds: number;
}

/** Enough to see whether a rule holds, and quickly over. */
const ROUNDS = 10;

type Options = Readonly<Record<string, unknown>>;

const numberOr = (given: unknown, fallback: number) =>
  given === undefined ? fallback : Number(given);

/**
 * Takes manifest, terms and data from a project's folder, or from options; options win.
 *
 * @throws CW4013 without a manifest, CW4022 without data, CW4021 with the numbers when so many trainers are no round of the terms.
 */
export async function rehearsalSubject(
  folder: unknown,
  options: Options,
): Promise<RehearsalSubject> {
  if (folder === undefined) return subjectOfOptions(options);
  const { manifest, termsText, project } = await readProjectFolder(resolve(String(folder)));
  const terms = readTermsFile(termsText);
  const trainers = numberOr(options.trainers, project.trainers);
  const room = trainerCount(terms.slots);
  if (trainers < terms.minTrainers || trainers > room) {
    throw new CommonweightError(
      ownerErrors.ruleCannotWork,
      `${trainers} trainers: the terms make rounds of ${terms.minTrainers} (minTrainers) to ${room} (${terms.slots} slots)`,
    );
  }
  const { budgetPerRoundWei, flatBps, capBps, normBoundSquared } = terms;
  return {
    manifest,
    terms: {
      ruleId: numberOr(options.rule, terms.ruleId),
      parameterA: numberOr(options.ruleA, terms.ruleParameterA),
      parameterB: numberOr(options.ruleB, terms.ruleParameterB),
      budgetPerRoundWei,
      flatBps,
      capBps,
      normBoundSquared,
    },
    source: String(options.data ?? project.data.source),
    trainers,
    // What more rounds would learn, the project does not pay for.
    rounds: numberOr(options.rounds, Math.min(ROUNDS, terms.rounds)),
  };
}

async function subjectOfOptions(options: Options): Promise<RehearsalSubject> {
  const path = String(options.manifest ?? "manifest.json");
  const bytes = await readFile(path).catch((cause: unknown) => {
    throw new CommonweightError(ownerErrors.fileUnreadable, path, { cause });
  });
  if (options.data === undefined) throw new CommonweightError(ownerErrors.noSamples, path);
  return {
    manifest: readManifest(bytes),
    terms: {
      ruleId: numberOr(options.rule, 1),
      parameterA: numberOr(options.ruleA, 0),
      parameterB: numberOr(options.ruleB, 0),
    },
    source: String(options.data),
    trainers: numberOr(options.trainers, 8),
    rounds: numberOr(options.rounds, ROUNDS),
  };
}
