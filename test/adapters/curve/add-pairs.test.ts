import { beforeAll, expect, test } from "vitest";
import { NEGATE } from "../../../services/adapters/curve/kernels/add-pairs.ts";
import { g1Bytes, g1Point } from "../../../services/adapters/curve/point-arithmetic.ts";
import { createMachine, type WasmMachine } from "../../../services/adapters/curve/wasm-machine.ts";
import {
  buildWasmProgram,
  type WasmProgram,
} from "../../../services/adapters/curve/wasm-program.ts";
import { timesGenerator } from "./reference.ts";

let program: WasmProgram;
let machine: WasmMachine;
beforeAll(async () => {
  program = await buildWasmProgram();
  machine = await createMachine(program.module);
});

/** Adds multiples of G pairwise; a negative operand is the negated point of its absolute value. */
function addPairs(pairs: readonly [bigint, bigint][]) {
  machine.reset();
  const operand = (multiple: bigint) => {
    const absolute = multiple < 0n ? -multiple : multiple;
    const address = machine.load(g1Bytes(program.bn, timesGenerator(absolute)));
    return multiple < 0n ? address | NEGATE : address;
  };
  const addresses = pairs.flat().map(operand);
  const list = machine.load(new Uint8Array(Uint32Array.from(addresses).buffer));
  const out = machine.allocate(pairs.length * 64);
  const scratch = machine.allocate(pairs.length * 32);
  machine.call("wasm_addPairs", list, pairs.length, out, scratch);
  return pairs.map((_, i) => g1Point(program.bn, machine.read(out + i * 64, 64)));
}

test("pairs of different points, of either sign", () => {
  const pairs: [bigint, bigint][] = [
    [1n, 2n],
    [5n, -3n],
    [-5n, 3n],
    [-7n, -11n],
    [100n, 1000n],
  ];

  expect(addPairs(pairs)).toEqual(pairs.map(([a, b]) => timesGenerator(a + b)));
});

test("equal, opposite and infinite operands between ordinary ones, which share their inversion", () => {
  const pairs: [bigint, bigint][] = [
    [3n, 4n],
    [9n, 9n],
    [-9n, -9n],
    [9n, -9n],
    [-9n, 9n],
    [0n, 6n],
    [6n, 0n],
    [0n, -6n],
    [-6n, 0n],
    [0n, 0n],
    [12n, 13n],
  ];

  expect(addPairs(pairs)).toEqual(pairs.map(([a, b]) => timesGenerator(a + b)));
});

test("a first pair on the slow path", () => {
  expect(
    addPairs([
      [8n, 8n],
      [1n, 2n],
    ]),
  ).toEqual([timesGenerator(16n), timesGenerator(3n)]);
});
