import { contentStoreErrors, isContentAway } from "../../protocol/content-store.ts";
import { isErrorOf } from "../../protocol/errors.ts";
import { isNoModel } from "../../protocol/model/load-model.ts";
import { sealedFileErrors } from "../../protocol/sealing/sealed-file.ts";

/** How long a sealed file rests that did not open: somebody may yet grant its key. */
const SEALED_REST_MS = 15_000;
const { notAddressed, cannotOpen } = sealedFileErrors;

/**
 * Files that are not the model that somebody has named them as. To find that out takes reading a hundred megabytes and computing a
 * commitment over them, and whoever posts a project can have it looked for at every look.
 */
export class RefusedFiles {
  readonly #refused = new Map<string, { readonly error: unknown; readonly untilMs: number }>();

  /** @throws what the file was refused with, as long as it cannot turn out otherwise. */
  requireNotRefused(name: string): void {
    const known = this.#refused.get(name);
    if (known === undefined) return;
    if (performance.now() < known.untilMs) throw known.error;
    this.#refused.delete(name);
  }

  /** Remembers why a file is no model. What nobody served, or was damaged on the way or here, says nothing about the file. */
  add(name: string, error: unknown): void {
    const isOfFile =
      isNoModel(error) && !isContentAway(error) && !isErrorOf(error, contentStoreErrors.corrupt);
    if (!isOfFile || this.#refused.has(name)) return;
    const isSealed = [notAddressed, cannotOpen].some((kind) => isErrorOf(error, kind));
    const restMs = isSealed ? SEALED_REST_MS : Number.POSITIVE_INFINITY;
    this.#refused.set(name, { error, untilMs: performance.now() + restMs });
  }
}
