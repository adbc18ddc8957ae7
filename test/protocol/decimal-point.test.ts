import { describe, expect, it } from "vitest";
import {
  decimalPointSchema,
  fromDecimalPoint,
  toDecimalPoint,
} from "../../services/protocol/decimal-point.ts";

describe("a point in decimal digits", () => {
  it("comes back as it went through JSON", () => {
    const point = { x: 2n ** 254n - 1n, y: 0n };

    const read = decimalPointSchema.parse(JSON.parse(JSON.stringify(toDecimalPoint(point))));

    expect(fromDecimalPoint(read)).toEqual(point);
  });

  it.each(["", "01", "-1", "0x1", "1e3", " 1", "9".repeat(79)])("refuses %j", (x) => {
    expect(decimalPointSchema.safeParse({ x, y: "1" }).success).toBe(false);
  });
});
