import {
  brotliDecompressSync,
  constants,
  gunzipSync,
  type InputType,
  zstdDecompressSync,
} from "node:zlib";
import { snappyUncompress } from "hyparquet";
import { CommonweightError } from "../../../../protocol/errors.ts";
import { learningErrors } from "../../../errors.ts";
import { damage } from "./damage.ts";
import { unpackLz4 } from "./unpack-lz4.ts";

type Unpack = (packed: Uint8Array, bytes: number) => Uint8Array;

/** Node's own, which stop at so many bytes. */
const native =
  (unpack: (packed: InputType, options: { maxOutputLength: number }) => Uint8Array): Unpack =>
  (packed, bytes) =>
    unpack(packed, { maxOutputLength: Math.max(1, bytes) });

const CODECS: Readonly<Record<string, Unpack>> = {
  // A copy: what is read past its end is then missing, not somebody else's.
  UNCOMPRESSED: (packed) => packed.slice(),
  SNAPPY: (packed, bytes) => {
    const page = new Uint8Array(bytes);
    snappyUncompress(packed, page);
    return page;
  },
  GZIP: native(gunzipSync),
  BROTLI: native(brotliDecompressSync),
  ZSTD: native((packed, options) =>
    // Its window is memory that the packed bytes ask for.
    zstdDecompressSync(packed, {
      ...options,
      params: { [constants.ZSTD_d_windowLogMax]: 27 },
    }),
  ),
  LZ4_RAW: unpackLz4,
};

/**
 * Unpacks a page to the bytes that its header announces.
 *
 * @throws CommonweightError CW3104 for a way of packing that we do not know; CW3102, or what its library throws, for damaged bytes.
 */
export function unpackPage(codec: string, packed: Uint8Array, bytes: number): Uint8Array {
  const unpack = CODECS[codec];
  if (unpack === undefined) {
    throw new CommonweightError(
      learningErrors.dataUnsupported,
      `Parquet file packed by ${codec}; write it with compression="zstd"`,
    );
  }
  if (bytes === 0) return new Uint8Array();
  const page = unpack(packed, bytes);
  if (page.length !== bytes) throw damage(`a page of ${page.length} bytes, not ${bytes}`);
  // Node's results may share their buffer with others.
  return page.byteLength === page.buffer.byteLength ? page : page.slice();
}
