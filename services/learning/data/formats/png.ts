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
 * Decodes a PNG image, grey or colour, of 1 to 16 bits or with a palette, whose colours it gets; alpha is dropped.
 *
 * @throws CommonweightError CW3102 when it is damaged, CW3103 when it announces too many pixels.
 */
export function decodePng(bytes: Uint8Array): DecodedImage {
  const pixels = announcedPixels(bytes);
  if (pixels === 0 || pixels > DATA_LIMITS.imagePixels) {
    throw new CommonweightError(
      pixels === 0 ? learningErrors.dataMalformed : learningErrors.dataTooLarge,
      `PNG image of ${pixels} pixels`,
    );
  }
  let image: DecodedPng;
  try {
    image = decode(bytes);
  } catch (cause) {
    throw new CommonweightError(learningErrors.dataMalformed, "damaged PNG image", { cause });
  }
  const { width, height, channels, depth, palette } = image;
  const sample = depth < 8 ? packedSamples(image) : image.data;
  if (palette) return coloured(image, sample, palette);
  // Two channels are grey with alpha, four are colour with alpha.
  const kept = channels >= 3 ? 3 : 1;
  const scale = 1 / (2 ** depth - 1);
  const values = new Float32Array(kept * width * height);
  for (let i = 0; i < width * height; i++) {
    for (let c = 0; c < kept; c++) {
      values[c * width * height + i] = (sample[i * channels + c] as number) * scale;
    }
  }
  return { channels: kept, height, width, values };
}

type DecodedPng = ReturnType<typeof decode>;

/** Samples of fewer than eight bits, several in a byte, each row from a byte of its own; only grey and palettes have them. */
function packedSamples({ width, height, depth, data }: DecodedPng): Uint8Array {
  const rowBytes = Math.ceil((width * depth) / 8);
  const each = 8 / depth;
  const samples = new Uint8Array(width * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const byte = data[y * rowBytes + Math.floor(x / each)] as number;
      samples[y * width + x] = (byte >> (8 - depth * ((x % each) + 1))) & (2 ** depth - 1);
    }
  }
  return samples;
}

function coloured(
  { width, height }: DecodedPng,
  samples: ArrayLike<number>,
  palette: NonNullable<DecodedPng["palette"]>,
): DecodedImage {
  const values = new Float32Array(3 * width * height);
  for (let i = 0; i < width * height; i++) {
    const colour = palette[samples[i] as number];
    if (colour === undefined) {
      throw new CommonweightError(
        learningErrors.dataMalformed,
        `PNG image with colour ${samples[i]} of a palette of ${palette.length}`,
      );
    }
    for (let c = 0; c < 3; c++) values[c * width * height + i] = (colour[c] as number) / 255;
  }
  return { channels: 3, height, width, values };
}
