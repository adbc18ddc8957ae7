import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createHpkeEnvelope } from "../../services/adapters/envelope/hpke-envelope.ts";
import { bundleErrors } from "../../services/protocol/bundle/bundle-errors.ts";
import {
  type BundleContext,
  encodeHeader,
  FIXED_HEADER_BYTES,
  readBundle,
  SHARE_BYTES,
} from "../../services/protocol/bundle/bundle-header.ts";
import { openBundle } from "../../services/protocol/bundle/open-bundle.ts";
import { sealBundle } from "../../services/protocol/bundle/seal-bundle.ts";
import { BASE_FIELD, SCALAR_FIELD } from "../../services/protocol/curve.ts";
import { isErrorOf } from "../../services/protocol/errors.ts";
import type { EncryptionKeyPair } from "../../services/protocol/sealing/envelope.ts";
import { SOME_PLACE as place } from "./some-place.ts";
import { standInCommitment } from "./stand-in-commitment.ts";

const envelope = createHpkeEnvelope();
const fractionBits = 12;
const primary = await envelope.generateKeyPair();
const standby = await envelope.generateKeyPair();

const commit = standInCommitment;

const update = Int16Array.from({ length: 300 }, (_, index) => ((index * 7919) % 601) - 300);
const blinding = 123456789n;
const commitment = await commit({ update, blinding });
const sealed = await sealBundle({
  envelope,
  update,
  blinding,
  commitment,
  associated: place,
  fractionBits,
  aggregatorPublicKeys: [primary.publicKey, standby.publicKey],
});
const associated: BundleContext = { ...place, commitmentHash: sealed.commitmentHash };

function open(
  changes: Partial<Parameters<typeof openBundle>[0]> = {},
  keys: EncryptionKeyPair = primary,
) {
  return openBundle({
    envelope,
    bytes: sealed.bytes,
    secrets: { contentKey: sealed.contentKey, keys },
    associated,
    fractionBits,
    parameterCount: update.length,
    commit,
    ...changes,
  });
}

/** The slug of the first check that failed. */
async function reasonOf(opening: Promise<unknown>): Promise<unknown> {
  try {
    await opening;
  } catch (error) {
    if (Object.values(bundleErrors).some((definition) => isErrorOf(error, definition))) {
      return (error as { details: { reason: string } }).details.reason;
    }
    throw error;
  }
  return "opened";
}

