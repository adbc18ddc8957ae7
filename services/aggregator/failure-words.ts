import { withPublicUrls } from "../adapters/chain/rpc/public-url.ts";
import { CommonweightError } from "../protocol/errors.ts";
import { aggregatorErrors } from "./errors.ts";

/** Code and words of a failure, for the event that says it; whatever has no code of ours is CW5099. */
export function failureWords(error: unknown): { readonly code: string; readonly message: string } {
  return {
    code: error instanceof CommonweightError ? error.code : aggregatorErrors.unforeseen.code,
    // Everybody may read it, and the library's own errors name the node with its key.
    message: withPublicUrls(error instanceof Error ? error.message : String(error)),
  };
}
