import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openCurve } from "../../../services/adapters/curve/open-curve.ts";
import {
  createProver,
  type Prover,
  type ProvingJob,
} from "../../../services/aggregator/proving/prover.ts";
import type { DecidedRound } from "../../../services/protocol/round/prove-round.ts";
import { roundRuleById } from "../../../services/protocol/rule/round-rules.ts";
import { CIRCUIT_ROUND_PARAMETERS, circuitRound } from "../../integration/circuit-round.ts";

describe("the prover", () => {
  const cacheFolder = mkdtempSync(join(tmpdir(), "commonweight-prover-"));
  let prover: Prover;
  let job: ProvingJob;

  beforeAll(async () => {
    await using curve = await openCurve({
      ...{ parameterCount: CIRCUIT_ROUND_PARAMETERS, cacheDir: cacheFolder, threads: 1 },
    });
    const { rule, ...round } = await circuitRound(curve, roundRuleById(1), 8);
    job = { ...round, ruleId: rule.id };
    prover = createProver({ cacheFolder, srsPath: undefined, threads: 1 });
  });
  afterAll(() => {
    prover?.stop();
    rmSync(cacheFolder, { recursive: true, force: true });
  });

  it("says what a round decides before it has the whole proof, and proves the next one with the same process", async () => {
    prover.prepare({ parameterCount: CIRCUIT_ROUND_PARAMETERS, ruleId: 1, slotCount: 8 }, "later");
    const decided: DecidedRound[] = [];
    const first = await prover.prove(job, { onDecided: (round) => decided.push(round) });
    const second = await prover.prove(job, {});

    const { outcome, aggregate, proof } = first?.result ?? {};
    expect(decided).toEqual([
      { outcome, aggregate, aggregateCommitment: proof?.aggregateCommitment },
    ]);
    expect(second?.result.outcome).toEqual(outcome);
    expect(second?.result.proof.groth16).toHaveLength(8);
  });

  it("goes on after a round that cannot be proven", async () => {
    const blindings = job.blindings.slice(1);
    await expect(prover.prove({ ...job, blindings }, {})).rejects.toMatchObject({ code: "CW5004" });
    expect(await prover.prove(job, {})).toBeDefined();
  });

  it("does not begin what is not wanted any more", async () => {
    expect(await prover.prove(job, { isWanted: async () => false })).toBeUndefined();
  });
});
