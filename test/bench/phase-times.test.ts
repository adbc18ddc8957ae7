import { describe, expect, test } from "vitest";
import { phaseTimes } from "../../bench/market/phase-times.ts";

const event = (ms: number, process: string, type: string) => ({ ms, process, type });

describe("a market's time by what it went into", () => {
  test("counts each instant once, for the most productive thing that anybody did", () => {
    const events = [
      event(10, "trainer-1", "training"),
      event(20, "trainer-2", "training"),
      event(40, "trainer-1", "trained"),
      event(45, "trainer-1", "sealed"),
      event(60, "trainer-2", "trained"),
      event(62, "trainer-2", "sealed"),
      event(65, "trainer-2", "submitted"),
      event(80, "aggregator", "proving"),
      event(95, "aggregator", "proven"),
      event(98, "aggregator", "round-settled"),
    ];
    expect(phaseTimes(events, { fromMs: 0, toMs: 100 })).toEqual({
      training: 50,
      proof: 15,
      storage: 2,
      chain: 3 + 3,
      // Before the first training, from the last submission to the proof, and after the settlement. Trainer 1 never says that its
      // update is in.
      waiting: 10 + 15 + 2,
    });
  });

  test.each([
    [[], 0],
    [[[1, 3]], 2],
    [
      [
        [5, 6],
        [1, 3],
        [2, 4],
      ],
      4,
    ],
    [
      [
        [1, 9],
        [2, 3],
        [9, 10],
      ],
      9,
    ],
  ] as const)("counts the training of %j, one process each, once: %d", (pieces, ms) => {
    const events = pieces.flatMap(([from, to], index) => [
      event(from, `trainer-${index}`, "training"),
      event(to, `trainer-${index}`, "trained"),
    ]);
    expect(phaseTimes(events, { fromMs: 0, toMs: 20 }).training).toBe(ms);
  });

  test("adds up to the span, whatever the order and the gaps", () => {
    const events = [
      event(5, "a", "training"),
      event(200, "a", "trained"),
      event(7, "b", "proving"),
    ];
    const times = phaseTimes(events, { fromMs: 6, toMs: 106 });
    expect(Object.values(times).reduce((sum, ms) => sum + ms, 0)).toBe(100);
    expect(times.training).toBe(100);
  });
});
