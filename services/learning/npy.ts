import { CommonweightError } from "../protocol/errors.ts";
import { DATA_LIMITS } from "./data-limits.ts";
import { learningErrors } from "./errors.ts";

/** Number formats of NumPy we read, all little-endian, with their width in bytes. */
const FORMATS = {
  "|u1": { bytes: 1, read: (view: DataView, at: number) => view.getUint8(at) },
  "|i1": { bytes: 1, read: (view: DataView, at: number) => view.getInt8(at) },
  "|b1": { bytes: 1, read: (view: DataView, at: number) => view.getUint8(at) },
  "<u2": { bytes: 2, read: (view: DataView, at: number) => view.getUint16(at, true) },
  "<i2": { bytes: 2, read: (view: DataView, at: number) => view.getInt16(at, true) },
  "<u4": { bytes: 4, read: (view: DataView, at: number) => view.getUint32(at, true) },
  "<i4": { bytes: 4, read: (view: DataView, at: number) => view.getInt32(at, true) },
  "<i8": { bytes: 8, read: (view: DataView, at: number) => Number(view.getBigInt64(at, true)) },
  "<f4": { bytes: 4, read: (view: DataView, at: number) => view.getFloat32(at, true) },
  "<f8": { bytes: 8, read: (view: DataView, at: number) => view.getFloat64(at, true) },
} as const;

/** What the header of a `.npy` file says. */
export interface NpyHeader {
  readonly format: keyof typeof FORMATS;
  readonly shape: readonly number[];
  /** Where the numbers begin. */
  readonly dataOffset: number;
  readonly bytesPerValue: number;
}

const MAGIC = "\u0093NUMPY";
/** The header is a Python dictionary in one fixed form; anything else is refused rather than guessed at. */
const HEADER =
  /^\{'descr': '([^']{2,3})', 'fortran_order': (True|False), 'shape': \(([\d, ]*)\),? ?\}\s*$/;

function malformed(message: string): CommonweightError {
  return new CommonweightError(learningErrors.dataMalformed, `.npy file: ${message}`);
}

/**
 * Reads the header of a `.npy` file (versions 1 to 3).
 *
 * @param bytes The file's first bytes, at least its header.
 * @throws CommonweightError CW3102 for a damaged header, CW3104 for a number format or order we do not read.
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
  if (!match) throw malformed("its header is not the one NumPy writes");
  const [, format, order, sides] = match as unknown as [string, string, string, string];
  if (!Object.hasOwn(FORMATS, format) || order === "True") {
    throw new CommonweightError(
      learningErrors.dataUnsupported,
      `.npy file of format ${format}${order === "True" ? " in Fortran order" : ""}: save numpy.ascontiguousarray(x, dtype="<f4"), and labels as "<i8"`,
    );
  }
  const shape = sides.split(",").flatMap((side) => (side.trim() === "" ? [] : [Number(side)]));
  const known = format as keyof typeof FORMATS;
  return { format: known, shape, dataOffset, bytesPerValue: FORMATS[known].bytes };
}

/** Decodes the numbers of a piece of the data. */
export function decodeNpyValues(bytes: Uint8Array, format: NpyHeader["format"]): Float64Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const { bytes: width, read } = FORMATS[format];
  return Float64Array.from({ length: Math.floor(bytes.length / width) }, (_, i) =>
    read(view, i * width),
  );
}
