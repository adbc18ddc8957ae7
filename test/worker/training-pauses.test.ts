import { expect, it } from "vitest";
import { learningErrors } from "../../services/learning/errors.ts";
import { CommonweightError } from "../../services/protocol/errors.ts";
import { openTrainingPauses } from "../../services/worker/training-pauses.ts";

const broken = new CommonweightError(learningErrors.trainerFailed, "my own bug");

it("a training that fails again and again is tried less and less often, until it works", () => {
  let now = 0;
  const pauses = openTrainingPauses(() => now);

  const seconds = Array.from({ length: 7 }, () => pauses.failed(1n, broken));
  expect(seconds).toEqual([2, 4, 8, 16, 32, 60, 60]);
  expect([pauses.isPausing(1n), pauses.isPausing(2n)]).toEqual([true, false]);
  now = 60_000;
  expect(pauses.isPausing(1n)).toBe(false);
  pauses.worked(1n);
  expect(pauses.failed(1n, broken)).toBe(2);
});

it("what is not the training's fault is tried again at once", () => {
  const pauses = openTrainingPauses();

  expect(pauses.failed(1n, new Error("no node"))).toBe(0);
  expect(pauses.isPausing(1n)).toBe(false);
});
