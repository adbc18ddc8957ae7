import { describe, expect, it } from "vitest";
import { beforeTurnEnds, type WorkInTurn } from "../../../services/aggregator/projects/turn-end.ts";

const never = new AbortController().signal;

/** A chain whose clock says these seconds, one at each look, and then goes on by itself. */
function clockAt(...times: (number | undefined)[]) {
  let looks = 0;
  return {
    chain: {} as never,
    head: {
      read: async () => {
        const time = times[Math.min(looks++, times.length - 1)];
        if (time === undefined) throw new Error("away");
        return { number: Math.min(looks, times.length), time };
      },
    } as never,
    signal: never,
  };
}

/** Work that ends when it is stopped, with what it was told. */
const untilStopped = ({ signal }: WorkInTurn) =>
  new Promise<void>((_, reject) =>
    signal.addEventListener("abort", () => reject(new Error("stopped"))),
  );

const turn = { endsAt: 1000, seconds: 6 };

describe("the end of a turn to settle", () => {
  it("stops work that is still under way when a sixth of the turn is left", async () => {
    const startedMs = performance.now();

    expect(await beforeTurnEnds(clockAt(998.8), turn, untilStopped)).toBe(false);

    expect(performance.now() - startedMs).toBeGreaterThan(150);
    expect(performance.now() - startedMs).toBeLessThan(380);
  });

  it("leaves half of what is left to who begins late", async () => {
    const startedMs = performance.now();

    expect(await beforeTurnEnds(clockAt(999.6), turn, untilStopped)).toBe(false);

    expect(performance.now() - startedMs).toBeGreaterThan(150);
  });

  it("stops nothing that is done, or about to be", async () => {
    expect(await beforeTurnEnds(clockAt(900), turn, async () => {})).toBe(true);
    const settling = async ({ onSettling, signal }: WorkInTurn) => {
      onSettling();
      await new Promise((resolve) => setTimeout(resolve, 400));
      signal.throwIfAborted();
    };
    expect(await beforeTurnEnds(clockAt(998.9), turn, settling)).toBe(true);
  });

  it("says what the work fails with", async () => {
    const failing = async () => {
      throw new Error("no model");
    };
    await expect(beforeTurnEnds(clockAt(900), turn, failing)).rejects.toThrow("no model");
  });

  it("asks a node again that is away", async () => {
    expect(await beforeTurnEnds(clockAt(undefined, 999.5), turn, untilStopped)).toBe(false);
  });
});
