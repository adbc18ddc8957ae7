/** The only door to `fast-png`. */
import { decode } from "fast-png";
import { CommonweightError } from "../../../protocol/errors.ts";
import { learningErrors } from "../../errors.ts";
import { DATA_LIMITS } from "./data-limits.ts";
import type { DecodedImage } from "./pnm.ts";

/** Width and height from the fixed place of a PNG's first chunk, before anything is decompressed. */
function announcedPixels(bytes: Uint8Array): number {
  if (bytes.length < 33) return 0;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return view.getUint32(16) * view.getUint32(20);
}

/**
 * Decodes a PNG image of 8 or 16 bits, grey or colour; alpha is dropped.
 *
 * @throws CommonweightError CW3102 when it is damaged, CW3103 when it announces too many pixels, CW3104 for a palette.
 */
export function decodePng(bytes: Uint8Array): DecodedImage {
  const pixels = announcedPixels(bytes);
  if (pixels === 0 || pixels > DATA_LIMITS.imagePixels) {
    throw new CommonweightError(
      pixels === 0 ? learningErrors.dataMalformed : learningErrors.dataTooLarge,
      `PNG image of ${pixels} pixels`,
    );
  }
  let image: ReturnType<typeof decode>;
  try {
    image = decode(bytes);
  } catch (cause) {
    throw new CommonweightError(learningErrors.dataMalformed, "damaged PNG image", { cause });
  }
  const { width, height, channels, depth, data, palette } = image;
  if (palette || depth < 8) {
    const kind = palette ? "with a palette" : `of ${depth} bits`;
    throw new CommonweightError(learningErrors.dataUnsupported, `PNG image ${kind}`);
  }
  // Two channels are grey with alpha, four are colour with alpha.
  const kept = channels >= 3 ? 3 : 1;
  const scale = 1 / (2 ** depth - 1);
  const values = new Float32Array(kept * width * height);
  for (let i = 0; i < width * height; i++) {
    for (let c = 0; c < kept; c++) {
      values[c * width * height + i] = (data[i * channels + c] as number) * scale;
    }
  }
  return { channels: kept, height, width, values };
}
