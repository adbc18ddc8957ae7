import { describe, expect, it } from "vitest";
import { createIntake } from "../../../services/aggregator/intake/intake.ts";
import { refusalToServe } from "../../../services/aggregator/projects/served-projects.ts";

const [OWNER, OTHER] = [`0x${"aA".repeat(20)}`, `0x${"bb".repeat(20)}`];
const [TOKEN, WORTHLESS] = [`0x${"cc".repeat(20)}`, `0x${"dd".repeat(20)}`];
const project = (owner: string, rewardToken: string) =>
  ({ owner, terms: { rewardToken } }) as Parameters<typeof refusalToServe>[0];

describe("an aggregator", () => {
  it("serves everybody who names it, without rules", () => {
    expect(refusalToServe(project(OTHER, WORTHLESS), {})).toBeUndefined();
  });

  it("spends no gas on projects whose token pays for none", () => {
    const rules = { tokens: [OTHER, TOKEN.toUpperCase().replace("0X", "0x")] };

    expect(refusalToServe(project(OWNER, TOKEN), rules)).toBeUndefined();
    expect(refusalToServe(project(OWNER, WORTHLESS), rules)).toBe(`it pays in ${WORTHLESS}`);
    expect(refusalToServe(project(OWNER, TOKEN), { tokens: [] })).toBe(`it pays in ${TOKEN}`);
  });

  it("works for the owners that it knows", () => {
    const rules = { owners: [OWNER.toLowerCase()], tokens: [TOKEN] };

    expect(refusalToServe(project(OWNER, TOKEN), rules)).toBeUndefined();
    expect(refusalToServe(project(OTHER, TOKEN), rules)).toBe(`it is ${OTHER}'s`);
    expect(refusalToServe(project(OWNER, WORTHLESS), rules)).toBe(`it pays in ${WORTHLESS}`);
  });

  it("takes in nothing of a project that it does not serve, so that another one relays it and nobody else's is kept", async () => {
    const intake = createIntake({
      ...({ chain: {}, store: {}, onMultiaddrs: () => {} } as never as Parameters<
        typeof createIntake
      >[0]),
      refusalOf: (projectId) => (projectId === 7n ? "it pays in nothing" : undefined),
    });

    for (const taking of [
      () => intake.takeUpdate(7n, 0, {} as never),
      () => intake.takeReferences(7n, 0, {} as never),
      () => intake.takeKey(7n, 0, {} as never),
      () => intake.takeEvaluation(7n, {} as never),
    ]) {
      await expect(taking()).rejects.toMatchObject({
        code: "CW5014",
        message: "it pays in nothing",
      });
    }
  });
});
