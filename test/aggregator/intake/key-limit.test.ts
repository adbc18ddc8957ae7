import { expect, it } from "vitest";
import { KeyLimit } from "../../../services/aggregator/intake/key-limit.ts";

const place = { projectId: 1n, roundIndex: 0, sender: "0xAb", kind: "update" } as const;

it("keeps each key once, and not ever new ones of one sender for one round", () => {
  const limit = new KeyLimit();
  for (const key of ["0x0A", "0x02", "0x03", "0x04"]) {
    expect(limit.isNew(place, key)).toBe(true);
    limit.add(place, key);
  }

  expect(limit.isNew({ ...place, sender: "0xaB" }, "0x0a")).toBe(false);
  expect(() => limit.isNew(place, "0x05")).toThrow(
    expect.objectContaining({ code: "CW5013", message: expect.stringContaining("4 other keys") }),
  );
  for (const other of [{ sender: "0xcd" }, { kind: "reference" }, { projectId: 2n }] as const) {
    expect(limit.isNew({ ...place, ...other }, "0x05")).toBe(true);
  }
  expect(limit.isNew({ ...place, roundIndex: 1 }, "0x05")).toBe(true);
});

it("does not count a key that could not be stored", () => {
  const limit = new KeyLimit();
  for (let tries = 0; tries < 9; tries++) expect(limit.isNew(place, "0x01")).toBe(true);
});
