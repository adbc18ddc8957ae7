import { CommonweightError } from "../../../protocol/errors.ts";
import { learningErrors } from "../../errors.ts";

/** What a JPEG image says of itself before anything of it is decoded. */
export interface JpegHeader {
  readonly width: number;
  readonly height: number;
  /** 1 of a grey image, 3 of a coloured one. */
  readonly channels: 1 | 3;
}

/** Programs write about ten; each goes over the whole image, and may take no more than some bytes of the file. */
const MOST_SCANS = 64;

const [START, END, SCAN] = [0xd8, 0xd9, 0xda];
/** Frames with one scan or several of Huffman's code: baseline, extended, progressive. */
const READABLE_FRAMES = [0xc0, 0xc1, 0xc2];
/** C4, C8 and CC are no frames: tables, and one that nobody uses. */
const isFrame = (marker: number) =>
  marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
/** Markers that stand alone: TEM, and those between the parts of a scan. */
const isAlone = (marker: number) => marker === 0x01 || (marker >= 0xd0 && marker <= 0xd7);

function malformed(message: string): CommonweightError {
  return new CommonweightError(learningErrors.dataMalformed, `JPEG image ${message}`);
}

function unsupported(message: string): CommonweightError {
  return new CommonweightError(learningErrors.dataUnsupported, `JPEG image ${message}`);
}

/**
 * Walks over the segments of a JPEG image from its beginning to its end.
 *
 * @throws CommonweightError CW3102 when it is none or ends too early, CW3103 for too many scans, CW3104 for one that is neither grey nor
 * coloured as screens are (CMYK), has 12 bits or is coded otherwise than images of cameras and the web.
 */
export function readJpegHeader(bytes: Uint8Array): JpegHeader {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes[0] !== 0xff || bytes[1] !== START) throw malformed("without its first two bytes");
  let header: JpegHeader | undefined;
  let scans = 0;
  let at = 2;
  for (;;) {
    // After a scan's header come its bytes, in which 0xff is followed by 0 or by a marker that stands alone.
    while (at < bytes.length && (bytes[at] !== 0xff || bytes[at + 1] === 0)) at += 1;
    while (bytes[at] === 0xff) at += 1;
    const marker = bytes[at++];
    if (marker === undefined) throw malformed("that ends too early");
    if (marker === END) break;
    if (isAlone(marker)) continue;
    if (at + 2 > bytes.length) throw malformed("that ends too early");
    const length = view.getUint16(at);
    if (length < 2 || at + length > bytes.length) throw malformed("that ends inside a segment");
    if (isFrame(marker)) {
      if (header !== undefined) throw malformed("of two frames");
      header = readFrame(marker, bytes.subarray(at + 2, at + length));
    }
    if (marker === SCAN) {
      scans += 1;
      if (scans > MOST_SCANS) {
        throw new CommonweightError(
          learningErrors.dataTooLarge,
          `JPEG image of more than ${MOST_SCANS} scans`,
        );
      }
    }
    at += length;
  }
  if (header === undefined || scans === 0) throw malformed("without an image");
  return header;
}

function readFrame(marker: number, frame: Uint8Array): JpegHeader {
  const [bits, , , , , components] = frame;
  if (components === undefined) throw malformed("that ends inside a segment");
  if (!READABLE_FRAMES.includes(marker)) {
    throw unsupported("that is lossless or coded arithmetically; save it as an ordinary one");
  }
  if (bits !== 8) throw unsupported(`of ${bits} bits; save it with 8`);
  if (components === 4) {
    throw unsupported(
      'of four inks (CMYK); ImageMagick makes red, green and blue of them: "mogrify -colorspace sRGB"',
    );
  }
  if (components !== 1 && components !== 3) throw unsupported(`of ${components} components`);
  const view = new DataView(frame.buffer, frame.byteOffset, frame.byteLength);
  return { height: view.getUint16(1), width: view.getUint16(3), channels: components };
}
