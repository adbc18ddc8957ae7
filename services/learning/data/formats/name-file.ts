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
    if (!(cause instanceof CommonweightError)) throw cause;
    const { code, hint } = cause;
    const definition: ErrorDefinition = { code: code as `CW${number}`, title: cause.message, hint };
    throw new CommonweightError(definition, `${path}: ${cause.message}`, { cause });
  }
}
