import { CommonweightError } from "../../../protocol/errors.ts";
import { learningErrors } from "../../errors.ts";

/** A file of an archive, as its directory describes it. */
export interface ZipEntry {
  readonly name: string;
  readonly isDeflated: boolean;
  readonly crc32: number;
  /** Bytes in the archive. */
  readonly packedBytes: number;
  /** Bytes when unpacked. */
  readonly bytes: number;
  /** Where its own header begins. */
  readonly headerOffset: number;
}

/** Where the list of files is. */
export interface ZipEnd {
  readonly directoryOffset: number;
  readonly directoryBytes: number;
  readonly entries: number;
}

/** At the end of an archive is a record of 22 bytes, and a remark of at most 65,535. */
export const ZIP_END_BYTES = 22 + 65_535;
/** The header of a file, without the name and the extras behind it. */
export const ZIP_HEADER_BYTES = 30;
/** What lists a few arrays needs far less. */
const MOST_DIRECTORY_BYTES = 1024 * 1024;

const END_MARK = 0x06054b50;
const DIRECTORY_MARK = 0x02014b50;
const HEADER_MARK = 0x04034b50;
/** Stands for a number that is in an extra field of eight bytes: archives of 4 GiB and more. */
const IN_EXTRA = 0xffffffff;
const EXTRA_OF_LARGE = 0x0001;

function malformed(message: string): CommonweightError {
  return new CommonweightError(learningErrors.dataMalformed, `ZIP archive: ${message}`);
}

const viewOf = (bytes: Uint8Array) =>
  new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

/**
 * Finds the list of files.
 *
 * @param tail The archive's last bytes, {@link ZIP_END_BYTES} of them or all.
 * @throws CommonweightError CW3102 when there is none, CW3103 for archives of 4 GiB and more, or more files than arrays make.
 */
export function readZipEnd(tail: Uint8Array): ZipEnd {
  const view = viewOf(tail);
  for (let at = tail.length - 22; at >= 0; at--) {
    if (view.getUint32(at, true) !== END_MARK) continue;
    // The remark ends where the archive does: its bytes may look like a mark.
    if (at + 22 + view.getUint16(at + 20, true) !== tail.length) continue;
    const end = {
      entries: view.getUint16(at + 10, true),
      directoryBytes: view.getUint32(at + 12, true),
      directoryOffset: view.getUint32(at + 16, true),
    };
    if (end.directoryBytes <= MOST_DIRECTORY_BYTES && end.directoryOffset < IN_EXTRA) return end;
    throw new CommonweightError(
      learningErrors.dataTooLarge,
      "ZIP archive of 4 GiB and more, or of very many files",
    );
  }
  throw malformed("its end is missing");
}

/**
 * Reads the list of files.
 *
 * @param bytes The list, as {@link readZipEnd} says where.
 * @throws CommonweightError CW3102 for a damaged list, CW3104 for files that are encrypted or packed by another method than deflate.
 */
export function readZipDirectory(bytes: Uint8Array, { entries }: ZipEnd): ZipEntry[] {
  const view = viewOf(bytes);
  const found: ZipEntry[] = [];
  let at = 0;
  for (let index = 0; index < entries; index++) {
    if (at + 46 > bytes.length || view.getUint32(at, true) !== DIRECTORY_MARK) {
      throw malformed("its list of files is damaged");
    }
    const [nameBytes, extraBytes, remarkBytes] = [28, 30, 32].map((each) =>
      view.getUint16(at + each, true),
    ) as [number, number, number];
    const extraAt = at + 46 + nameBytes;
    const next = extraAt + extraBytes + remarkBytes;
    if (next > bytes.length) throw malformed("its list of files is damaged");
    const name = new TextDecoder().decode(bytes.subarray(at + 46, extraAt));
    const [flags, method] = [view.getUint16(at + 8, true), view.getUint16(at + 10, true)];
    if ((flags & 1) !== 0 || (method !== 0 && method !== 8)) {
      throw new CommonweightError(
        learningErrors.dataUnsupported,
        `ZIP archive: "${name.slice(0, 80)}" is ${(flags & 1) !== 0 ? "encrypted" : `packed by method ${method}`}`,
      );
    }
    const large = largeFields(bytes.subarray(extraAt, extraAt + extraBytes));
    const field = (place: number) => {
      const value = view.getUint32(at + place, true);
      return value === IN_EXTRA ? large() : value;
    };
    // In this order, which is also the one of the extra field.
    const [size, packedBytes, headerOffset] = [field(24), field(20), field(42)];
    if (method === 0 && packedBytes !== size)
      throw malformed(`"${name.slice(0, 80)}" has two sizes`);
    found.push({
      ...{ name, isDeflated: method === 8, crc32: view.getUint32(at + 16, true) },
      ...{ packedBytes, bytes: size, headerOffset },
    });
    at = next;
  }
  return found;
}

/** The numbers of eight bytes that an extra field has, one after the other. @throws CW3102 when there are none left. */
function largeFields(extra: Uint8Array): () => number {
  const view = viewOf(extra);
  let [from, to] = [0, 0];
  for (let at = 0; at + 4 <= extra.length; at += 4 + view.getUint16(at + 2, true)) {
    if (view.getUint16(at, true) !== EXTRA_OF_LARGE) continue;
    from = at + 4;
    to = Math.min(extra.length, from + view.getUint16(at + 2, true));
    break;
  }
  return () => {
    if (from + 8 > to) throw malformed("a size is missing");
    const value = Number(view.getBigUint64(from, true));
    from += 8;
    if (!Number.isSafeInteger(value)) throw malformed(`a size of ${value} bytes`);
    return value;
  };
}

/**
 * How long the header of a file is, with name and extras: its bytes follow.
 *
 * @param header The first {@link ZIP_HEADER_BYTES} of it.
 * @throws CommonweightError CW3102 when it is none.
 */
export function zipHeaderLength(header: Uint8Array): number {
  const view = viewOf(header);
  if (header.length < ZIP_HEADER_BYTES || view.getUint32(0, true) !== HEADER_MARK) {
    throw malformed("a file is not where its list says");
  }
  return ZIP_HEADER_BYTES + view.getUint16(26, true) + view.getUint16(28, true);
}
