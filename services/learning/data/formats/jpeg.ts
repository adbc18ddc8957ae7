/** The only door to `@jsquash/jpeg`: of it the decoder of mozjpeg, compiled to WebAssembly, which every machine runs alike. */
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import startDecoder, { type MozJPEGModule } from "@jsquash/jpeg/codec/dec/mozjpeg_dec.js";
import { CommonweightError } from "../../../protocol/errors.ts";
import { learningErrors } from "../../errors.ts";
import { DATA_LIMITS } from "./data-limits.ts";
import { type JpegHeader, readJpegHeader } from "./jpeg-header.ts";
import type { DecodedImage } from "./pnm.ts";

/** The decoder's memory never shrinks: after an image of more pixels the next one gets a new decoder. */
const MOST_PIXELS_KEPT = 4 * 1024 * 1024;
/** What the decoder says of bytes that it needs for nothing: cameras write such. */
const HARMLESS = /extraneous bytes before marker/;

/** As of a PNG image, to the last bit. */
const SCALE = 1 / 255;

interface Decoder {
  readonly module: MozJPEGModule;
  /** What it has said since this was emptied. */
  readonly said: string[];
}

let program: Promise<WebAssembly.Module> | undefined;
let decoder: Promise<Decoder> | undefined;

async function loadProgram(): Promise<WebAssembly.Module> {
  const path = createRequire(import.meta.url).resolve("@jsquash/jpeg/codec/dec/mozjpeg_dec.wasm");
  return WebAssembly.compile(await readFile(path));
}

async function newDecoder(): Promise<Decoder> {
  program ??= loadProgram();
  const compiled = await program;
  const said: string[] = [];
  const say = (text: string) => {
    said.push(text);
  };
  const module: MozJPEGModule = await startDecoder({
    ...{ noInitialRun: true, print: say, printErr: say },
    instantiateWasm: (
      imports: WebAssembly.Imports,
      onInstance: (instance: WebAssembly.Instance) => void,
    ) => {
      const instance = new WebAssembly.Instance(compiled, imports);
      onInstance(instance);
      return instance.exports;
    },
  });
  return { module, said };
}

/**
 * Decodes a JPEG image, grey or colour, baseline or progressive, and turns it upright where a camera noted how it was held (Exif).
 * Values are to the bit those that libjpeg gives, and with it Pillow.
 *
 * @throws CommonweightError CW3102 when it is damaged, CW3103 when it announces too many pixels, CW3104 for CMYK and what else
 * `readJpegHeader` refuses.
 */
export async function decodeJpeg(bytes: Uint8Array): Promise<DecodedImage> {
  const header = readJpegHeader(bytes);
  const pixels = header.width * header.height;
  if (pixels === 0 || pixels > DATA_LIMITS.imagePixels) {
    throw new CommonweightError(
      pixels === 0 ? learningErrors.dataMalformed : learningErrors.dataTooLarge,
      `JPEG image of ${header.width} x ${header.height} pixels`,
    );
  }
  decoder ??= newDecoder();
  const { module, said } = await decoder;
  said.length = 0;
  let image: ImageData | null = null;
  let cause: unknown;
  try {
    image = module.decode(bytes as Uint8Array<ArrayBuffer>, true);
  } catch (failure) {
    cause = failure;
  }
  // What a failure leaves behind is not given back either.
  if (image === null || pixels > MOST_PIXELS_KEPT) decoder = undefined;
  const complaint = said.find((text) => !HARMLESS.test(text));
  if (image === null || complaint !== undefined) {
    throw new CommonweightError(
      learningErrors.dataMalformed,
      `damaged JPEG image${complaint === undefined ? "" : `: ${complaint.slice(0, 120)}`}`,
      { cause },
    );
  }
  return separated(image, header);
}

/** The decoder gives four bytes a pixel: the colours, which of a grey image are all the same, and nothing. */
function separated({ data, width, height }: ImageData, { channels }: JpegHeader): DecodedImage {
  const pixels = width * height;
  const values = new Float32Array(channels * pixels);
  for (let i = 0; i < pixels; i++) {
    for (let c = 0; c < channels; c++) values[c * pixels + i] = (data[4 * i + c] as number) * SCALE;
  }
  return { channels, height, width, values };
}
