import { extname } from "node:path";
import { CommonweightError } from "../../../protocol/errors.ts";
import { learningErrors } from "../../errors.ts";
import { decodeJpeg } from "./jpeg.ts";
import { decodePng } from "./png.ts";
import { type DecodedImage, decodePnm } from "./pnm.ts";

type Decode = (bytes: Uint8Array) => DecodedImage | Promise<DecodedImage>;

const BY_EXTENSION: Readonly<Record<string, Decode>> = {
  ".png": decodePng,
  ".jpg": decodeJpeg,
  ".jpeg": decodeJpeg,
  ".pgm": decodePnm,
  ".ppm": decodePnm,
};

const decoderOf = (path: string) => BY_EXTENSION[extname(path).toLowerCase()];

/** Whether a file is called like an image that we decode. */
export const isImageName = (path: string): boolean => decoderOf(path) !== undefined;

/** Decodes what a file holds by its name. @throws CommonweightError CW3104 for a name of no image, or the decoder's */
export async function decodeNamedImage(path: string, bytes: Uint8Array): Promise<DecodedImage> {
  const decode = decoderOf(path);
  if (!decode) throw new CommonweightError(learningErrors.dataUnsupported, path);
  return decode(bytes);
}
