import { describe, expect, it } from "vitest";
import { chainErrors } from "../../../services/adapters/chain/errors.ts";
import { Alerts } from "../../../services/aggregator/alerts.ts";
import { GuardedSteps } from "../../../services/aggregator/projects/guarded-steps.ts";
import type { ServiceEvent } from "../../../services/aggregator/service-event.ts";
import { CommonweightError } from "../../../services/protocol/errors.ts";

/** Steps whose pauses are over at once, and what they said. */
function newSteps() {
  const events: ServiceEvent[] = [];
  const onEvent = (event: ServiceEvent) => void events.push(event);
  const alerts = new Alerts(onEvent);
  const stopping = new AbortController();
  const steps = new GuardedSteps({ alerts, onEvent, signal: stopping.signal });
  return { steps, alerts, types: () => events.map(({ type }) => type) };
}

const well = async () => {};
const failing = (message: string) => async () => {
  throw new Error(message);
};
const chainAway = async () => {
  throw new CommonweightError(chainErrors.unreachable, "nobody answers");
};

describe("steps that may fail", () => {
  it("say the same failure once, and a new one again", async () => {
    const { steps, types } = newSteps();

    for (const message of ["one", "one", "two"]) await steps.run(1n, failing(message));

    expect(types()).toEqual(["failed", "failed"]);
  });

  it("of a project keep nobody else's from being done: anybody may post one that fails", async () => {
    const { steps } = newSteps();
    await steps.run(1n, failing("no model"));
    await steps.run(2n, failing("no manifest"));
    await steps.run(undefined, well);

    expect(steps.serviceError).toBeUndefined();
    expect(steps.failingProjects.map(({ projectId }) => projectId)).toEqual([2n, 1n]);

    await steps.run(2n, well);
    expect(steps.failingProjects).toEqual([expect.objectContaining({ projectId: 1n })]);
  });

  it("say what keeps all from being done, until it is over", async () => {
    const { steps } = newSteps();
    await steps.run(undefined, failing("no projects"));
    expect(steps.serviceError).toContain("no projects");

    await steps.run(undefined, well);
    expect(steps.serviceError).toBeUndefined();
  });

  it("end the alert of a node that is back, whatever still fails", async () => {
    const { steps, alerts } = newSteps();
    await steps.run(1n, failing("no model"));
    await steps.run(undefined, chainAway);
    expect(alerts.list().map(({ kind }) => kind)).toEqual(["chain"]);

    await steps.run(undefined, well);
    expect(alerts.list()).toEqual([]);
  });
});
