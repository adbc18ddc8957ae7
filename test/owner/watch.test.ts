import { describe, expect, it, vi } from "vitest";
import type { PublishedModel } from "../../services/adapters/chain/rounds/published-models.ts";
import { chooseModel, readModelChoice } from "../../services/owner/model/choose-model.ts";
import { evaluationText } from "../../services/owner/model/evaluation-text.ts";
import { phaseUntil } from "../../services/owner/watch/phase-words.ts";
import { standingLine, watchLine } from "../../services/owner/watch/watch-lines.ts";
import type { Standing } from "../../services/owner/watch/watch-project.ts";
import { refusalOf } from "./refusal-of.ts";

it("says where a project stands in one line", () => {
  const standing: Standing = {
    phase: "commit",
    deadline: 100,
    secondsLeft: 45,
    roundIndex: 2,
    rounds: 5,
    appliedRounds: 2,
    submitted: 3,
    trainers: 4,
    rewardLeftWei: 3n * 10n ** 18n,
  };

  expect(standingLine(standing, (wei) => `${wei / 10n ** 18n} coins`)).toBe(
    "round 2: trainers train, 3 of 4 in, 45 s left · 2/5 rounds applied · 3 coins left",
  );
});

it("says until when a phase lasts by the reader's clock: a chain's may be ahead", () => {
  const now = Date.parse("2026-11-22T17:44:07.123Z");

  expect(phaseUntil("commit", 194, now)).toBe("trainers train, until 2026-11-22T17:47:21Z (3 min)");
  expect(phaseUntil("idle", -5, now)).toBe(
    "waiting to be opened, until 2026-11-22T17:44:07Z (0 s)",
  );
});

it("follows a project with times of the reader's clock", () => {
  vi.useFakeTimers({ now: Date.parse("2026-11-22T17:44:07Z") });
  // The chain is an hour ahead.
  const deadline = Date.parse("2026-11-22T18:45:07Z") / 1000;

  const line = watchLine(
    { type: "phase", phase: "commit", deadline, secondsLeft: 60, roundIndex: 1 },
    String,
  );

  expect(line).toBe("round 1: trainers train, until 2026-11-22T17:45:07Z (60 s)");
  vi.useRealTimers();
});

describe("choosing a model", () => {
  const place = { blockNumber: 1, transactionHash: "0x", commitment: { x: 1n, y: 2n }, cid: "b" };
  const models: PublishedModel[] = [
    { ...place, version: 0, roundIndex: 0 },
    { ...place, version: 1, roundIndex: 0 },
    { ...place, version: 2, roundIndex: 2 },
  ];

  it("takes the newest, the version, or the one that a round made", () => {
    expect(chooseModel(models, {}).version).toBe(2);
    expect(chooseModel(models, { version: 0 }).version).toBe(0);
    expect(chooseModel(models, { roundIndex: 0 }).version).toBe(1);
  });

  it("names what there is instead of a round that made none", async () => {
    const error = await refusalOf("CW4011", () => chooseModel(models, { roundIndex: 1 }));

    expect(error.message).toContain(
      "round 1 made no model; there are 0 (initial), 1 (of round 0), 2 (of round 2)",
    );
    await refusalOf("CW4011", () => chooseModel(models, { version: 3 }));
    await refusalOf("CW4011", () => readModelChoice({ model: "1", round: 2 }));
    await refusalOf("CW4011", () => readModelChoice({ model: "new" }));
  });
});

it("an evaluation shows how often each class is mistaken for which", () => {
  const text = evaluationText({
    published: {
      version: 1,
      roundIndex: 0,
      blockNumber: 1,
      transactionHash: "0x",
      commitment: { x: 1n, y: 2n },
      cid: "b",
    },
    classes: ["low", "high"],
    evaluation: {
      samples: 4,
      accuracy: 0.75,
      loss: 0.5,
      confusion: [
        [2, 1],
        [0, 1],
      ],
    },
  });

  expect(text).toContain("accuracy  75.0 %");
  expect(text.split("\n").slice(-2)).toEqual([
    "low               2      1  66.7 %",
    "high              0      1  100.0 %",
  ]);
});
