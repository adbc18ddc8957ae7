import { CommonweightError, type ErrorDefinition } from "../../../protocol/errors.ts";

/**
 * Runs what decodes a file, and puts the file's path before what it says when it fails: decoders see bytes only.
 *
 * @throws CommonweightError the decoder's, with its code and the path.
 */
export function nameFile<Decoded>(path: string, decode: () => Decoded): Decoded {
  try {
    return decode();
  } catch (cause) {
    throw named(path, cause);
  }
}

/** {@link nameFile} for a decoder that takes its time. */
export async function nameFileLater<Decoded>(
  path: string,
  decode: () => Promise<Decoded>,
): Promise<Decoded> {
  try {
    return await decode();
  } catch (cause) {
    throw named(path, cause);
  }
}

function named(path: string, cause: unknown): unknown {
  if (!(cause instanceof CommonweightError)) return cause;
  const { code, hint } = cause;
  const definition: ErrorDefinition = { code: code as `CW${number}`, title: cause.message, hint };
  return new CommonweightError(definition, `${path}: ${cause.message}`, { cause });
}
