import { CommonweightError } from "../../../protocol/errors.ts";
import { learningErrors } from "../../errors.ts";
import { DATA_LIMITS } from "./data-limits.ts";

/** An image as `[channels, height, width]`, values 0..1. */
export interface DecodedImage {
  readonly channels: number;
  readonly height: number;
  readonly width: number;
  readonly values: Float32Array;
}

const HEADER = /^P([56])(?:\s|#[^\n]*\n)+(\d{1,6})\s+(\d{1,6})\s+(\d{1,5})\s/;

/**
 * Decodes a binary PGM (grey) or PPM (colour) image of 8 bits.
 *
 * @throws CommonweightError CW3102 when header and length disagree, CW3103 for too many pixels, CW3104 for 16 bits.
 */
export function decodePnm(bytes: Uint8Array): DecodedImage {
  const match = HEADER.exec(new TextDecoder("latin1").decode(bytes.subarray(0, 1024)));
  if (!match) throw new CommonweightError(learningErrors.dataMalformed, "no PGM or PPM header");
  const channels = match[1] === "6" ? 3 : 1;
  const [width, height, largest] = match.slice(2, 5).map(Number) as [number, number, number];
  if (width * height > DATA_LIMITS.imagePixels) {
    throw new CommonweightError(
      learningErrors.dataTooLarge,
      `image of ${width} x ${height} pixels`,
    );
  }
  if (largest > 255) throw new CommonweightError(learningErrors.dataUnsupported, "PNM of 16 bits");
  const data = bytes.subarray(match[0].length);
  if (data.length !== width * height * channels || largest === 0) {
    throw new CommonweightError(
      learningErrors.dataMalformed,
      `image of ${width} x ${height} x ${channels} with ${data.length} bytes`,
    );
  }
  const values = new Float32Array(data.length);
  for (let i = 0; i < width * height; i++) {
    for (let c = 0; c < channels; c++) {
      values[c * width * height + i] = (data[i * channels + c] as number) / largest;
    }
  }
  return { channels, height, width, values };
}
