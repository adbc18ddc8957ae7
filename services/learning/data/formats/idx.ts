import { CommonweightError } from "../../../protocol/errors.ts";
import { countValues } from "../../count-values.ts";
import { learningErrors } from "../../errors.ts";

/** An idx file (the format of MNIST) of unsigned bytes. */
export interface IdxArray {
  readonly shape: readonly number[];
  /** A view into the file's bytes. */
  readonly values: Uint8Array;
}

const UNSIGNED_BYTE = 0x08;
const MAX_DIMENSIONS = 4;

function malformed(message: string): CommonweightError {
  return new CommonweightError(learningErrors.dataMalformed, `idx file: ${message}`);
}

/**
 * Decodes an idx file.
 *
 * @throws CommonweightError CW3102 when header and length disagree, CW3104 for values other than unsigned bytes.
 */
export function decodeIdx(bytes: Uint8Array): IdxArray {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 4 || view.getUint16(0) !== 0)
    throw malformed("does not begin with two zero bytes");
  if (bytes[2] !== UNSIGNED_BYTE) {
    throw new CommonweightError(learningErrors.dataUnsupported, `idx file of type ${bytes[2]}`);
  }
  const dimensions = bytes[3] as number;
  const header = 4 + 4 * dimensions;
  if (dimensions < 1 || dimensions > MAX_DIMENSIONS) throw malformed(`${dimensions} dimensions`);
  if (bytes.length < header) throw malformed("ends inside its header");
  const shape = Array.from({ length: dimensions }, (_, i) => view.getUint32(4 + 4 * i));
  // The product is compared before anything is allocated: a header may claim 2^128 values.
  const length = countValues(shape);
  if (bytes.length - header !== length) {
    throw malformed(`announces ${length} values, holds ${bytes.length - header}`);
  }
  return { shape, values: bytes.subarray(header) };
}
