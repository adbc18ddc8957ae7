import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createHpkeEnvelope } from "../../../services/adapters/envelope/hpke-envelope.ts";
import type { CommonweightError } from "../../../services/protocol/errors.ts";
import {
  grantFileKey,
  isSealedFile,
  openFile,
  readersOf,
  sealFile,
} from "../../../services/protocol/sealing/sealed-file.ts";

const envelope = createHpkeEnvelope();
const [owner, trainer, stranger] = [
  await envelope.generateKeyPair(),
  await envelope.generateKeyPair(),
  await envelope.generateKeyPair(),
];
const plaintext = new TextEncoder().encode("the parameters of a private model");
const context = "model:31337:0xab:7:3";
const bytes = await sealFile({
  envelope,
  plaintext,
  recipients: [owner.publicKey, trainer.publicKey],
  context,
});

async function codeOf(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => "opened",
    (error: CommonweightError) => error.code,
  );
}

describe("a sealed file", () => {
  it("opens for each of its readers and for nobody else", async () => {
    expect(await openFile({ envelope, bytes, keys: owner, context })).toEqual(plaintext);
    expect(await openFile({ envelope, bytes, keys: trainer, context })).toEqual(plaintext);
    expect(await codeOf(openFile({ envelope, bytes, keys: stranger, context }))).toBe("CW1822");
    expect(
      await codeOf(
        openFile({ envelope, bytes, keys: { ...stranger, publicKey: owner.publicKey }, context }),
      ),
    ).toBe("CW1823");
  });

  it("opens in its own context only", async () => {
    expect(
      await codeOf(openFile({ envelope, bytes, keys: owner, context: "model:31337:0xab:7:4" })),
    ).toBe("CW1823");
  });

  it("can be told from a plain file", () => {
    expect(isSealedFile(bytes)).toBe(true);
    expect(isSealedFile(plaintext)).toBe(false);
  });

  it("holds any number of bytes, for any number of readers (property)", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uint8Array({ maxLength: 3000 }),
        fc.integer({ min: 1, max: 5 }),
        async (content, readers) => {
          const recipients = [...Array(readers - 1).fill(stranger.publicKey), owner.publicKey];
          const sealed = await sealFile({ envelope, plaintext: content, recipients, context });
          expect(await openFile({ envelope, bytes: sealed, keys: owner, context })).toEqual(
            content,
          );
        },
      ),
      { seed: 7, numRuns: 20 },
    );
    await expect(sealFile({ envelope, plaintext, recipients: [], context })).rejects.toThrow(
      RangeError,
    );
  });

  it("opens for a reader that it does not name once another reader has granted its key", async () => {
    const grant = await grantFileKey({
      envelope,
      bytes,
      keys: trainer,
      context,
      recipient: stranger.publicKey,
    });

    expect(grant).toHaveLength(80);
    expect(await openFile({ envelope, bytes, keys: stranger, context, grant })).toEqual(plaintext);
    const late = await envelope.generateKeyPair();
    expect(await codeOf(openFile({ envelope, bytes, keys: late, context, grant }))).toBe("CW1823");
    expect(
      await codeOf(
        grantFileKey({ envelope, bytes, keys: late, context, recipient: late.publicKey }),
      ),
    ).toBe("CW1822");
  });

  it("takes no grant of another file's key", async () => {
    const other = await sealFile({ envelope, plaintext, recipients: [trainer.publicKey], context });
    const grant = await grantFileKey({
      envelope,
      bytes: other,
      keys: trainer,
      context,
      recipient: stranger.publicKey,
    });

    expect(await codeOf(openFile({ envelope, bytes, keys: stranger, context, grant }))).toBe(
      "CW1823",
    );
  });

  it("names each reader once, and leaves out keys that nobody could use", async () => {
    const weak = new Uint8Array(32);
    const recipients = [weak, owner.publicKey, owner.publicKey, trainer.publicKey];
    const sealed = await sealFile({ envelope, plaintext, recipients, context });

    expect(readersOf(sealed, context)).toEqual([owner.publicKey, trainer.publicKey]);
    expect(() => readersOf(sealed, "model:1:0xab:1:2")).toThrow(/not sealed for/);
    await expect(sealFile({ envelope, plaintext, recipients: [weak], context })).rejects.toThrow(
      RangeError,
    );
  });

  it("is sealed to every trainer that a full project can have", async () => {
    const pairs = await Promise.all(Array.from({ length: 261 }, () => envelope.generateKeyPair()));
    const recipients = pairs.map(({ publicKey }) => publicKey);
    const sealed = await sealFile({ envelope, plaintext, recipients, context });

    const keys = pairs.at(-1) as (typeof pairs)[number];
    expect(await openFile({ envelope, bytes: sealed, keys, context })).toEqual(plaintext);
  });

  it("never opens after any bit was flipped, and says so when cut off (property)", async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat({ max: bytes.length * 8 - 1 }), async (bit) => {
        const changed = bytes.map((byte, index) =>
          index === bit >> 3 ? byte ^ (1 << (bit & 7)) : byte,
        );
        expect(await codeOf(openFile({ envelope, bytes: changed, keys: owner, context }))).toMatch(
          /^CW182[0-3]$/,
        );
      }),
      { seed: 8, numRuns: 200 },
    );
    for (const length of [0, 8, 50, bytes.length - 1]) {
      expect(
        await codeOf(openFile({ envelope, bytes: bytes.slice(0, length), keys: owner, context })),
      ).toBe("CW1820");
    }
  });
});
