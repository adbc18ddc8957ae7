import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { crashTrainer } from "../../services/market/crash-trainer.ts";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** A trainer that writes down what happens to it, in a project that is where `read` says. */
function crashing(read: Parameters<typeof crashTrainer>[0]["read"]) {
  const happened: string[] = [];
  const stopping = new AbortController();
  const over = crashTrainer({
    read,
    trainer: {
      name: "trainer-1",
      kill: async () => {
        happened.push("killed");
      },
    },
    startAgain: () => happened.push("started"),
    onEvent: ({ type }) => happened.push(type),
    signal: stopping.signal,
  });
  return { happened, stopping, over };
}

const thirdRound = { phase: "commit", nextRoundIndex: 3 } as const;

it("crashes once and comes back once, however slowly the chain answers", async () => {
  const { happened, over } = crashing(
    () => new Promise((resolve) => setTimeout(() => resolve(thirdRound), 2000)),
  );

  await vi.runAllTimersAsync();
  await over;

  expect(happened).toEqual(["killed", "crashed", "started", "came-back"]);
});

it("waits for the third round to train, and asks again when the chain does not answer", async () => {
  const answers = [
    { phase: "commit", nextRoundIndex: 2 },
    { phase: "reveal", nextRoundIndex: 3 },
    undefined,
    thirdRound,
  ] as const;
  let asked = 0;

  const { happened, over } = crashing(async () => {
    const answer = answers[asked++];
    if (answer === undefined) throw new Error("no answer");
    return answer;
  });
  await vi.runAllTimersAsync();
  await over;

  expect(asked).toBe(4);
  expect(happened).toEqual(["killed", "crashed", "started", "came-back"]);
});

it("crashes nobody in a market that stops before", async () => {
  const { happened, stopping, over } = crashing(async () => ({ phase: "idle", nextRoundIndex: 1 }));

  await vi.advanceTimersByTimeAsync(1000);
  stopping.abort();
  await over;

  expect(happened).toEqual([]);
});
