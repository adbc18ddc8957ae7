import { beforeAll, describe, expect, it } from "vitest";
import { SCALAR_FIELD } from "../../../services/protocol/curve.ts";
import { assign, bitsOf, type Circuit, circuitOf, freeWires, violations } from "../circuit.ts";

const field = (value: bigint) => ((value % SCALAR_FIELD) + SCALAR_FIELD) % SCALAR_FIELD;

describe("IsLess", () => {
  let circuit: Circuit;
  beforeAll(async () => {
    circuit = await circuitOf("lib/Comparison.circom", "IsLess(8)");
  });

  it.each([
    [0n, 1n, 1n],
    [1n, 1n, 0n],
    [1n, 0n, 0n],
    [0n, 255n, 1n],
    [255n, 0n, 0n],
    [-5n, -4n, 1n],
    [-4n, -5n, 0n],
    [1000n, 1255n, 1n],
    [256n, 0n, null],
    [0n, 257n, null],
  ])("%i < %i is %s (null: too far apart)", async (a, b, expected) => {
    const outputs = circuit.outputs({ a: field(a), b: field(b) });

    if (expected === null) await expect(outputs).rejects.toThrow(/Assert Failed/);
    else expect(await outputs).toEqual([expected]);
  });

  it("has one witness", async () => {
    const witness = await circuit.witness({ a: 3n, b: 77n });

    expect(freeWires(circuit, witness)).toEqual([]);
    // The opposite answer.
    const lie = witness.map((value, wire) => (wire === 1 ? 1n - value : value)).map(field);
    expect(violations(circuit.r1cs, lie)).not.toEqual([]);
  });
});

describe("IsPositive", () => {
  let circuit: Circuit;
  beforeAll(async () => {
    circuit = await circuitOf("lib/Comparison.circom", "IsPositive(8)");
  });

  it.each([
    [0n, 0n],
    [1n, 1n],
    [-1n, 0n],
    [256n, 1n],
    [-255n, 0n],
    [257n, null],
    [-256n, null],
    [SCALAR_FIELD / 2n, null],
  ])("%i is %s (null: out of range)", async (value, expected) => {
    const outputs = circuit.outputs({ in: field(value) });

    if (expected === null) await expect(outputs).rejects.toThrow(/Assert Failed/);
    else expect(await outputs).toEqual([expected]);
  });
});

describe("FloorDivision", () => {
  let circuit: Circuit;
  beforeAll(async () => {
    circuit = await circuitOf("lib/FloorDivision.circom", "FloorDivision(4, 8)");
  });

  it.each([
    [0n, 7n, 0n, 0n],
    [6n, 7n, 0n, 6n],
    [7n, 7n, 1n, 0n],
    [111n, 7n, 15n, 6n],
    [255n, 256n, 0n, 255n],
    [4095n, 256n, 15n, 255n],
  ])("%i / %i = %i, remainder %i", async (numerator, divisor, quotient, remainder) => {
    expect(await circuit.outputs({ numerator, divisor })).toEqual([quotient, remainder]);
  });

  it.each([
    ["a quotient of five bits", 112n, 7n],
    ["a divisor of zero", 5n, 0n],
    ["a divisor above its width", 5n, 513n],
    ["a negative numerator", -1n, 7n],
    ["a negative divisor", 5n, -7n],
  ])("has no witness for %s", async (_, numerator, divisor) => {
    const input = { numerator: field(numerator), divisor: field(divisor) };

    await expect(circuit.outputs(input)).rejects.toThrow(/Assert Failed|divide by zero/);
  });

  it("has one witness: no smaller quotient with a larger remainder, none that wraps around the field", async () => {
    const witness = await circuit.witness({ numerator: 100n, divisor: 7n });
    expect(freeWires(circuit, witness)).toEqual([]);

    const claim = (quotient: bigint, remainder: bigint) =>
      assign(circuit, witness, {
        quotient,
        remainder,
        ...bitsOf("quotientRange.out", quotient, 4),
        ...bitsOf("isNotNegative.out", remainder, 8),
        ...bitsOf("isBelowDivisor.out", 6n - remainder, 8),
      });
    const verdict = (claimed: bigint[]) => violations(circuit.r1cs, claimed).length === 0;

    expect(verdict(claim(14n, 2n))).toBe(true);
    // The same numerator with another quotient: a larger remainder, a negative one, a quotient that wraps around the field.
    expect(verdict(claim(13n, 9n))).toBe(false);
    expect(verdict(claim(15n, -5n))).toBe(false);
    expect(verdict(claim(field(95n * modularInverse(7n)), 5n))).toBe(false);
  });
});

function modularInverse(value: bigint): bigint {
  let [result, base, exponent] = [1n, value, SCALAR_FIELD - 2n];
  for (; exponent > 0n; exponent >>= 1n, base = (base * base) % SCALAR_FIELD) {
    if (exponent & 1n) result = (result * base) % SCALAR_FIELD;
  }
  return result;
}
