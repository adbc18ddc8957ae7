import { randomBytes } from "node:crypto";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bn254 } from "@noble/curves/bn254.js";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { DEVELOPMENT_TAU_G2 } from "../../../services/adapters/curve/development-tau.ts";
import { loadPowers } from "../../../services/adapters/curve/load-powers.ts";
import { openCurve } from "../../../services/adapters/curve/open-curve.ts";
import { g1Bytes, g2Bytes } from "../../../services/adapters/curve/point-arithmetic.ts";
import {
  littleEndianBytes,
  littleEndianNumber,
} from "../../../services/adapters/curve/scalar-bytes.ts";
import { verifySrs } from "../../../services/adapters/curve/verify-srs.ts";
import { buildWasmProgram } from "../../../services/adapters/curve/wasm-program.ts";
import { openWorkerPool } from "../../../services/adapters/curve/worker-pool.ts";
import { BASE_FIELD } from "../../../services/protocol/curve.ts";
import { timesGenerator } from "./reference.ts";

const COUNT = 40;
/** Start of the points of section 2 in the files that the adapter writes: head, head of section 1, section 1, head of section 2. */
const G1_START = 12 + 12 + 44 + 12;
const G2_START = G1_START + COUNT * 64 + 12;

let folder: string;
let file: Uint8Array;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "powers-"));
  await using _curve = await openCurve({ parameterCount: COUNT, cacheDir: folder, threads: 1 });
  file = await readFile(join(folder, `development-powers-${COUNT}.ptau`));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const check = (srsBytes: Uint8Array, parameterCount = COUNT) =>
  verifySrs({ srsBytes, parameterCount, threads: 1 });

/** The file with some bytes changed. */
function patched(offset: number, bytes: Uint8Array): Uint8Array {
  const copy = Uint8Array.from(file);
  copy.set(bytes, offset);
  return copy;
}

describe("a powers-of-tau file", () => {
  test("passes the check, whole or for its first powers", async () => {
    expect(await check(file)).toEqual(DEVELOPMENT_TAU_G2);
    expect(await check(file, 7)).toEqual(DEVELOPMENT_TAU_G2);
    expect(await check(file, 1)).toEqual(DEVELOPMENT_TAU_G2);
  });

  test("with too few powers is refused with both numbers", async () => {
    await expect(check(file, COUNT + 1)).rejects.toMatchObject({
      code: "CW2003",
      message: expect.stringContaining(`${COUNT} powers of tau where ${COUNT + 1} are needed`),
    });
  });

  test("cut off anywhere, of another kind, version or curve is refused as unreadable", async () => {
    const broken = [
      file.subarray(0, 0),
      file.subarray(0, 11),
      file.subarray(0, 30),
      file.subarray(0, G1_START + 100),
      file.subarray(0, file.byteLength - 1),
      patched(0, new TextEncoder().encode("zkey")),
      patched(4, new Uint8Array([2])),
      patched(8, new Uint8Array([200])),
      patched(12, new Uint8Array([9])),
      patched(12, new Uint8Array([2])),
      patched(28, new Uint8Array([1])),
    ];
    for (const bytes of broken) {
      await expect(check(bytes)).rejects.toMatchObject({ code: "CW2002" });
    }
  });

  test("with points that are not powers of one secret, each in its way, is refused", async () => {
    const { bn } = await buildWasmProgram();
    const at = (index: number) => G1_START + index * 64;
    const second = file.subarray(at(2), at(3));
    const overflowing = littleEndianBytes(
      littleEndianNumber(file.subarray(at(5), at(5) + 32)) + BASE_FIELD,
    );
    const foreignG2 = bn254.G2.Point.BASE.multiply(12345n).toAffine();
    const foreign = { x: [foreignG2.x.c0, foreignG2.x.c1], y: [foreignG2.y.c0, foreignG2.y.c1] };
    const broken: [string, Uint8Array][] = [
      [
        "two powers swapped",
        patched(at(2), Uint8Array.from([...file.subarray(at(3), at(4)), ...second])),
      ],
      ["a power repeated", patched(at(3), second)],
      ["another point in the middle", patched(at(20), g1Bytes(bn, timesGenerator(99n)))],
      ["another last point", patched(at(COUNT - 1), g1Bytes(bn, timesGenerator(99n)))],
      ["another first point", patched(at(0), g1Bytes(bn, timesGenerator(2n)))],
      ["infinity", patched(at(9), new Uint8Array(64))],
      ["off the curve", patched(at(9), new Uint8Array([1]))],
      ["a coordinate beyond the modulus", patched(at(5), overflowing)],
      ["another tau in G2", patched(G2_START + 128, g2Bytes(bn, foreign as never))],
      ["infinity in G2", patched(G2_START + 128, new Uint8Array(128))],
      ["off the curve in G2", patched(G2_START + 128, new Uint8Array([1]))],
      [
        "outside the subgroup of G2",
        patched(G2_START + 128, g2Bytes(bn, outsideSubgroup() as never)),
      ],
    ];
    for (const [name, bytes] of broken) {
      await expect(check(bytes), name).rejects.toMatchObject({ code: "CW2004" });
    }
  });
});