describe("a sealed bundle", () => {
  it("gives every aggregator of the project the integers and the blinding back", async () => {
    expect(await open()).toEqual({ update, blinding, commitment });
    expect(await open({}, standby)).toEqual({ update, blinding, commitment });
  });

  it("is sealed although an aggregator has no usable key registered: nobody's update needs a saboteur's", async () => {
    // Points of small order, and none: what an unregistered account has.
    const weak = [
      new Uint8Array(32),
      Uint8Array.of(1, ...new Array(31).fill(0)),
      new Uint8Array(3),
    ];
    const parameters = { envelope, update, blinding, commitment, associated: place, fractionBits };
    const bundle = await sealBundle({
      ...parameters,
      aggregatorPublicKeys: [...weak, standby.publicKey],
    });
    const { contentKey, bytes } = bundle;

    expect(readBundle(bytes).header.recipients).toHaveLength(1);
    expect(await open({ bytes, secrets: { contentKey, keys: standby } })).toMatchObject({ update });
    await expect(sealBundle({ ...parameters, aggregatorPublicKeys: weak })).rejects.toMatchObject({
      code: "CW2501",
    });
  });

  it("opens with the disclosed bundle key alone, for an appeal", async () => {
    expect(await open({ secrets: { bundleKey: sealed.bundleKey } })).toEqual({
      update,
      blinding,
      commitment,
    });
  });

  it("gives any update back (property)", async () => {
    const vectors = fc.array(fc.integer({ min: -32768, max: 32767 }), { maxLength: 200 });
    await fc.assert(
      fc.asyncProperty(
        vectors,
        fc.bigInt({ min: 0n, max: SCALAR_FIELD - 1n }),
        async (values, secret) => {
          const vector = Int16Array.from(values);
          const committed = await commit({ update: vector, blinding: secret });
          const bundle = await sealBundle({
            envelope,
            update: vector,
            blinding: secret,
            commitment: committed,
            associated: place,
            fractionBits,
            aggregatorPublicKeys: [primary.publicKey],
          });
          const secrets = { contentKey: bundle.contentKey, keys: primary };
          const opened = await open({
            bytes: bundle.bytes,
            secrets,
            associated: { ...place, commitmentHash: bundle.commitmentHash },
            parameterCount: vector.length,
          });
          expect(opened).toEqual({ update: vector, blinding: secret, commitment: committed });
        },
      ),
      { seed: 6, numRuns: 40 },
    );
  });

  it("stays closed to an aggregator until the content key is released", async () => {
    expect(
      await reasonOf(open({ secrets: { contentKey: new Uint8Array(32), keys: primary } })),
    ).toBe("wrongContentKey");
  });

  it("stays closed to a stranger who has the released content key", async () => {
    const stranger = await envelope.generateKeyPair();
    const impostor = { publicKey: primary.publicKey, privateKey: stranger.privateKey };

    expect(await reasonOf(open({}, stranger))).toBe("notAddressed");
    expect(await reasonOf(open({}, impostor))).toBe("recipientShareUnreadable");
    expect(await reasonOf(open({ secrets: { bundleKey: sealed.contentKey } }))).toBe(
      "wrongBundleKey",
    );
  });

  it("names what it was made for when it is replayed elsewhere or cloned", async () => {
    const elsewhere = (change: Partial<BundleContext>) =>
      reasonOf(open({ associated: { ...associated, ...change } }));

    expect(await elsewhere({ chainId: 1n })).toBe("wrongChain");
    expect(await elsewhere({ market: `0x${"cd".repeat(20)}` })).toBe("wrongChain");
    expect(await elsewhere({ projectId: 8n })).toBe("wrongProject");
    expect(await elsewhere({ roundIndex: 4 })).toBe("wrongRound");
    expect(await elsewhere({ trainer: `0x${"22".repeat(20)}` })).toBe("wrongTrainer");
    expect(await elsewhere({ commitmentHash: `0x${"33".repeat(32)}` })).toBe("wrongCommitment");
    expect(await reasonOf(open({ fractionBits: 13 }))).toBe("wrongScale");
    expect(await reasonOf(open({ parameterCount: 301 }))).toBe("wrongParameterCount");
  });

  it("cannot be cloned by rewriting the trainer in its header: share and payload are bound to it", async () => {
    const { header, payload } = readBundle(sealed.bytes);
    const mine = { ...associated, trainer: `0x${"22".repeat(20)}` };
    const bytes = Buffer.concat([encodeHeader({ ...header, trainer: mine.trainer }), payload]);

    expect(await reasonOf(open({ bytes, associated: mine }))).toBe("recipientShareUnreadable");
    expect(
      await reasonOf(open({ bytes, associated: mine, secrets: { bundleKey: sealed.bundleKey } })),
    ).toBe("payloadTampered");
  });

  it("reveals a change in any of its byte regions, with the reason for that region", async () => {
    const context = 24;
    const keyHash = FIXED_HEADER_BYTES - 64;
    const second = FIXED_HEADER_BYTES + 32 + SHARE_BYTES;
    const payload = FIXED_HEADER_BYTES + 2 * (32 + SHARE_BYTES);
    const regions: [name: string, from: number, to: number, reason: string][] = [
      ["magic", 0, 8, "notABundle"],
      ["version", 8, 9, "unsupportedVersion"],
      ["fraction bits", 10, 11, "wrongScale"],
      ["parameter count", 12, 16, "wrongParameterCount"],
      ["payload length", 16, 20, "badLength"],
      ["reserved", 20, 24, "notABundle"],
      ["chain", context, context + 32, "wrongChain"],
      ["market", context + 32, context + 52, "wrongChain"],
      ["project", context + 52, context + 84, "wrongProject"],
      ["round", context + 84, context + 88, "wrongRound"],
      ["trainer", context + 88, context + 108, "wrongTrainer"],
      ["hash of the commitment", context + 108, context + 140, "wrongCommitment"],
      ["content key hash", keyHash, keyHash + 32, "wrongContentKey"],
      ["bundle key hash", keyHash + 32, keyHash + 64, "wrongBundleKey"],
      ["recipient", FIXED_HEADER_BYTES, FIXED_HEADER_BYTES + 32, "notAddressed"],
      ["share", FIXED_HEADER_BYTES + 32, second, "recipientShareUnreadable"],
      ["the other aggregator's part", second, payload, "payloadTampered"],
      ["payload", payload, sealed.bytes.length, "payloadTampered"],
    ];
    for (const [name, from, to, reason] of regions) {
      for (const offset of [from, Math.floor((from + to) / 2), to - 1]) {
        expect([name, offset, await reasonOf(open({ bytes: flipped(offset) }))]).toEqual([
          name,
          offset,
          reason,
        ]);
      }
    }
    // Everything is covered: regions follow each other, apart from coder (9) and recipient count (11), which are checked next.
    expect(regions.reduce((sum, [, from, to]) => sum + to - from, 0)).toBe(sealed.bytes.length - 2);
    expect(await reasonOf(open({ bytes: flipped(9) }))).toBe("payloadTampered");
    expect(await reasonOf(open({ bytes: flipped(11) }))).toBe("badLength");
  });

  it("never opens after any single bit was flipped (property)", async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat({ max: sealed.bytes.length * 8 - 1 }), async (bit) => {
        expect(await reasonOf(open({ bytes: flipped(bit >> 3, 1 << (bit & 7)) }))).not.toBe(
          "opened",
        );
      }),
      { seed: 66, numRuns: 300 },
    );
  });

  it("is refused when cut off anywhere or continued", async () => {
    for (const length of [0, 7, 8, 12, 100, FIXED_HEADER_BYTES, sealed.bytes.length - 1]) {
      expect(await reasonOf(open({ bytes: sealed.bytes.slice(0, length) }))).toBe("badLength");
    }
    expect(await reasonOf(open({ bytes: Uint8Array.of(...sealed.bytes, 0) }))).toBe("badLength");
  });

  it("is refused before anything is allocated when it claims four billion parameters", async () => {
    const bytes = sealed.bytes.slice();
    bytes.set([0xff, 0xff, 0xff, 0xff], 12);

    expect(await reasonOf(open({ bytes }))).toBe("wrongParameterCount");
  });
});

