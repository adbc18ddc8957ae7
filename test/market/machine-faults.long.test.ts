import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { faultEnvironment, setMachineFaults } from "../../bench/faults/machine-faults.ts";
import { mountSmallDisk } from "../../bench/faults/small-disk.ts";
import type { AggregatorProcess } from "./small-market-aggregator.ts";
import { expectNothingLost, withSmallMarket } from "./small-market-checks.ts";

const HOUR_MS = 3_600_000;

it("a clock that is an hour fast, then an hour slow, then set right while the aggregator works, moves no deadline", async () => {
  await withSmallMarket({ longestMs: 280_000, rounds: 3 }, async (market) => {
    const [primary] = market.aggregators as [AggregatorProcess];
    const folder = dirname(primary.stateFolder);
    const shifted: unknown[] = [];
    market.onEvent(async ({ who, type, roundIndex }) => {
      if (who !== "primary" || type !== "updates-relayed" || shifted.includes(roundIndex)) return;
      shifted.push(roundIndex);
      if (roundIndex === 2) return setMachineFaults(folder, "primary");
      await primary.kill();
      setMachineFaults(folder, "primary", { clockShiftMs: roundIndex === 0 ? HOUR_MS : -HOUR_MS });
      await primary.start(faultEnvironment(folder, "primary"));
    });

    await expectNothingLost(market, 3);
    expect(shifted).toEqual([0, 1, 2]);
    // What it says carries its clock: the shift was there.
    const at = (roundIndex: number) => {
      const proven = market.events.find(
        (event) => event.type === "proven" && event.roundIndex === roundIndex,
      );
      return Date.parse(String(proven?.at)) / 1000;
    };
    expect(at(0) - at(1)).toBeGreaterThan(3600);
    expect(at(2) - at(1)).toBeGreaterThan(1800);
  });
}, 360_000);

const outer = mkdtempSync(join(tmpdir(), "commonweight disk "));
const disk = mountSmallDisk(outer, 128);
afterAll(() => {
  disk?.unmount();
  rmSync(outer, { recursive: true, force: true });
});

/** Skipped, and shown as skipped, where nothing may be mounted. */
it.skipIf(disk === undefined)(
  "a disk that is full under aggregator, referee and trainers stops them with a code, and they go on when there is room again",
  async () => {
    await withSmallMarket(
      { longestMs: 280_000, rounds: 3, folder: join(outer, "market") },
      async (market) => {
        const filled: unknown[] = [];
        market.onEvent(async ({ who, type, roundIndex }) => {
          // While trainers train, and while keys are on their way.
          const isMoment = roundIndex === 0 ? type === "round-opened" : type === "updates-relayed";
          if (who !== "primary" || !isMoment || filled.includes(roundIndex) || roundIndex === 2)
            return;
          filled.push(roundIndex);
          const makeRoom = disk?.fill();
          await new Promise((resolve) => setTimeout(resolve, 6000));
          makeRoom?.();
        });

        await expectNothingLost(market, 3);
        expect(filled).toEqual([0, 1]);
        const codes = market.events.filter(({ type }) => type === "failed").map(({ code }) => code);
        expect(codes.filter((code) => code === "CW2701" || code === "CW2408")).not.toEqual([]);
        expect(codes.filter((code) => code === "CW5099" || code === "CW4399")).toEqual([]);
      },
    );
  },
  360_000,
);