test("fuzz: a damaged file is refused by name, whatever byte is hit", async () => {
  const { bn, module } = await buildWasmProgram();
  const pool = await openWorkerPool({ module, threads: 1 });
  const damage = fc.record({
    // The header's own power and everything behind [tau] in G2 mean nothing to us.
    offset: fc.integer({ min: 0, max: file.byteLength - 1 }),
    byte: fc.integer({ min: 1, max: 255 }),
    isCut: fc.boolean(),
  });
  const ignored = (offset: number) =>
    (offset >= 60 && offset < 68) || (offset >= G2_START && offset < G2_START + 128);
  await fc.assert(
    fc.asyncProperty(damage, async ({ offset, byte, isCut }) => {
      fc.pre(isCut || !ignored(offset));
      const hit = patched(offset, new Uint8Array([(file[offset] as number) ^ byte]));
      const srsBytes = isCut ? file.subarray(0, offset) : hit;
      await expect(loadPowers(bn, pool, { srsBytes, parameterCount: COUNT })).rejects.toMatchObject(
        {
          code: expect.stringMatching(/^CW200[234]$/),
        },
      );
    }),
    { numRuns: 150, seed: 11 },
  );
  await pool.close();
});

/** A point of the twist that the group's order does not kill. */
function outsideSubgroup() {
  const { Fp2 } = bn254.fields;
  const b = Fp2.div(Fp2.fromBigTuple([3n, 0n]), Fp2.fromBigTuple([9n, 1n]));
  for (let c0 = 1n; ; c0++) {
    const x = Fp2.fromBigTuple([c0, 0n]);
    try {
      const y = Fp2.sqrt(Fp2.add(Fp2.mul(Fp2.sqr(x), x), b));
      return { x: [x.c0, x.c1], y: [y.c0, y.c1] };
    } catch {
      // Not a square: the next x.
    }
  }
}

describe("the cache", () => {
  test("serves smaller curves from a larger file, and makes a damaged one again", async () => {
    const cacheDir = await mkdtemp(join(folder, "cache-"));
    const path = join(cacheDir, "development-powers-90.ptau");
    const values = Int16Array.from({ length: 50 }, (_, j) => j - 20);
    await using large = await openCurve({ parameterCount: 90, cacheDir, threads: 1 });
    const expected = await large.commitIntegers(values);

    await using small = await openCurve({ parameterCount: 50, cacheDir, threads: 1 });
    expect(await small.commitIntegers(values)).toEqual(expected);
    expect((await readdir(cacheDir)).filter((name) => name.endsWith(".ptau"))).toHaveLength(1);

    const damaged = await readFile(path);
    damaged.set(g1Zero(), G1_START + 64);
    await writeFile(path, damaged);
    await using again = await openCurve({ parameterCount: 90, cacheDir, threads: 1 });
    expect(await again.commitIntegers(values)).toEqual(expected);
    expect(Buffer.compare(await readFile(path), damaged)).not.toBe(0);
  });

  test("remembers a file that passed by its checksum, not by its name", async () => {
    const cacheDir = await mkdtemp(join(folder, "checked-"));
    const srsPath = join(cacheDir, "ceremony.ptau");
    await writeFile(srsPath, file);
    const steps: string[] = [];
    const open = () =>
      openCurve({
        srsPath,
        parameterCount: COUNT,
        cacheDir,
        threads: 1,
        onProgress: (_, step) => steps.push(step),
      });

    await (await open())[Symbol.asyncDispose]();
    const checkSteps = steps.length;
    await (await open())[Symbol.asyncDispose]();
    expect(checkSteps).toBeGreaterThan(0);
    expect(steps).toHaveLength(checkSteps);

    await writeFile(srsPath, patched(G1_START + 64 * 3, file.subarray(G1_START, G1_START + 64)));
    await expect(open()).rejects.toMatchObject({ code: "CW2004" });
  });

  test("survives a list of checksums that is not a list", async () => {
    const cacheDir = await mkdtemp(join(folder, "list-"));
    await writeFile(join(cacheDir, "checked-powers.json"), "{ half a");

    await using curve = await openCurve({
      srsBytes: file,
      parameterCount: COUNT,
      cacheDir,
      threads: 1,
    });

    expect(curve.parameterCount).toBe(COUNT);
  });
});

function g1Zero(): Uint8Array {
  return new Uint8Array(64);
}

test("a missing file is refused by name", async () => {
  const srsPath = join(folder, `${randomBytes(4).toString("hex")}.ptau`);
  await expect(openCurve({ srsPath, parameterCount: 3, threads: 1 })).rejects.toMatchObject({
    code: "CW2002",
  });
});

test("a file made by snarkjs is read unchanged", async () => {
  const { powersOfTau, curves } = (await import("snarkjs" as string)) as {
    powersOfTau: {
      newAccumulator(curve: unknown, power: number, path: string): Promise<unknown>;
      contribute(from: string, to: string, name: string, entropy: string): Promise<unknown>;
    };
    curves: { getCurveFromName(name: string): Promise<{ terminate(): Promise<void> }> };
  };
  const curve = await curves.getCurveFromName("bn128");
  const [first, second] = [join(folder, "0.ptau"), join(folder, "1.ptau")];
  await powersOfTau.newAccumulator(curve, 5, first);
  await powersOfTau.contribute(first, second, "test", "entropy of a test");
  await curve.terminate();

  const tauG2 = await verifySrs({ srsPath: second, parameterCount: 63, threads: 1 });

  expect(tauG2).not.toEqual(DEVELOPMENT_TAU_G2);
  await expect(
    verifySrs({ srsPath: second, parameterCount: 64, threads: 1 }),
  ).rejects.toMatchObject({ code: "CW2003" });
});
