/** The process in which rounds are proven, until it is killed; see `prover.ts`. */
import { randomBytes } from "node:crypto";
import {
  type CircuitArtifacts,
  readCircuitArtifacts,
} from "../../adapters/artifacts/circuit-artifacts.ts";
import { openCurve } from "../../adapters/curve/open-curve.ts";
import { createRuleProver } from "../../adapters/snark/prove-rule.ts";
import { proveRound } from "../../protocol/round/prove-round.ts";
import { roundRuleById } from "../../protocol/rule/round-rules.ts";
import type { ProvingGround, ProvingJob, ProvingMessage, ProvingRequest } from "./prover.ts";

/** What a proof needs besides its round. */
interface Tools {
  readonly curve: ReturnType<typeof openCurve>;
  readonly artifacts: Promise<CircuitArtifacts>;
}

const send = (message: ProvingMessage) => process.send?.(message);

function open({
  parameterCount,
  srsPath,
  cacheFolder,
  threads,
  ruleId,
  slotCount,
}: ProvingGround): Tools {
  const curve = openCurve({ parameterCount, srsPath, cacheDir: cacheFolder, threads });
  const artifacts = readCircuitArtifacts(ruleId, slotCount);
  // What fails is said by the proof that needs it.
  for (const each of [curve, artifacts]) each.catch(() => undefined);
  return { curve, artifacts };
}

async function prove(job: ProvingJob, tools: Tools): Promise<void> {
  const startedAt = performance.now();
  const onProgress = (fraction: number, step: string) => send({ kind: "progress", fraction, step });
  try {
    const curve = await tools.curve;
    const result = await proveRound(
      { ...job, rule: roundRuleById(job.ruleId) },
      {
        curve,
        proveRule: createRuleProver(() => tools.artifacts),
        randomBytes: (length) => new Uint8Array(randomBytes(length)),
      },
      { onProgress, onDecided: (decided) => send({ kind: "decided", decided }) },
    );
    const seconds = (performance.now() - startedAt) / 1000;
    send({ kind: "proven", result, seconds });
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    send({ kind: "failed", message });
  }
}

// The parent is gone: nobody would take the proof.
process.on("disconnect", () => process.exit(1));

let tools: Tools | undefined;
process.on("message", (request: ProvingRequest) => {
  if (request.kind === "prepare") tools = open(request.ground);
  else prove(request.job, tools as Tools);
});
