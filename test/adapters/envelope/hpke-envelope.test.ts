import {
  createCipheriv,
  createHmac,
  createPrivateKey,
  createPublicKey,
  diffieHellman,
  generateKeyPairSync,
  type KeyObject,
} from "node:crypto";
import { describe, expect, it, vi } from "vitest";
import { createHpkeEnvelope } from "../../../services/adapters/envelope/hpke-envelope.ts";
import { envelopeErrors } from "../../../services/protocol/sealing/envelope.ts";

const envelope = createHpkeEnvelope();
const associated = Uint8Array.of(1, 2, 3);
const plaintext = new TextEncoder().encode("a content key");
const purpose = "commonweight/test/v1";

describe("the envelope", () => {
  it("opens what RFC 9180 seals, computed here step by step from HMAC, X25519 and AES", async () => {
    const keys = await envelope.generateKeyPair();

    const sealed = sealByTheRfc({
      recipient: keys.publicKey,
      info: Buffer.from(purpose),
      aad: associated,
      plaintext,
    });

    expect(
      await envelope.open({ privateKey: keys.privateKey, purpose, associated, sealed }),
    ).toEqual(plaintext);
  });

  it("seals to the recipient alone, for one purpose and one context", async () => {
    const [keys, other] = [await envelope.generateKeyPair(), await envelope.generateKeyPair()];
    const sealed = await envelope.seal({
      recipient: keys.publicKey,
      purpose,
      associated,
      plaintext,
    });
    const open = (changes: Record<string, unknown>) =>
      envelope.open({ privateKey: keys.privateKey, purpose, associated, sealed, ...changes });

    expect(await open({})).toEqual(plaintext);
    expect(sealed.length).toBe(plaintext.length + 48);
    for (const changes of [
      { privateKey: other.privateKey },
      { purpose: "other" },
      { associated: Uint8Array.of(1, 2) },
      { sealed: sealed.slice(0, 20) },
      { sealed: sealed.map((byte) => byte ^ 1) },
    ]) {
      await expect(open(changes)).rejects.toMatchObject({ code: envelopeErrors.cannotOpen.code });
    }
  });

  it("never seals the same message the same way twice", async () => {
    const { publicKey } = await envelope.generateKeyPair();
    const seal = () => envelope.seal({ recipient: publicKey, purpose, associated, plaintext });

    expect(await seal()).not.toEqual(await seal());
  });

  it("refuses keys that are none, among them the points that give everybody the same secret", async () => {
    const seal = (recipient: Uint8Array) =>
      envelope.seal({ recipient, purpose, associated, plaintext });

    await expect(seal(new Uint8Array(31))).rejects.toMatchObject({
      code: envelopeErrors.badKey.code,
    });
    await expect(seal(new Uint8Array(32))).rejects.toMatchObject({
      code: envelopeErrors.badKey.code,
    });
    await expect(
      seal(Uint8Array.from({ length: 32 }, (_, index) => (index === 0 ? 1 : 0))),
    ).rejects.toMatchObject({ code: envelopeErrors.badKey.code });
    await expect(
      envelope.encryptOnce({ key: new Uint8Array(16), associated, plaintext }),
    ).rejects.toMatchObject({ code: envelopeErrors.badKey.code });
  });

  it("says so where the platform does not know the curve, rather than that keys are bad", async () => {
    const unsupported = new DOMException("Unrecognized algorithm name", "NotSupportedError");
    const generateKey = vi.spyOn(crypto.subtle, "generateKey").mockRejectedValue(unsupported);
    const old = createHpkeEnvelope();

    await expect(old.generateKeyPair()).rejects.toMatchObject({ code: "CW2502" });
    await expect(
      old.seal({ recipient: new Uint8Array(32).fill(9), purpose, associated, plaintext }),
    ).rejects.toMatchObject({ code: "CW2502" });
    generateKey.mockRestore();
  });

  it("encrypts under a key once and notices every change", async () => {
    const key = envelope.randomBytes(32);
    const ciphertext = await envelope.encryptOnce({ key, associated, plaintext });

    expect(await envelope.decryptOnce({ key, associated, ciphertext })).toEqual(plaintext);
    for (const changes of [
      { key: envelope.randomBytes(32) },
      { associated: new Uint8Array() },
      { ciphertext: ciphertext.map((byte) => byte ^ 1) },
      { ciphertext: ciphertext.slice(1) },
    ]) {
      await expect(
        envelope.decryptOnce({ key, associated, ciphertext, ...changes }),
      ).rejects.toMatchObject({ code: envelopeErrors.cannotOpen.code });
    }
  });
});

/** HPKE base mode of RFC 9180, sections 4.1 and 5.1: DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, AES-256-GCM, sequence number 0. */
function sealByTheRfc({
  recipient,
  info,
  aad,
  plaintext: message,
}: {
  recipient: Uint8Array;
  info: Uint8Array;
  aad: Uint8Array;
  plaintext: Uint8Array;
}): Uint8Array {
  const ephemeral = generateKeyPairSync("x25519");
  const enc = rawPublicKey(ephemeral.publicKey);
  const dh = diffieHellman({
    privateKey: createPrivateKey(ephemeral.privateKey.export({ type: "pkcs8", format: "pem" })),
    publicKey: publicKeyOf(recipient),
  });
  const kem = Buffer.from([...Buffer.from("KEM"), 0x00, 0x20]);
  const shared = labeledExpand(
    kem,
    labeledExtract(kem, "", "eae_prk", dh),
    "shared_secret",
    Buffer.concat([enc, recipient]),
    32,
  );
  const suite = Buffer.from([...Buffer.from("HPKE"), 0x00, 0x20, 0x00, 0x01, 0x00, 0x02]);
  const context = Buffer.concat([
    Buffer.of(0),
    labeledExtract(suite, "", "psk_id_hash", Buffer.alloc(0)),
    labeledExtract(suite, "", "info_hash", info),
  ]);
  const secret = labeledExtract(suite, shared, "secret", Buffer.alloc(0));
  const cipher = createCipheriv(
    "aes-256-gcm",
    labeledExpand(suite, secret, "key", context, 32),
    labeledExpand(suite, secret, "base_nonce", context, 12),
  );
  cipher.setAAD(aad);
  return new Uint8Array(
    Buffer.concat([enc, cipher.update(message), cipher.final(), cipher.getAuthTag()]),
  );
}

function labeledExtract(
  suite: Uint8Array,
  salt: Uint8Array | string,
  label: string,
  ikm: Uint8Array,
): Buffer {
  return createHmac("sha256", salt)
    .update("HPKE-v1")
    .update(suite)
    .update(label)
    .update(ikm)
    .digest();
}

/** One block of HKDF-Expand is enough for 32 bytes. */
function labeledExpand(
  suite: Uint8Array,
  prk: Uint8Array,
  label: string,
  info: Uint8Array,
  length: number,
): Buffer {
  return createHmac("sha256", prk)
    .update(Buffer.of(0, length))
    .update("HPKE-v1")
    .update(suite)
    .update(label)
    .update(info)
    .update(Buffer.of(1))
    .digest()
    .subarray(0, length);
}

function rawPublicKey(key: KeyObject): Buffer {
  return Buffer.from(key.export({ format: "jwk" }).x as string, "base64url");
}

function publicKeyOf(raw: Uint8Array): KeyObject {
  return createPublicKey({
    key: { kty: "OKP", crv: "X25519", x: Buffer.from(raw).toString("base64url") },
    format: "jwk",
  });
}
