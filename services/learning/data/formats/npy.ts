import { CommonweightError } from "../../../protocol/errors.ts";
import { learningErrors } from "../../errors.ts";
import { DATA_LIMITS } from "./data-limits.ts";

interface NumberFormat {
  readonly bytes: number;
  read(view: DataView, at: number, isLittle: boolean): number;
}

/** Number formats of NumPy we read, by kind and width in bytes. */
const FORMATS: Readonly<Record<string, NumberFormat>> = {
  u1: { bytes: 1, read: (view, at) => view.getUint8(at) },
  i1: { bytes: 1, read: (view, at) => view.getInt8(at) },
  b1: { bytes: 1, read: (view, at) => view.getUint8(at) },
  u2: { bytes: 2, read: (view, at, isLittle) => view.getUint16(at, isLittle) },
  i2: { bytes: 2, read: (view, at, isLittle) => view.getInt16(at, isLittle) },
  u4: { bytes: 4, read: (view, at, isLittle) => view.getUint32(at, isLittle) },
  i4: { bytes: 4, read: (view, at, isLittle) => view.getInt32(at, isLittle) },
  u8: { bytes: 8, read: (view, at, isLittle) => Number(view.getBigUint64(at, isLittle)) },
  i8: { bytes: 8, read: (view, at, isLittle) => Number(view.getBigInt64(at, isLittle)) },
  f2: { bytes: 2, read: (view, at, isLittle) => halfOf(view.getUint16(at, isLittle)) },
  f4: { bytes: 4, read: (view, at, isLittle) => view.getFloat32(at, isLittle) },
  f8: { bytes: 8, read: (view, at, isLittle) => view.getFloat64(at, isLittle) },
};

/** A number of IEEE 754's half precision: a sign, five bits of exponent, ten of fraction. Not every browser has `getFloat16`. */
function halfOf(bits: number): number {
  const sign = bits >> 15 === 1 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = (bits & 0x3ff) / 1024;
  if (exponent === 0x1f) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return sign * (exponent === 0 ? fraction * 2 ** -14 : (1 + fraction) * 2 ** (exponent - 15));
}

/** The format that a header names; undefined for one we do not read. */
function formatOf(name: string): NumberFormat | undefined {
  const kind = name.slice(1);
  return /^[<>|=]/.test(name) && Object.hasOwn(FORMATS, kind) ? FORMATS[kind] : undefined;
}

/** Bytes of a text at most: texts are names of classes. */
const LONGEST_TEXT = 4096;
const BYTES_OF_CHARACTER = 4;

/** Bytes of a text of fixed length: `<U10` has ten characters, `|S10` ten bytes. Undefined for another format. */
function textBytes(name: string): number | undefined {
  const [, kind, length] = /^[<>|=]([US])(\d{1,9})$/.exec(name) ?? [];
  if (length === undefined) return undefined;
  return Number(length) * (kind === "U" ? BYTES_OF_CHARACTER : 1);
}

/** What the header of a `.npy` file says. */
export interface NpyHeader {
  /** As NumPy writes it: the order of bytes, the kind, and how many bytes a number has, as `<f4`. */
  readonly format: string;
  /** Its values are texts, read by {@link decodeNpyTexts}; numbers otherwise. */
  readonly isText: boolean;
  readonly shape: readonly number[];
  /** Fortran's order: the first index runs fastest, so that a sample's values lie apart. */
  readonly isFirstFastest: boolean;
  /** Where the numbers begin. */
  readonly dataOffset: number;
  readonly bytesPerValue: number;
}

const MAGIC = "\u0093NUMPY";
/** The header is a Python dictionary in one fixed form; anything else is refused rather than guessed at. */
const HEADER =
  /^\{'descr': '([^']{2,12})', 'fortran_order': (True|False), 'shape': \(([\d, ]*)\),? ?\}\s*$/;

function malformed(message: string): CommonweightError {
  return new CommonweightError(learningErrors.dataMalformed, `.npy file: ${message}`);
}

/**
 * Reads the header of a `.npy` file (versions 1 to 3).
 *
 * @param bytes The file's first bytes, at least its header.
 * @throws CommonweightError CW3102 for a damaged header, CW3104 for a number format that we do not read.
 */
