import { bn254 } from "@noble/curves/bn254.js";
import { keccak_256 } from "@noble/hashes/sha3.js";
import { bytesToHex, utf8ToBytes } from "@noble/hashes/utils.js";
import { describe, expect, test } from "vitest";
import {
  DEVELOPMENT_TAU,
  DEVELOPMENT_TAU_G2,
} from "../../../services/adapters/curve/development-tau.ts";
import { openCurve, startCurveEngine } from "../../../services/adapters/curve/open-curve.ts";
import { openVerifierCurve } from "../../../services/adapters/curve/open-verifier-curve.ts";
import { SCALAR_FIELD } from "../../../services/protocol/curve.ts";
import { seededIntegers } from "../../protocol/gram-cases.ts";
import { seededScalars, timesGenerator } from "./reference.ts";

describe("development powers", () => {
  test("come from the published sentence, in both groups", async () => {
    const sentence = "commonweight development powers of tau, secret known to everybody";
    const hash = BigInt(`0x${bytesToHex(keccak_256(utf8ToBytes(sentence)))}`);

    expect(DEVELOPMENT_TAU).toBe(hash % SCALAR_FIELD);
    const { x, y } = bn254.G2.Point.BASE.multiply(DEVELOPMENT_TAU).toAffine();
    expect(DEVELOPMENT_TAU_G2).toEqual({ x: [x.c0, x.c1], y: [y.c0, y.c1] });
    await using curve = await openCurve({ parameterCount: 2, threads: 1 });
    expect(curve.tauG2).toEqual(DEVELOPMENT_TAU_G2);
  });

  test("do not depend on the number of threads", async () => {
    const values = Int16Array.from(seededIntegers("threads", 700, 16));
    await using one = await openCurve({ parameterCount: 700, threads: 1 });
    await using three = await openCurve({ parameterCount: 900, threads: 3 });

    expect(await one.commitIntegers(values)).toEqual(await three.commitIntegers(values));
  });
});

describe("closing and aborting", () => {
  test("curves on an engine that was started before share it, and its owner ends it", async () => {
    const values = Int16Array.from(seededIntegers("engine", 10, 16));
    const engine = await startCurveEngine({ threads: 1 });
    await using own = await openCurve({ parameterCount: 10, threads: 1 });
    const first = await openCurve({ parameterCount: 10, engine });
    const second = await openCurve({ parameterCount: 20, engine });
    await first[Symbol.asyncDispose]();

    expect(await second.commitIntegers(values)).toEqual(await own.commitIntegers(values));
    await engine[Symbol.asyncDispose]();
    await expect(second.commitIntegers(values)).rejects.toMatchObject({ code: "CW2005" });
  });

  test("a closed curve refuses work by name, and closing twice is harmless", async () => {
    const curve = await openCurve({ parameterCount: 10, threads: 1 });
    await curve[Symbol.asyncDispose]();
    await curve[Symbol.asyncDispose]();

    await expect(curve.commitIntegers(new Int16Array(10).fill(1))).rejects.toMatchObject({
      code: "CW2005",
    });
  });

  test("closing rejects what is under way", async () => {
    const curve = await openCurve({ parameterCount: 20_000, threads: 1 });
    const running = curve.commitIntegers(new Int16Array(20_000).fill(1234));
    const rejected = expect(running).rejects.toMatchObject({ code: "CW2005" });
    await curve[Symbol.asyncDispose]();
    await rejected;
  });

  test("an aborted call rejects with the signal's reason, and the curve works on", async () => {
    await using curve = await openCurve({ parameterCount: 20_000, threads: 2 });
    const values = Int16Array.from(seededIntegers("abort", 20_000, 16));
    const controller = new AbortController();
    const reason = new Error("enough");

    const aborted = curve.commitIntegers(values, { signal: controller.signal });
    controller.abort(reason);

    await expect(aborted).rejects.toBe(reason);
    await expect(curve.commitIntegers(values, { signal: controller.signal })).rejects.toBe(reason);
    const [first] = await Promise.all([curve.commitIntegers(values), curve.commitIntegers(values)]);
    expect(first.x).toBeGreaterThan(0n);
  });

  test("progress ends at one", async () => {
    await using curve = await openCurve({ parameterCount: 5_000, threads: 2 });
    const fractions: number[] = [];
    const vector = await curve.combine([seededScalars("progress", 5_000)], [1n], { length: 5_000 });

    await curve.commitScalars(vector, { onProgress: (fraction) => fractions.push(fraction) });

    expect(fractions.length).toBeGreaterThan(1);
    expect(fractions).toEqual(fractions.toSorted((a, b) => a - b));
    expect(fractions.at(-1)).toBe(1);
  });
});

test("a verifier's curve needs no powers of tau", async () => {
  await using curve = await openVerifierCurve();
  const tauG = timesGenerator(DEVELOPMENT_TAU);

  const isOne = await curve.isPairingProductOne([
    { g1: tauG, g2: "one" },
    { g1: timesGenerator(-1n), g2: "tau" },
  ]);

  expect(isOne).toBe(true);
});
