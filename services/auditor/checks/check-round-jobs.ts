import { getManifest } from "../../adapters/dag-json/manifest-store.ts";
import { getRoundJob } from "../../adapters/dag-json/round-job-store.ts";
import { roundHyperparameters } from "../../learning/training/hyperparameters.ts";
import type { ContentStore } from "../../protocol/content-store.ts";
import { isContentAway } from "../../protocol/content-store.ts";
import { CommonweightError } from "../../protocol/errors.ts";
import type { AuditCheck } from "../audit-check.ts";

/**
 * Checks what rounds changed of the manifest's training settings: each job that was announced on chain must stay within the bounds
 * that the owner declared. Rounds without a job need no check.
 */
export async function checkRoundJobs(
  contentStore: Pick<ContentStore, "get">,
  project: {
    readonly manifestCid: string;
    readonly jobs: readonly { readonly roundIndex: number; readonly jobCid: string }[];
  },
  options: { readonly signal?: AbortSignal | undefined } = {},
): Promise<AuditCheck[]> {
  const checks: AuditCheck[] = [];
  for (const { roundIndex, jobCid } of project.jobs) {
    const name = `round job ${roundIndex}`;
    try {
      const { training } = await getManifest(contentStore, project.manifestCid, options);
      const { learningRate, epochs } = roundHyperparameters(
        training,
        await getRoundJob(contentStore, jobCid, options),
      );
      const detail = `learning rate ${learningRate}, epochs ${epochs}: within the owner's bounds`;
      checks.push({ name, isPassed: true, detail });
    } catch (error) {
      if (!(error instanceof CommonweightError)) throw error;
      const isPassed = isContentAway(error) ? null : false;
      checks.push({ name, isPassed, detail: `${error.code}: ${error.message}` });
    }
  }
  return checks;
}
