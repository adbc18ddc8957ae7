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

const MAGICS = [
  { magic: [0x89, 0x50, 0x4e, 0x47], decode: decodePng },
  { magic: [0xff, 0xd8, 0xff], decode: decodeJpeg },
];

const decoderByMagic = (bytes: Uint8Array): Decode | undefined =>
  MAGICS.find(({ magic }) => magic.every((byte, i) => bytes[i] === byte))?.decode;

/** Whether bytes begin as an image that we decode. */
export const isImage = (bytes: Uint8Array): boolean => decoderByMagic(bytes) !== undefined;

/** Decodes a PNG or JPEG image that has no name. @throws CommonweightError CW3104 for other bytes, or the decoder's */
export async function decodeImage(bytes: Uint8Array): Promise<DecodedImage> {
  const decode = decoderByMagic(bytes);
  if (!decode) throw new CommonweightError(learningErrors.dataUnsupported, "neither PNG nor JPEG");
  return decode(bytes);
}
