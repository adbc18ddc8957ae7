import { CommonweightError } from "../../../protocol/errors.ts";
import { countValues } from "../../count-values.ts";
import { learningErrors } from "../../errors.ts";
import type { ByteSource } from "./byte-source.ts";
import { DATA_LIMITS } from "./data-limits.ts";
import { nameFile } from "./name-file.ts";
import { type NpyHeader, readNpyHeader } from "./npy.ts";

/** An array of NumPy's whose header was read, and whose length agrees with it. */
export interface NpyArray {
  readonly source: ByteSource;
  readonly header: NpyHeader;
}

/** Bytes that are read and decoded together. */
const PIECE_BYTES = 4 * 1024 * 1024;

/** Opens a `.npy` file. @throws CommonweightError CW3101 to CW3104, naming it */
export async function openNpy(source: ByteSource): Promise<NpyArray> {
  return source.reading(async (readAt) => {
    const beginning = await readAt(0, DATA_LIMITS.headerBytes + 12);
    const header = nameFile(source.name, () => readNpyHeader(beginning));
    const { shape, dataOffset, bytesPerValue } = header;
    const count = countValues(shape);
    if ((shape[0] ?? 0) > DATA_LIMITS.samples || !Number.isSafeInteger(count * bytesPerValue)) {
      throw new CommonweightError(learningErrors.dataTooLarge, `${source.name}: shape [${shape}]`);
    }
    // One byte past the end must not exist, the last one must.
    const tail = await readAt(dataOffset + count * bytesPerValue - 1, 2);
    if (count === 0 || tail.length !== 1) {
      throw new CommonweightError(
        learningErrors.dataMalformed,
        `${source.name}: its length does not match its shape [${shape}]`,
      );
    }
    return { source, header };
  });
}

/** Reads an array's bytes from its first value to its last, whole values at a time. @throws CW3102 when the file became shorter */
export async function readPieces(
  { source, header }: NpyArray,
  onPiece: (bytes: Uint8Array, firstValue: number) => void,
): Promise<void> {
  const { shape, dataOffset, bytesPerValue } = header;
  const count = countValues(shape);
  const each = Math.max(1, Math.floor(PIECE_BYTES / bytesPerValue));
  await source.reading(async (readAt) => {
    for (let from = 0; from < count; from += each) {
      const length = Math.min(each, count - from) * bytesPerValue;
      const bytes = await readAt(dataOffset + from * bytesPerValue, length);
      if (bytes.length !== length) throw becameShorter(source.name);
      onPiece(bytes, from);
    }
  });
}

/** What to say of a file that is replaced while it is read. */
export const becameShorter = (name: string) =>
  new CommonweightError(learningErrors.dataMalformed, `${name} became shorter`);
