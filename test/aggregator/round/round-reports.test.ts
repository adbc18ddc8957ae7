import { describe, expect, it } from "vitest";
import type { RoundReport } from "../../../services/aggregator/round/round-report.ts";
import { createRoundReports } from "../../../services/aggregator/round/round-reports.ts";

/** Reports of a project 1 with ten rounds, of which the first five are settled, by a clock that stands still. */
function reports() {
  const [built, clock] = [[] as string[], { nowMs: 0 }];
  let [running, most] = [0, 0];
  const find = createRoundReports({
    build: async (projectId, roundIndex) => {
      built.push(`${projectId}/${roundIndex}`);
      most = Math.max(most, ++running);
      await new Promise((resolve) => setTimeout(resolve, 1));
      running--;
      return roundIndex < 5 ? ({ roundIndex } as RoundReport) : undefined;
    },
    nextRoundIndexOf: (projectId) => (projectId < 100n ? 10 : undefined),
    nowMs: () => clock.nowMs,
  });
  return { find, built, clock, mostAtATime: () => most };
}

describe("reports of rounds, for whoever asks", () => {
  it("are made once for all, and one after the other: each is a search through the whole chain", async () => {
    const { find, built, mostAtATime } = reports();
    const asked = Array.from({ length: 90 }, (_, index) => find(1n, index % 3));

    expect((await Promise.all(asked)).map((report) => report?.roundIndex)).toEqual(
      asked.map((_, index) => index % 3),
    );
    await find(1n, 2);
    expect(built).toEqual(["1/0", "1/1", "1/2"]);
    expect(mostAtATime()).toBe(1);
  });

  it("are looked for again when they may have changed", async () => {
    const { find, built, clock } = reports();
    expect(await find(1n, 7)).toBeNull();
    expect(await find(1n, 7)).toBeNull();
    expect(built).toHaveLength(1);

    clock.nowMs = 2001;
    await Promise.all([find(1n, 7), find(1n, 0)]);
    clock.nowMs = 60_000;
    await find(1n, 0);
    expect(built).toEqual(["1/7", "1/7", "1/0"]);
  });

  it("of rounds and projects that are not there take no look at the chain", async () => {
    const { find, built } = reports();

    expect(await find(1n, 10)).toBeNull();
    await expect(find(100n, 0)).rejects.toMatchObject({ code: "CW5006" });
    expect(built).toEqual([]);
  });

  it("are refused while too many wait for theirs", async () => {
    const { find } = reports();
    const asked = Array.from({ length: 60 }, (_, index) =>
      find(BigInt(1 + Math.floor(index / 5)), index % 5).then(
        () => "made",
        ({ code }) => code,
      ),
    );

    expect((await Promise.all(asked)).filter((each) => each === "CW5013")).toHaveLength(10);
  });

  it("that could not be made are made anew", async () => {
    let isAway = true;
    const find = createRoundReports({
      build: async () => {
        if (isAway) throw new Error("away");
        return { roundIndex: 0 } as RoundReport;
      },
      nextRoundIndexOf: () => 1,
    });
    await expect(find(1n, 0)).rejects.toThrow("away");

    isAway = false;
    expect(await find(1n, 0)).toMatchObject({ roundIndex: 0 });
  });
});
