import { concatBytes } from "@noble/hashes/utils.js";
import { FieldReader, FieldWriter } from "../byte-fields.ts";
import type { G1Point } from "../curve.ts";
import { type BundleCoder, type BundleHeader, refuse } from "./bundle-header.ts";
import { decodeInt16, encodeInt16 } from "./int16-coder.ts";

/** What stands, encrypted, behind a bundle's header. */
export interface BundlePayload {
  readonly update: Int16Array;
  readonly blinding: bigint;
  readonly commitment: G1Point;
}

/** Bytes before the update: the blinding and the commitment's two coordinates. */
const OPENING_BYTES = 3 * 32;

/** The payload's plaintext, its integers range-coded when that is shorter, and which coder it was. */
export function encodePayload({ update, blinding, commitment }: BundlePayload): {
  coder: BundleCoder;
  plaintext: Uint8Array;
} {
  const coded = encodeInt16(update);
  const coder = coded.length < 2 * update.length ? "range" : "plain";
  const plaintext = concatBytes(
    new FieldWriter().uint(blinding, 32).uint(commitment.x, 32).uint(commitment.y, 32).finish(),
    coder === "range" ? coded : encodePlain(update),
  );
  return { coder, plaintext };
}

/**
 * Reads a payload's plaintext as its header says it is coded. Whether blinding and commitment make sense is left to the caller.
 *
 * @throws CommonweightError CW1716 when it does not decode to `parameterCount` integers.
 */
export function decodePayload(
  { coder, parameterCount }: Pick<BundleHeader, "coder" | "parameterCount">,
  plaintext: Uint8Array,
): BundlePayload {
  if (plaintext.length < OPENING_BYTES) throw refuse("badCoding", `${plaintext.length} bytes`);
  const coded = plaintext.subarray(OPENING_BYTES);
  const update =
    coder === "range" ? decodeInt16(coded, parameterCount) : decodePlain(coded, parameterCount);
  if (update === undefined) throw refuse("badCoding", `not ${parameterCount} integers (${coder})`);
  const opening = new FieldReader(plaintext);
  const blinding = opening.big(32);
  return { update, blinding, commitment: { x: opening.big(32), y: opening.big(32) } };
}

/** Two bytes a value, little-endian on every machine. */
function encodePlain(update: Int16Array): Uint8Array {
  const bytes = new Uint8Array(2 * update.length);
  const view = new DataView(bytes.buffer);
  for (let index = 0; index < update.length; index++) {
    view.setInt16(2 * index, update[index] as number, true);
  }
  return bytes;
}

function decodePlain(bytes: Uint8Array, length: number): Int16Array | undefined {
  if (bytes.length !== 2 * length) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Int16Array.from({ length }, (_, index) => view.getInt16(2 * index, true));
}
