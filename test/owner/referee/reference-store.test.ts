import { expect, it } from "vitest";
import { openReferenceStore } from "../../../services/owner/referee/reference-store.ts";
import type { ReferencesBody } from "../../../services/protocol/market/api.ts";

const store = openReferenceStore(":memory:");

const model = { x: 1n, y: 2n };
const negatedModel = { x: 1n, y: 3n };
const madeOn = ({ x, y }: { x: bigint; y: bigint }, key: number) => ({
  body: { modelCommitment: { x: `${x}`, y: `${y}` }, signature: `0x${key}` } as ReferencesBody,
  referenceKey: new Uint8Array(32).fill(key),
  payGradientKey: undefined,
});

it("keeps what was made first on a model: an aggregator may have it, and without its keys the round is lost", () => {
  const first = store.save(1n, 0, madeOn(model, 1));

  expect(store.save(1n, 0, madeOn(model, 2))).toEqual(first);
  expect(store.find(1n, 0, model)).toEqual(madeOn(model, 1));
});

it("keeps what was made on other models beside it", () => {
  store.save(1n, 0, madeOn(negatedModel, 3));

  expect(store.find(1n, 0, model)).toEqual(madeOn(model, 1));
  expect(store.find(1n, 0, negatedModel)).toEqual(madeOn(negatedModel, 3));
  expect(store.list(1n, 0)).toHaveLength(2);
  expect(store.find(1n, 1, model)).toBeUndefined();
  expect(store.list(2n, 0)).toEqual([]);
});
