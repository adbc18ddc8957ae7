import { concatBytes } from "./car.ts";

/**
 * The whole body of an answer, unless it is longer than allowed; what is left of one that is too long is not fetched.
 *
 * @param tooLong Makes the error for that.
 */
export async function readBounded(
  response: Response,
  maxBytes: number,
  tooLong: () => Error,
): Promise<Uint8Array> {
  const reader = response.body?.getReader();
  const parts: Uint8Array[] = [];
  let bytes = 0;
  for (;;) {
    const part = await reader?.read();
    if (part?.value === undefined) return concatBytes(parts);
    bytes += part.value.length;
    if (bytes > maxBytes) {
      await reader?.cancel();
      throw tooLong();
    }
    parts.push(part.value);
  }
}
