import { bytesToHex, concatBytes } from "@noble/hashes/utils.js";
import { CommonweightError } from "../../protocol/errors.ts";
import { fromHex } from "../../protocol/hex.ts";
import { chainErrors } from "./errors.ts";

/** An update that its trainer signed, to be relayed. */
export interface RelayedUpdate {
  /** `0x` and 64 digits; see `commitmentHash`. */
  readonly commitmentHash: string;
  /** In its binary form, at most 96 bytes. */
  readonly bundleCid: Uint8Array;
  /** The signature's halves, the recovery bit on top of the second (EIP-2098); `0x` and 64 digits each. */
  readonly r: string;
  readonly vs: string;
}

/** A submission as the market tells of it. */
export interface SubmittedUpdate {
  /** `0x` and 40 digits in lower case. */
  readonly trainer: string;
  readonly commitmentHash: string;
  readonly bundleCid: Uint8Array;
}

const TRAINER_BYTES = 20;
const HASH_BYTES = 32;

/** `commitmentHash | r | vs | length of the CID (1 byte) | CID`, one after another. Twin: `UpdateBatch.takeFirst`. */
export const encodeUpdateBatch = (updates: readonly RelayedUpdate[]): Uint8Array =>
  concatBytes(
    ...updates.flatMap(({ commitmentHash, bundleCid, r, vs }) => [
      ...[fromHex(commitmentHash), fromHex(r), fromHex(vs)],
      ...[Uint8Array.of(bundleCid.length), bundleCid],
    ]),
  );

/**
 * Reads `trainer | commitmentHash | length of the CID (1 byte) | CID`, one after another. Twin: `UpdateBatch.append`.
 *
 * @throws CommonweightError CW2207 for bytes that end within a submission.
 */
export function decodeSubmittedUpdates(bytes: Uint8Array): SubmittedUpdate[] {
  const updates: SubmittedUpdate[] = [];
  let offset = 0;
  const take = (length: number) => {
    const taken = bytes.subarray(offset, offset + length);
    if (taken.length < length) {
      throw new CommonweightError(
        chainErrors.malformed,
        `${bytes.length} bytes of submissions end within one`,
      );
    }
    offset += length;
    return taken;
  };
  while (offset < bytes.length) {
    const trainer = `0x${bytesToHex(take(TRAINER_BYTES))}`;
    const commitmentHash = `0x${bytesToHex(take(HASH_BYTES))}`;
    const [length = 0] = take(1);
    updates.push({ trainer, commitmentHash, bundleCid: take(length) });
  }
  return updates;
}
