/** The process in which rounds are proven; see `prover.ts`. */
import { randomBytes } from "node:crypto";
import { readCircuitArtifacts } from "../adapters/artifacts/circuit-artifacts.ts";
import { openCurve } from "../adapters/curve/open-curve.ts";
import { createRuleProver } from "../adapters/snark/prove-rule.ts";
import { proveRound } from "../protocol/prove-round.ts";
import { roundRuleById } from "../protocol/round-rules.ts";
import type { ProvingJob, ProvingMessage } from "./prover.ts";

const send = (message: ProvingMessage) => process.send?.(message);

// The parent is gone: nobody would take the proof.
process.on("disconnect", () => process.exit(1));

process.once("message", async (job: ProvingJob) => {
  const startedAt = performance.now();
  const onProgress = (fraction: number, step: string) => send({ kind: "progress", fraction, step });
  try {
    await using curve = await openCurve({
      parameterCount: job.context.parameterCount,
      srsPath: job.srsPath,
      cacheDir: job.cacheFolder,
      threads: job.threads,
    });
    const result = await proveRound(
      { ...job, rule: roundRuleById(job.ruleId) },
      {
        curve,
        proveRule: createRuleProver(readCircuitArtifacts),
        randomBytes: (length) => new Uint8Array(randomBytes(length)),
      },
      { onProgress },
    );
    const seconds = (performance.now() - startedAt) / 1000;
    process.send?.({ kind: "proven", result, seconds }, () => process.exit(0));
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    process.send?.({ kind: "failed", message }, () => process.exit(1));
  }
});
