import { expect, it } from "vitest";
import { learningErrors } from "../../services/learning/errors.ts";
import type { PracticeRound } from "../../services/learning/training/practice-round.ts";
import { CommonweightError } from "../../services/protocol/errors.ts";
import { practiseInTime } from "../../services/worker/practise-in-time.ts";

const signal = new AbortController().signal;
const untilStopped = (stop: AbortSignal) =>
  new Promise<never>((_, reject) => {
    stop.addEventListener("abort", () => reject(new CommonweightError(learningErrors.cancelled)));
  });

it("a practice round that a manifest makes endless is stopped, with an estimate of all of it", async () => {
  const none = await practiseInTime({
    ...{ longestMs: 100, signal },
    practise: ({ signal: stop, onTraining }) => {
      onTraining(0.001);
      return untilStopped(stop);
    },
  });

  expect(none).toBe(
    "stopped after 0.1 s, when 0.1 % of the training was done: all of it takes about 2 min; --practice-minutes gives it more",
  );
});

it("says so when not even a batch was trained on, or only judging was left", async () => {
  const stoppedAt = (share: number) =>
    practiseInTime({
      ...{ longestMs: 1, signal },
      practise: ({ signal: stop, onTraining }) => {
        onTraining(share);
        return untilStopped(stop);
      },
    });

  expect(await stoppedAt(0)).toContain("before a batch was trained on");
  expect(await stoppedAt(1)).toContain("trained and not yet judged");
});

it("a batch that is too large is why there is no practice round; other failures and Ctrl+C stay failures", async () => {
  const fail = (error: unknown, around: AbortSignal = signal) =>
    practiseInTime({
      ...{ longestMs: 1000, signal: around },
      practise: () => Promise.reject(error),
    });

  expect(await fail(new CommonweightError(learningErrors.batchTooLarge, "8 GiB"))).toBe("8 GiB");
  await expect(fail(new CommonweightError(learningErrors.diverged))).rejects.toMatchObject({
    code: learningErrors.diverged.code,
  });
  await expect(
    fail(new CommonweightError(learningErrors.cancelled), AbortSignal.abort()),
  ).rejects.toMatchObject({ code: "CW3006" });
});

it("is the round when there was time", async () => {
  const round = { score: 80 } as PracticeRound;

  expect(await practiseInTime({ longestMs: 1000, signal, practise: async () => round })).toBe(
    round,
  );
});
