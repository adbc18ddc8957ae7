import { expect, it } from "vitest";
import { packPoint } from "../../../services/protocol/gram/packed-point.ts";

const Q = 21888242871839275222246405745257275088696311157297823662689037894645226208583n;

// The same numbers are in test/contracts/PackedPoints.t.sol.
it("packs a point, its negative and infinity into different numbers, as the contract does", () => {
  expect(packPoint({ x: 1n, y: 2n })).toBe((1n << 255n) + 1n);
  expect(packPoint({ x: 1n, y: Q - 2n })).toBe((1n << 255n) + (1n << 254n) + 1n);
  expect(packPoint({ x: 0n, y: 0n })).toBe(0n);
});
