import { describe, expect, test } from "vitest";
import { designManifest, trainingFor } from "../../services/owner/design/design-project.ts";
import { attacksFor } from "../../web/rehearsal/attacks-for.ts";
import type { RehearsalMessage, RehearsalOrder } from "../../web/rehearsal/rehearsal-messages.ts";
import { advanceRehearsal, idleRehearsal } from "../../web/rehearsal/rehearsal-progress.ts";
import { describeFile, runRehearsal, runSurvey } from "../../web/rehearsal/run-rehearsal.ts";
import { cropsTable } from "../owner/crops-table.ts";

const answers = {
  title: "Crops",
  description: "",
  model: "mlp",
  samplesEach: 40,
  trainers: 5,
} as const;
const file = new Blob([cropsTable(300)]);

async function orderOf(change: Partial<RehearsalOrder>): Promise<RehearsalOrder> {
  const { data } = await describeFile(file);
  const manifest = designManifest({
    ...{ answers, summary: { data }, sizes: { root: 200, pay: 1000 } },
    training: trainingFor(answers, 0.1),
    calibration: { fractionBits: 14, ditherBits: 4, clipNorm: 10 },
  });
  return {
    ...{ manifest, terms: {}, source: { kind: "table", file }, trainers: 5 },
    ...{ attackMix: [{ attack: "sign-flip", trainers: 1 }], rounds: 2, seed: "test" },
    ...{ partition: { kind: "iid" }, measure: answers },
    ...change,
  };
}

async function rehearsed(order: RehearsalOrder) {
  const messages: RehearsalMessage[] = [];
  await runRehearsal(order, (message) => messages.push(message));
  return messages.reduce(advanceRehearsal, idleRehearsal);
}

describe("a rehearsal in the page", () => {
  test("a table is described: columns, classes, what is left out and why", async () => {
    const { data, samples, dropped, warnings } = await describeFile(file);

    expect(samples).toBe(300);
    expect(data.classes).toEqual(["high", "low", "mid"]);
    expect(data.table?.columns).toEqual(["height", "tilt", "colour"]);
    expect(dropped.map(({ column }) => column)).toEqual(["customer_id"]);
    expect(warnings).toEqual([]);
  });

  test("a table is looked at for what may spoil training", async () => {
    const rows = Array.from(
      { length: 100 },
      (_, i) => `${7 * i},${Math.sin(i)},${i < 4 ? "b" : "a"}`,
    );
    const { warnings } = await describeFile(new Blob([["case,x,label", ...rows].join("\n")]));

    expect(warnings).toEqual([
      expect.stringMatching(
        /^Column "case" has another whole number .*leave it out of the file\.$/,
      ),
      expect.stringMatching(
        /^Few samples of class "b": whoever always says "a" is right in 96.0 %/,
      ),
    ]);
  });

  test("measures the table's updates, then sees the attacker removed and unpaid", async () => {
    const { state, measured, rounds, isAttacker, result } = await rehearsed(await orderOf({}));

    expect(state).toBe("done");
    expect(measured?.clipNorm).toBeGreaterThan(0);
    expect(measured?.clipNorm).not.toBe(10);
    expect(rounds).toHaveLength(2);
    expect(isAttacker).toEqual([false, false, false, false, true]);
    expect(result?.findings).toEqual([]);
    expect(result?.report.missedShare).toBe(0);
    expect(result?.report.attackerPayShare).toBe(0);
    expect(rounds.at(-1)?.accuracy).toBeGreaterThan(0.7);
  });

  test("a majority of attackers is told as what it is", async () => {
    const order = await orderOf({ attackMix: [{ attack: "sign-flip", trainers: 3 }], rounds: 1 });

    expect((await rehearsed(order)).result?.findings.join()).toMatch(/1 of 1 rounds were void/);
  });

  test("invented samples need no table, and are not normalised by one", async () => {
    const source = { kind: "made-up", samples: 400 } as const;
    const { state, rounds, result } = await rehearsed(await orderOf({ source }));

    expect(state).toBe("done");
    expect(result?.samples).toBe(400);
    expect(rounds.at(-1)?.accuracy).toBeGreaterThan(0.6);
  });

  test("a survey tries every attack on the same samples, after nobody attacked", async () => {
    const messages: RehearsalMessage[] = [];
    const order = await orderOf({ rounds: 2 });
    await runSurvey(order, 1, (message) => messages.push(message));
    const { state, tried, surveyed, planned } = messages.reduce(advanceRehearsal, idleRehearsal);

    expect(state).toBe("done");
    expect(surveyed).toEqual({ samples: 300 });
    expect(tried.map(({ attack }) => attack)).toEqual([
      null,
      ...attacksFor(3).map(({ name }) => name),
    ]);
    expect(planned).toBe(tried.length);
    expect(tried[0]).toMatchObject({ missedShare: null, attackerPayShare: 0, findings: [] });
    const of = (name: string) => tried.find(({ attack }) => attack === name);
    expect(of("sign-flip")).toMatchObject({ missedShare: 0, attackerPayShare: 0, findings: [] });
    expect(of("free-rider")?.attackerPayShare).toBe(0);
  });

  test.each([
    ["no table", "just text", "CW3105"],
    ["a row too short", "a,b\n1,2\n3\n", "CW3102"],
  ])("refuses %s with a code", async (_, text, code) => {
    await expect(describeFile(new Blob([text]))).rejects.toMatchObject({ code });
  });

  test("refuses what is not text", async () => {
    const bytes = new Blob([new Uint8Array([0xff, 0xfe, 0x00])]);

    await expect(describeFile(bytes)).rejects.toMatchObject({ code: "CW3102" });
  });
});

describe("a rehearsal's progress", () => {
  const started = advanceRehearsal(idleRehearsal, { type: "started", planned: 3 });

  test("a failure keeps its way out", () => {
    const failure = { type: "failed", code: "CW3106", message: "2 samples", hint: "more" } as const;
    const { state, error } = advanceRehearsal(started, failure);

    expect(state).toBe("failed");
    expect(error).toMatchObject({ code: "CW3106", message: "2 samples", hint: "more" });
  });

  test("a cancelled one is no result, and starting again forgets it", () => {
    const cancelled = advanceRehearsal(started, { type: "cancelled" });

    expect(cancelled).toMatchObject({ state: "cancelled", result: null });
    expect(advanceRehearsal(cancelled, { type: "started", planned: 2 })).toMatchObject({
      state: "running",
      planned: 2,
      rounds: [],
    });
  });
});
