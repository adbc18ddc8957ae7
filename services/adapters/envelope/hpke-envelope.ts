import { Aes256Gcm, CipherSuite, DhkemX25519HkdfSha256, HkdfSha256 } from "@hpke/core";
import { CommonweightError } from "../../protocol/errors.ts";
import {
  type EncryptionKeyPair,
  type Envelope,
  envelopeErrors,
} from "../../protocol/sealing/envelope.ts";

const ENCAPSULATED_KEY_BYTES = 32;
const NONCE = new Uint8Array(12);

/** @throws CommonweightError CW2502 where the platform lacks the curve: else every key would be a bad one. */
async function requireX25519(): Promise<void> {
  await crypto.subtle.generateKey("X25519", false, ["deriveBits"]).catch((cause: unknown) => {
    throw new CommonweightError(envelopeErrors.unsupported, undefined, { cause });
  });
}

/**
 * HPKE by `@hpke/core`, X25519 and AES-GCM by the platform's WebCrypto; runs in Node and in browsers.
 *
 * @example
 * const envelope = createHpkeEnvelope();
 * const { publicKey, privateKey } = await envelope.generateKeyPair();
 * const sealed = await envelope.seal({ recipient: publicKey, purpose: "greeting", associated, plaintext });
 * await envelope.open({ privateKey, purpose: "greeting", associated, sealed }); // plaintext
 */
export function createHpkeEnvelope(): Envelope {
  const suite = new CipherSuite({
    kem: new DhkemX25519HkdfSha256(),
    kdf: new HkdfSha256(),
    aead: new Aes256Gcm(),
  });

  /** Asked once, when it is first needed. */
  let supported: Promise<void> | undefined;
  const support = () => {
    supported ??= requireX25519();
    return supported;
  };

  const readKey = async (bytes: Uint8Array, isPublic: boolean): Promise<CryptoKey> => {
    await support();
    try {
      if (bytes.length !== 32) throw new RangeError(`${bytes.length} bytes`);
      return await (isPublic
        ? suite.kem.deserializePublicKey(bytes)
        : suite.kem.deserializePrivateKey(bytes));
    } catch (cause) {
      throw new CommonweightError(envelopeErrors.badKey, undefined, { cause });
    }
  };

  return {
    randomBytes: (length) => crypto.getRandomValues(new Uint8Array(length)),
    generateKeyPair: async (): Promise<EncryptionKeyPair> => {
      await support();
      const pair = await suite.kem.generateKeyPair();
      return {
        publicKey: new Uint8Array(await suite.kem.serializePublicKey(pair.publicKey)),
        privateKey: new Uint8Array(await suite.kem.serializePrivateKey(pair.privateKey)),
      };
    },
    seal: async ({ recipient, purpose, associated, plaintext }) => {
      const recipientPublicKey = await readKey(recipient, true);
      const { enc, ct } = await suite
        .seal({ recipientPublicKey, info: utf8(purpose) }, plaintext, associated)
        .catch((cause) => {
          // A point of small order: everybody could compute the shared secret.
          throw new CommonweightError(envelopeErrors.badKey, "weak X25519 key", { cause });
        });
      const sealed = new Uint8Array(enc.byteLength + ct.byteLength);
      sealed.set(new Uint8Array(enc));
      sealed.set(new Uint8Array(ct), enc.byteLength);
      return sealed;
    },
    open: async ({ privateKey, purpose, associated, sealed }) => {
      const recipientKey = await readKey(privateKey, false);
      const enc = sealed.slice(0, ENCAPSULATED_KEY_BYTES);
      const ciphertext = sealed.slice(ENCAPSULATED_KEY_BYTES);
      return opening(() =>
        suite.open({ recipientKey, enc, info: utf8(purpose) }, ciphertext, associated),
      );
    },
    encryptOnce: async ({ key, associated, plaintext }) => {
      const aes = await importAes(key);
      return new Uint8Array(
        await crypto.subtle.encrypt(gcm(associated), aes, plaintext as BufferSource),
      );
    },
    decryptOnce: async ({ key, associated, ciphertext }) => {
      const aes = await importAes(key);
      return opening(() => crypto.subtle.decrypt(gcm(associated), aes, ciphertext as BufferSource));
    },
  };
}

async function opening(work: () => Promise<ArrayBuffer>): Promise<Uint8Array> {
  try {
    return new Uint8Array(await work());
  } catch (cause) {
    throw new CommonweightError(envelopeErrors.cannotOpen, undefined, { cause });
  }
}

function gcm(associated: Uint8Array): AesGcmParams {
  return { name: "AES-GCM", iv: NONCE, additionalData: associated as BufferSource };
}

async function importAes(key: Uint8Array): Promise<CryptoKey> {
  if (key.length !== 32)
    throw new CommonweightError(envelopeErrors.badKey, `a content key of ${key.length} bytes`);
  return crypto.subtle.importKey("raw", key as BufferSource, "AES-GCM", false, [
    "encrypt",
    "decrypt",
  ]);
}

function utf8(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
