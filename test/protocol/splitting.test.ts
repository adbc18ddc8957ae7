import { describe, expect, it } from "vitest";
import { type FederationOptions, runFederation } from "../../bench/rules/federation.ts";
import { partOfPay } from "../../bench/rules/pay.ts";
import { tableTask } from "../../bench/rules/samples.ts";
import { mean } from "../../bench/statistics.ts";

const SEEDS = [1, 2, 3, 4, 5, 6];
/** Splitting raised the share part by at most this in `docs/rules.md`, with base weights by stake. */
const TOLERANCE = 1.1;
const task = tableTask();

function earned(change: Partial<FederationOptions>, plan: "dirichlet" | "iid"): number {
  const runs = SEEDS.map((seed) =>
    runFederation({ task, plan, seed, rounds: 10, attackers: [], ...change }),
  );
  return mean(runs.map((federation) => partOfPay(federation, federation.identities, "shares")));
}

describe("bringing one's data as several identities", () => {
  it.each(["dirichlet", "iid"] as const)("does not raise the share part: %s data", (plan) => {
    const alone = earned({}, plan);
    for (const splits of [2, 3]) {
      expect(earned({ splits }, plan) / alone, `${splits} identities`).toBeLessThan(TOLERANCE);
    }
  });
});

describe("honest training on alike data with small steps", () => {
  it("is not taken for resubmitting the last aggregate", () => {
    const verdicts = SEEDS.flatMap((seed) =>
      runFederation({
        task,
        plan: "iid",
        seed,
        rounds: 10,
        attackers: [],
        rateFactor: 0.05,
      }).rounds.flatMap(({ outcome }) => outcome.verdicts),
    );

    expect(verdicts).not.toContain("stale-copy");
    expect(verdicts.filter((verdict) => verdict === "accepted").length).toBeGreaterThan(400);
  });
});