describe("a bundle by a dishonest trainer who knows all its own keys", () => {
  /** Encrypts any plaintext under a well-formed header. */
  async function forge(plaintext: Uint8Array, coder: "plain" | "range") {
    const { header } = readBundle(sealed.bytes);
    const headerBytes = encodeHeader({ ...header, coder, payloadBytes: plaintext.length + 16 });
    return Buffer.concat([
      headerBytes,
      await envelope.encryptOnce({ key: sealed.bundleKey, associated: headerBytes, plaintext }),
    ]);
  }

  it("is refused when the integers are others than committed", async () => {
    const other = update.slice();
    other[5] = 1;
    const lying = await sealBundle({
      envelope,
      update: other,
      blinding,
      commitment,
      associated: place,
      fractionBits,
      aggregatorPublicKeys: [primary.publicKey],
    });

    const opening = open({
      bytes: lying.bytes,
      secrets: { contentKey: lying.contentKey, keys: primary },
    });

    expect(await reasonOf(opening)).toBe("commitmentMismatch");
  });

  it("is refused when the blinding is not reduced", async () => {
    const plaintext = Buffer.concat([
      word(SCALAR_FIELD + blinding),
      word(commitment.x),
      word(commitment.y),
      Buffer.alloc(600),
    ]);

    expect(await reasonOf(open({ bytes: await forge(plaintext, "plain") }))).toBe("badBlinding");
  });

  it("is refused when it holds another commitment than the one whose hash was submitted", async () => {
    const other = await commit({ update, blinding: 5n });
    const plaintext = Buffer.concat([5n, other.x, other.y].map(word).concat(Buffer.alloc(600)));

    expect(await reasonOf(open({ bytes: await forge(plaintext, "plain") }))).toBe(
      "commitmentMismatch",
    );
  });

  it("is refused when its commitment is no point that the verifier takes", async () => {
    for (const bad of [
      { x: 1n, y: 1n },
      { x: BASE_FIELD + 1n, y: 2n },
      { x: 0n, y: 0n },
    ]) {
      const bundle = await sealBundle({
        ...{ envelope, update, blinding, fractionBits },
        commitment: bad,
        associated: place,
        aggregatorPublicKeys: [primary.publicKey],
      });
      const opening = open({
        bytes: bundle.bytes,
        secrets: { contentKey: bundle.contentKey, keys: primary },
        associated: { ...place, commitmentHash: bundle.commitmentHash },
        // Who checks many at once would be led to accept it.
        commit: async ({ claimed }) => claimed,
      });

      expect(await reasonOf(opening)).toBe("commitmentMismatch");
    }
  });

  it("shows its commitment to nobody before it is opened", () => {
    const bytes = Buffer.from(sealed.bytes);

    expect(bytes.includes(word(commitment.x))).toBe(false);
    expect(bytes.includes(word(commitment.y))).toBe(false);
  });

  it("is refused when the payload holds fewer or more integers than the project has", async () => {
    expect(await reasonOf(open({ bytes: await forge(new Uint8Array(96 + 598), "plain") }))).toBe(
      "badCoding",
    );
    expect(await reasonOf(open({ bytes: await forge(new Uint8Array(96 + 602), "plain") }))).toBe(
      "badCoding",
    );
    expect(await reasonOf(open({ bytes: await forge(new Uint8Array(10), "plain") }))).toBe(
      "badCoding",
    );
  });

  it("is refused when it is a decompression bomb: a megabyte that would go on for ever, a few bytes that would", async () => {
    expect(
      await reasonOf(open({ bytes: await forge(new Uint8Array(96 + 2 ** 20), "range") })),
    ).toBe("badCoding");
    expect(await reasonOf(open({ bytes: await forge(new Uint8Array(96 + 6), "range") }))).toBe(
      "badCoding",
    );
  });

  it("is refused by the aggregator to whom another share was sealed", async () => {
    const { header, payload } = readBundle(sealed.bytes);
    const context = Buffer.from(encodeHeader(header).subarray(24, 24 + 140));
    const otherShare = await envelope.seal({
      recipient: standby.publicKey,
      purpose: "commonweight/bundle-share/v1",
      associated: context,
      plaintext: new Uint8Array(32),
    });
    const [first] = header.recipients;
    if (first === undefined) throw new RangeError("no recipients");
    const recipients = [first, { publicKey: standby.publicKey, sealedShare: otherShare }];
    const bytes = Buffer.concat([encodeHeader({ ...header, recipients }), payload]);

    expect(await reasonOf(open({ bytes }, standby))).toBe("wrongBundleKey");
  });
});

function word(value: bigint): Buffer {
  return Buffer.from(value.toString(16).padStart(64, "0"), "hex");
}

function flipped(offset: number, mask = 1): Uint8Array {
  return sealed.bytes.map((byte, index) => (index === offset ? byte ^ mask : byte));
}
