import { describe, expect, it } from "vitest";
import type { ListedProject } from "../../services/worker/list-projects.ts";
import { projectsText } from "../../services/worker/projects-text.ts";

const units = new Map([["0xaa", { symbol: "ETH", decimals: 18 }]]);
const listed = (phase: string, basis: string) =>
  ({
    ...{ projectId: 7n, phase, trainerCount: 2, appliedRounds: 1 },
    terms: {
      ...{ rewardToken: "0xaa", rounds: 6, maxTrainers: 5, parameterCount: 163 },
      ...{ budgetPerRoundWei: 10n ** 18n, stakeWei: 10n ** 17n },
    },
    record: { perHourWei: 3n * 10n ** 18n, pay: { basis } },
  }) as ListedProject;

describe("the table of a market's projects", () => {
  it("says what an hour is expected to bring, and where that is a guess", () => {
    const text = projectsText([listed("idle", "rounds"), listed("commit", "equal-shares")], {
      ...{ units, older: 0 },
    });

    expect(text.split("\n").slice(1)).toEqual([
      "7        idle     1/6      2/5       163         3 ETH              1 ETH            0.1 ETH",
      "7        commit   1/6      2/5       163         ~3 ETH             1 ETH            0.1 ETH",
      "~ no round is settled yet: as if all shared equally",
    ]);
  });

  it("has titles when they were asked for, in one line each", () => {
    const titles = new Map([[7n, "Penguins\n8        idle"]]);
    const [head, line] = projectsText([listed("idle", "rounds")], {
      ...{ units, older: 0, titles },
    }).split("\n");

    expect(line?.slice(head?.indexOf("title"))).toBe("Penguins 8        idle");
    const [, unknown] = projectsText([{ ...listed("idle", "rounds"), projectId: 8n }], {
      ...{ units, older: 0, titles },
    }).split("\n");
    expect(unknown).toMatch(/ETH {10}\(nobody serves its manifest\)$/);
  });

  it("expects nothing of what is over", () => {
    const text = projectsText([listed("ended", "equal-shares")], { units, older: 0 });

    expect(text.split("\n").slice(1)).toEqual([
      "7        ended    1/6      2/5       163         –                  1 ETH            0.1 ETH",
    ]);
  });

  it("says when there is nothing, and how many were not looked at", () => {
    expect(projectsText([], { units, older: 0 })).toBe("no project is open");
    expect(projectsText([], { units, older: 12 })).toBe(
      "none of these is open, or pays as much\n12 older projects were not looked at: see --most",
    );
  });
});
