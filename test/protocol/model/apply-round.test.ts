import { describe, expect, it } from "vitest";
import { SCALAR_FIELD } from "../../../services/protocol/curve.ts";
import {
  applyAggregate,
  blindedAggregate,
  modelDifference,
} from "../../../services/protocol/model/apply-round.ts";

describe("applying a round", () => {
  const updates = [
    { update: Int16Array.from([1, -2, 3]), blinding: 5n, weight: 1000 },
    { update: Int16Array.from([-4, 5, 32_767]), blinding: SCALAR_FIELD - 1n, weight: 24 },
    { update: null, blinding: 0n, weight: 0 },
  ];

  it("sums updates and blindings with the same weights", () => {
    const aggregate = blindedAggregate(updates, 3);

    expect([...aggregate.integers]).toEqual([904, -1880, 789_408]);
    expect(aggregate.blinding).toBe(5000n - 24n);
  });

  it("gives back what was added when the models are subtracted", () => {
    const model = { integers: Int32Array.from([7, -7, 0]), blinding: SCALAR_FIELD - 3n };
    const aggregate = blindedAggregate(updates, 3);

    const next = applyAggregate(model, aggregate);

    expect(modelDifference(next, model)).toEqual(aggregate);
  });

  it("refuses an update of another length", () => {
    const short = [{ update: Int16Array.from([1]), blinding: 0n, weight: 1024 }];

    expect(() => blindedAggregate(short, 3)).toThrow(expect.objectContaining({ code: "CW1103" }));
  });

  it("refuses a model that would leave int32 rather than wrap around", () => {
    const model = { integers: Int32Array.from([2 ** 31 - 1]), blinding: 0n };
    const aggregate = { integers: Int32Array.from([1]), blinding: 0n };

    expect(() => applyAggregate(model, aggregate)).toThrow(
      expect.objectContaining({ code: "CW1102" }),
    );
  });
});
