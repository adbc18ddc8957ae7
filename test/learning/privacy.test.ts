import { describe, expect, test } from "vitest";
import {
  type LedgerStorage,
  privacyStatement,
  readPrivacyEntries,
  spendPrivacy,
} from "../../services/learning/privacy/privacy-ledger.ts";
import {
  gaussianRenyi,
  privacySpent,
  RENYI_ORDERS,
} from "../../services/learning/privacy/renyi-accountant.ts";

/** Mironov's original conversion, which the published numbers use. */
function classicEpsilon(
  release: { noiseToSensitivity: number; samplingRate: number; releases: number },
  delta: number,
) {
  return Math.min(
    ...RENYI_ORDERS.map(
      (order) =>
        release.releases * gaussianRenyi(order, release) + Math.log(1 / delta) / (order - 1),
    ),
  );
}

describe("the Rényi accountant", () => {
  // Abadi et al. 2016, section 5: q = 0.01, sigma = 4, 10,000 steps, delta = 1e-5 gives epsilon 1.26.
  const abadi = { noiseToSensitivity: 4, samplingRate: 0.01, releases: 10_000 };
  // README of TensorFlow Privacy: 60,000 samples, batch 256, noise 1.12, 60 epochs, delta 1e-5 gives epsilon 2.92.
  const tensorflow = { noiseToSensitivity: 1.12, samplingRate: 256 / 60_000, releases: 14_063 };

  test("reproduces published values of the sampled Gaussian mechanism", () => {
    expect(classicEpsilon(abadi, 1e-5)).toBeCloseTo(1.26, 2);
    expect(classicEpsilon(tensorflow, 1e-5)).toBeCloseTo(2.92, 2);
  });

  test("converts at least as tightly, and not below the exact value of one Gaussian release", () => {
    expect(privacySpent([abadi], 1e-5).epsilon).toBeLessThan(1.26);
    expect(privacySpent([tensorflow], 1e-5).epsilon).toBeLessThan(2.92);
    // Balle and Wang 2018, exact: sigma = 1, delta = 1e-5 needs epsilon 4.3775.
    const { epsilon } = privacySpent([{ noiseToSensitivity: 1, releases: 1 }], 1e-5);
    expect(epsilon).toBeGreaterThan(4.3775);
    expect(epsilon).toBeLessThan(4.9);
  });

  test("is Mironov's alpha / (2 s^2) without sampling", () => {
    expect(gaussianRenyi(7, { noiseToSensitivity: 2 })).toBe(7 / 8);
    expect(gaussianRenyi(7, { noiseToSensitivity: 2, samplingRate: 0 })).toBe(0);
    expect(gaussianRenyi(7, { noiseToSensitivity: 2, samplingRate: 0.999_999 })).toBeCloseTo(
      7 / 8,
      4,
    );
  });

  test("adds releases of different noise", () => {
    const one = privacySpent([{ noiseToSensitivity: 5, releases: 1 }], 1e-5).epsilon;
    const both = privacySpent(
      [
        { noiseToSensitivity: 5, releases: 1 },
        { noiseToSensitivity: 8, releases: 3 },
      ],
      1e-5,
    ).epsilon;

    expect(both).toBeGreaterThan(one);
    expect(privacySpent([], 1e-5).epsilon).toBe(0);
  });

  test("says honestly how little small noise protects", () => {
    // rules.md 8: a multiplier of 0.1 is an epsilon of the order of hundreds per round.
    expect(
      privacySpent([{ noiseToSensitivity: 0.1 / 2, releases: 1 }], 1e-5).epsilon,
    ).toBeGreaterThan(100);
  });

  test("refuses settings without meaning", () => {
    for (const release of [
      { noiseToSensitivity: 0, releases: 1 },
      { noiseToSensitivity: 1, releases: -1 },
      { noiseToSensitivity: 1, releases: 1, samplingRate: 2 },
    ]) {
      expect(() => privacySpent([release], 1e-5)).toThrow(
        expect.objectContaining({ code: "CW3203" }),
      );
    }
    expect(() => privacySpent([], 0)).toThrow(expect.objectContaining({ code: "CW3203" }));
  });
});

describe("the privacy ledger", () => {
  const budget = { epsilon: 8, delta: 1e-5 };
  const entry = (roundIndex: number, noiseMultiplier = 4, projectId = "a") => ({
    projectId,
    roundIndex,
    noiseMultiplier,
  });

  function memoryStorage(text: string | null = null): LedgerStorage & { text(): string | null } {
    let kept = text;
    return {
      read: async () => kept,
      write: async (next) => {
        kept = next;
      },
      text: () => kept,
    };
  }

  test("adds up over all projects and refuses what exceeds the budget, without recording it", async () => {
    const storage = memoryStorage();
    let refused: unknown;
    let rounds = 0;
    for (; rounds < 50 && refused === undefined; rounds++) {
      await spendPrivacy(storage, entry(rounds, 4, rounds % 2 ? "a" : "b"), budget).catch(
        (error) => {
          refused = error;
        },
      );
    }

    expect(refused).toMatchObject({ code: "CW3201" });
    const entries = await readPrivacyEntries(storage);
    expect(entries).toHaveLength(rounds - 1);
    expect(privacyStatement(entries, budget).spentEpsilon).toBeLessThanOrEqual(8);
    expect(privacyStatement([...entries, entry(99)], budget).spentEpsilon).toBeGreaterThan(8);
  });

  test("does not charge the same round twice: a restarted worker sends the same update", async () => {
    const storage = memoryStorage();

    const first = await spendPrivacy(storage, entry(0), budget);
    const again = await spendPrivacy(storage, entry(0), budget);

    expect(again).toEqual(first);
    expect(again.updates).toBe(1);
  });

  test("refuses an update without noise when there is a budget, and claims nothing after one", async () => {
    await expect(spendPrivacy(memoryStorage(), entry(0, 0), budget)).rejects.toMatchObject({
      code: "CW3201",
    });
    const statement = privacyStatement([entry(0, 0)], budget);
    expect(statement.spentEpsilon).toBe(Number.POSITIVE_INFINITY);
    expect(statement.sentence).toContain("no differential privacy is claimed");
  });

  test("calls weak noise masking", () => {
    const { sentence } = privacyStatement([entry(0, 0.5)], { epsilon: 1000, delta: 1e-5 });

    expect(sentence).toContain("masks, it does not protect");
  });

  test.each([
    ["text that is no JSON", "{"],
    ["another version", '{"version":9,"entries":[]}'],
    ["an entry without noise", '{"version":1,"entries":[{"projectId":"a","roundIndex":0}]}'],
    [
      "negative noise",
      '{"version":1,"entries":[{"projectId":"a","roundIndex":0,"noiseMultiplier":-1}]}',
    ],
  ])("refuses to go on with %s instead of forgetting what was spent", async (_, text) => {
    const storage = memoryStorage(text);

    await expect(spendPrivacy(storage, entry(0), budget)).rejects.toMatchObject({ code: "CW3202" });
    expect(storage.text()).toBe(text);
  });
});
