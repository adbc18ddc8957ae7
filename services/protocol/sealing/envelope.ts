import { CommonweightError, defineErrors } from "../errors.ts";

/** An X25519 key pair of 32 raw bytes each; the public key is what a participant registers. */
export interface EncryptionKeyPair {
  readonly publicKey: Uint8Array;
  readonly privateKey: Uint8Array;
}

/**
 * Encryption to a recipient and under a key. Implemented by `adapters/envelope`.
 *
 * `associated` is authenticated with the message and must be the same bytes when opening: a message moved to another round,
 * trainer or chain does not open there.
 */
export interface Envelope {
  /** Cryptographically secure random bytes. */
  randomBytes(length: number): Uint8Array;
  generateKeyPair(): Promise<EncryptionKeyPair>;
  /** HPKE (RFC 9180) base mode, X25519, HKDF-SHA256, AES-256-GCM: 32 bytes of encapsulated key, then the ciphertext (16 bytes longer). */
  seal(
    message: SealedMessage & { readonly recipient: Uint8Array; readonly plaintext: Uint8Array },
  ): Promise<Uint8Array>;
  /** @throws CommonweightError CW2500 when the message was made for another key, purpose or `associated`, or was changed. */
  open(
    message: SealedMessage & { readonly privateKey: Uint8Array; readonly sealed: Uint8Array },
  ): Promise<Uint8Array>;
  /** AES-256-GCM with a zero nonce: `key` must never be used for a second message. The result is 16 bytes longer. */
  encryptOnce(message: {
    readonly key: Uint8Array;
    readonly associated: Uint8Array;
    readonly plaintext: Uint8Array;
  }): Promise<Uint8Array>;
  /** @throws CommonweightError CW2500 when the key or `associated` is another one, or a bit was changed. */
  decryptOnce(message: {
    readonly key: Uint8Array;
    readonly associated: Uint8Array;
    readonly ciphertext: Uint8Array;
  }): Promise<Uint8Array>;
}

/** What sealing and opening must agree on. */
export interface SealedMessage {
  /** The purpose, so that a message of one kind is never taken for another. */
  readonly purpose: string;
  readonly associated: Uint8Array;
}

/** Bytes that {@link Envelope.seal} adds to a message. */
export const SEAL_OVERHEAD_BYTES = 48;

/** Bytes that {@link Envelope.encryptOnce} adds to a message. */
export const TAG_BYTES = 16;

/** What can go wrong with encryption; codes 2500-2519. */
export const envelopeErrors = defineErrors([2500, 2519], {
  cannotOpen: {
    code: "CW2500",
    title: "sealed message does not open",
    hint: "It was sealed to another key, for another round or sender, or was changed on the way.",
  },
  badKey: {
    code: "CW2501",
    title: "not an X25519 key",
    hint: "An encryption key is 32 bytes; look up the recipient's registered key again.",
  },
  unsupported: {
    code: "CW2502",
    title: "This browser or program does not know X25519",
    hint: "Use a current one: Chrome 133, Firefox 130, Safari 17, Node 24 or later.",
  },
});

/** For the `catch` of {@link Envelope.seal} to one of several: whoever registered no usable key is left out, and stops nobody else. */
export function leaveOutBadKey(error: unknown): undefined {
  const isBadKey = error instanceof CommonweightError && error.code === envelopeErrors.badKey.code;
  if (!isBadKey) throw error;
}