export function readNpyHeader(bytes: Uint8Array): NpyHeader {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 12 || String.fromCharCode(...bytes.subarray(0, 6)) !== MAGIC) {
    throw malformed("does not begin with NumPy's mark");
  }
  const version = bytes[6] as number;
  if (version < 1 || version > 3) throw malformed(`version ${version}`);
  const lengthBytes = version === 1 ? 2 : 4;
  const length = version === 1 ? view.getUint16(8, true) : view.getUint32(8, true);
  const dataOffset = 8 + lengthBytes + length;
  if (length > DATA_LIMITS.headerBytes || dataOffset > bytes.length) {
    throw malformed(`a header of ${length} bytes`);
  }
  const text = new TextDecoder("latin1").decode(bytes.subarray(8 + lengthBytes, dataOffset));
  const match = HEADER.exec(text);
  if (!match) {
    throw malformed(
      /'descr': \[/.test(text)
        ? "its values are records; save one plain array of numbers"
        : "its header is not the one NumPy writes",
    );
  }
  const [, format, order, sides] = match as unknown as [string, string, string, string];
  const ofText = textBytes(format);
  const bytesPerValue = formatOf(format)?.bytes ?? ofText;
  if (bytesPerValue === undefined) {
    const what = format.endsWith("O")
      ? "of Python objects, as pandas has them"
      : `of format ${format}`;
    throw new CommonweightError(
      learningErrors.dataUnsupported,
      `.npy file ${what}: save x.astype("<f4"), and labels as y.astype(str)`,
    );
  }
  if (bytesPerValue === 0 || (ofText !== undefined && ofText > LONGEST_TEXT)) {
    throw new CommonweightError(
      learningErrors.dataUnsupported,
      `.npy file of format ${format}: texts of ${ofText} bytes, of at most ${LONGEST_TEXT}`,
    );
  }
  const shape = sides.split(",").flatMap((side) => (side.trim() === "" ? [] : [Number(side)]));
  // With one side, or all others 1, both orders are the same.
  const isFirstFastest = order === "True" && shape.filter((side) => side > 1).length > 1;
  return { format, shape, isFirstFastest, dataOffset, bytesPerValue, isText: ofText !== undefined };
}

/** Decodes the numbers of a piece of the data. @param format As in a header that was read. */
export function decodeNpyValues(bytes: Uint8Array, format: NpyHeader["format"]): Float64Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const { bytes: width, read } = formatOf(format) as NumberFormat;
  const isLittle = !format.startsWith(">");
  return Float64Array.from({ length: Math.floor(bytes.length / width) }, (_, i) =>
    read(view, i * width, isLittle),
  );
}

/**
 * Decodes the texts of a piece of the data, without the zeros that fill them up.
 *
 * @param format As in a header that was read.
 * @param name For messages: the file.
 * @throws CommonweightError CW3102 for what is no text.
 */
export function decodeNpyTexts(bytes: Uint8Array, format: string, name: string): string[] {
  const width = textBytes(format) as number;
  const decode = format[1] === "U" ? characters(format) : utf8;
  return Array.from({ length: Math.floor(bytes.length / width) }, (_, i) => {
    const text = decode(bytes.subarray(i * width, (i + 1) * width));
    if (text !== undefined) return text.replace(/\0+$/, "");
    throw new CommonweightError(
      learningErrors.dataMalformed,
      `${name}: a label that is no text in ${format[1] === "U" ? "Unicode" : "UTF-8; save y.astype(str)"}`,
    );
  });
}

type DecodeText = (bytes: Uint8Array) => string | undefined;

const utf8: DecodeText = (bytes) => {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
};

/** Four bytes a character. */
function characters(format: string): DecodeText {
  const isLittle = !format.startsWith(">");
  return (bytes) => {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const points = Array.from({ length: bytes.length / BYTES_OF_CHARACTER }, (_, i) =>
      view.getUint32(i * BYTES_OF_CHARACTER, isLittle),
    );
    const isText = points.every((point) => point <= 0x10ffff && (point < 0xd800 || point > 0xdfff));
    return isText ? String.fromCodePoint(...points) : undefined;
  };
}
