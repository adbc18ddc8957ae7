import { afterAll, describe, expect, it, vi } from "vitest";
import type { RevealedKey } from "../../../services/adapters/chain/rounds/round-events.ts";
import { openCurve } from "../../../services/adapters/curve/open-curve.ts";
import { createHpkeEnvelope } from "../../../services/adapters/envelope/hpke-envelope.ts";
import {
  BundleOpener,
  type BundleOpenerParameters,
} from "../../../services/aggregator/round/bundle-opener.ts";
import type { StoredKey } from "../../../services/aggregator/store/stored-key.ts";
import { sealBundle } from "../../../services/protocol/bundle/seal-bundle.ts";
import { contentStoreErrors } from "../../../services/protocol/content-store.ts";
import { CommonweightError } from "../../../services/protocol/errors.ts";
import { commitUpdate } from "../../../services/protocol/gram/commitment.ts";
import { toHex } from "../../../services/protocol/hex.ts";

const PARAMETERS = 20;
const curve = await openCurve({ parameterCount: PARAMETERS, threads: 1 });
afterAll(() => curve[Symbol.asyncDispose]());
const envelope = createHpkeEnvelope();
const keys = await envelope.generateKeyPair();
const context = {
  ...{ chainId: 31337n, market: `0x${"ab".repeat(20)}`, projectId: 1n, roundIndex: 3 },
};
const project = {
  projectId: 1n,
  terms: { parameterCount: PARAMETERS, fractionBits: 12 },
} as Parameters<BundleOpener["open"]>[0];

/** A round of six trainers; the one at `wrong` sealed another update than it committed to. */
async function round(wrong?: number) {
  const sealed = await Promise.all(
    Array.from({ length: 6 }, async (_, index) => {
      const trainer = `0x${String(index + 1).repeat(40)}`;
      const update = Int16Array.from({ length: PARAMETERS }, (_, j) => j * index - 30);
      const blinding = BigInt(index + 1);
      const { bytes, commitmentHash, contentKey } = await sealBundle({
        ...{ envelope, blinding, fractionBits: 12, aggregatorPublicKeys: [keys.publicKey] },
        update: index === wrong ? update.with(7, 1) : update,
        commitment: await commitUpdate(curve, { update, blinding }),
        associated: { ...context, trainer },
      });
      const bundle = { ...{ trainer, commitmentHash }, slot: index + 3, bundleCid: `cid-${index}` };
      return { bytes, contentKey, bundle };
    }),
  );
  const get = async (cid: string) => sealed.find(({ bundle }) => bundle.bundleCid === cid)?.bytes;
  const opener = new BundleOpener({
    ...{ envelope, keys, signal: new AbortController().signal },
    chain: { chainId: context.chainId, addresses: { market: context.market } },
    curveFor: async () => curve,
    contentStore: { get },
    store: { listKeys: () => byMessage },
    rounds: { revealedKeys: async () => onChain },
  } as unknown as BundleOpenerParameters);
  const byMessage: StoredKey[] = [];
  const onChain: Pick<RevealedKey, "account" | "isReference" | "sealedKeys">[] = [];
  const open = () =>
    Promise.all(
      sealed.map(({ bundle, contentKey }) =>
        opener.open(project, 3, bundle, [{ bytes: contentKey, isOnChain: false }]),
      ),
    );
  return { opener, open, sealed, byMessage, onChain };
}

describe("opened bundles", () => {
  it("are there before their commitments are computed again, once for all looks", async () => {
    const { opener, open } = await round();
    const commitIntegers = vi.spyOn(curve, "commitIntegers").mockClear();
    const opened = await open();

    expect(opened.every((each) => "update" in each)).toBe(true);
    expect(await opener.confirmed()).toBe(true);
    const computed = commitIntegers.mock.calls.length;
    expect(computed).toBeGreaterThan(0);
    expect(await open()).toEqual(opened);
    expect(await opener.confirmed()).toBe(true);
    expect(commitIntegers).toHaveBeenCalledTimes(computed);
  });

  it("are refuted by the one that is not what its trainer committed to, which then opens as wrong", async () => {
    const { opener, open } = await round(4);
    await open();

    expect(await opener.confirmed()).toBe(false);
    const again = await open();
    expect(
      again.flatMap((each, index) => ("update" in each ? [] : [[index, each.reason]])),
    ).toEqual([[4, 4]]);
    // What is left out needs no confirmation.
    expect(await opener.confirmed()).toBe(true);
  });

  it("are opened and checked again after the curve has failed", async () => {
    const { opener, open } = await round();
    vi.spyOn(curve, "commitIntegers").mockRejectedValueOnce(new Error("no memory"));
    await open();
    await expect(opener.confirmed()).rejects.toThrow("no memory");

    await open();
    expect(await opener.confirmed()).toBe(true);
  });
});

it("opens by the key that fits, so that nobody can hand a wrong one to the aggregator and show the right one on chain", async () => {
  const { opener, sealed, byMessage, onChain } = await round();
  const { bundle, contentKey } = sealed[0] as (typeof sealed)[number];
  const { trainer } = bundle;
  const message = (key: Uint8Array): StoredKey => ({
    ...{ sender: trainer, kind: "update", receivedAt: 1 },
    contentKey: toHex(key),
  });
  const look = async () => {
    const find = await opener.releasedKeys(project, 3);
    const opened = await opener.open(project, 3, bundle, find(trainer, "update"));
    return "update" in opened ? "opened" : opened.reason;
  };
  const wrong = new Uint8Array(32);
  expect(await look()).toBe(1);

  // Nobody else has seen it: as long as keys may come, it is waited for the right one, and for none after that.
  byMessage.push(message(wrong));
  expect(await look()).toBe(1);
  // Everybody can see that this one is wrong.
  onChain.push({ account: trainer, isReference: false, sealedKeys: new Uint8Array(5) });
  expect(await look()).toBe(3);
  onChain[0] = { account: trainer, isReference: false, sealedKeys: contentKey };
  expect(await look()).toBe("opened");

  opener.clear();
  onChain.length = 0;
  byMessage[0] = message(contentKey);
  onChain.push({ account: trainer, isReference: false, sealedKeys: wrong });
  expect(await look()).toBe("opened");
});

it("asks for a bundle that nobody had no more than once the next time, of its round", async () => {
  const asked: (number | undefined)[] = [];
  const get = async (_cid: string, { retries }: { readonly retries?: number }) => {
    asked.push(retries);
    throw new CommonweightError(contentStoreErrors.timedOut, "nobody answered");
  };
  const opener = new BundleOpener({
    chain: { chainId: context.chainId, addresses: { market: context.market } },
    ...{ curveFor: async () => curve, contentStore: { get } },
    signal: new AbortController().signal,
  } as unknown as BundleOpenerParameters);
  const bundle = {
    slot: 3,
    trainer: `0x${"1".repeat(40)}`,
    commitmentHash: "0x01",
    bundleCid: "b",
  };
  const key = { bytes: new Uint8Array(32), isOnChain: false };
  const open = (slot = 3) => opener.open(project, 3, { ...bundle, slot }, [key]);

  for (const slot of [3, 3, 4]) expect(await open(slot)).toMatchObject({ reason: 2 });
  opener.clear();
  await open();

  expect(asked).toEqual([undefined, 0, undefined, undefined]);
});
