import { describe, expect, it } from "vitest";
import { createHpkeEnvelope } from "../../../services/adapters/envelope/hpke-envelope.ts";
import {
  type BundleEvidence,
  recheckBundle,
} from "../../../services/auditor/checks/recheck-bundle.ts";
import { sealBundle } from "../../../services/protocol/bundle/seal-bundle.ts";
import { SOME_PLACE as place } from "../../protocol/some-place.ts";
import { standInCommitment as commit } from "../../protocol/stand-in-commitment.ts";

const envelope = createHpkeEnvelope();
const aggregator = await envelope.generateKeyPair();
const update = Int16Array.from({ length: 100 }, (_, index) => index - 50);
const fractionBits = 12;

const commitment = await commit({ update, blinding: 5n });
const seal = (values: Int16Array, blinding = 5n) =>
  sealBundle({
    ...{ envelope, update: values, blinding, commitment, associated: place, fractionBits },
    aggregatorPublicKeys: [aggregator.publicKey],
  });
const sealed = await seal(update);
const associated = { ...place, commitmentHash: sealed.commitmentHash };
/** Bound to the commitment, but holding other integers. */
const other = await seal(update.map((value) => value + 1));

const look = (changes: Partial<BundleEvidence>) =>
  recheckBundle({
    ...{ envelope, associated, fractionBits, commit, parameterCount: update.length },
    reason: "bundle-malformed",
    bytes: sealed.bytes,
    revealedKey: undefined,
    secrets: undefined,
    ...changes,
  });

describe("an excluded bundle, looked at again", () => {
  it("is confirmed by anybody when its visible part is wrong", async () => {
    const moved = { ...associated, roundIndex: 4 };

    expect(await look({ associated: moved })).toMatchObject({
      conclusion: "confirmed",
      detail: expect.stringContaining("CW1705"),
    });
    expect(await look({ bytes: new Uint8Array(10) })).toMatchObject({ conclusion: "confirmed" });
  });

  it("is confirmed or refuted by whoever has a key, down to the commitment", async () => {
    const keys = { contentKey: sealed.contentKey, keys: aggregator };

    expect(await look({ secrets: { bundleKey: sealed.bundleKey } })).toMatchObject({
      conclusion: "refuted",
    });
    expect(await look({ secrets: keys })).toMatchObject({ conclusion: "refuted" });
    expect(
      await look({ bytes: other.bytes, secrets: { bundleKey: other.bundleKey } }),
    ).toMatchObject({ conclusion: "confirmed", detail: expect.stringContaining("CW1718") });
  });

  it("stays undecided without a key, and says who has one", async () => {
    const finding = await look({});

    expect(finding.conclusion).toBe("undecided");
    expect(finding.detail).toContain("--bundle-key");
    expect(await look({ revealedKey: sealed.bundleKey })).toMatchObject({
      conclusion: "undecided",
      detail: expect.stringContaining("not this bundle's"),
    });
  });

  it("never calls a bundle found that nobody serves, nor one missing that somebody serves", async () => {
    const missing = { reason: "bundle-not-found" } as const;

    expect(await look({ bytes: undefined })).toMatchObject({ conclusion: "undecided" });
    expect(await look({ ...missing, bytes: undefined })).toMatchObject({ conclusion: "undecided" });
    expect((await look(missing)).detail).toContain("can be fetched now");
  });

  it("is refuted when the key that was missing is on chain", async () => {
    const reason = "key-not-released" as const;

    expect(await look({ reason, revealedKey: sealed.contentKey })).toMatchObject({
      conclusion: "refuted",
    });
    expect(await look({ reason })).toMatchObject({ conclusion: "undecided" });
  });
});
