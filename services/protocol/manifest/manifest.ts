import { z } from "zod";
import { CommonweightError } from "../errors.ts";
import { isOneLine } from "../one-line.ts";
import { manifestErrors } from "./manifest-errors.ts";
import { modelSchema } from "./manifest-model.ts";
import {
  dataSchema,
  evaluationSchema,
  fixedPointSchema,
  privacySchema,
  trainingSchema,
} from "./manifest-training.ts";

/** Bytes of a manifest at most, before anything is parsed. */
export const MAX_MANIFEST_BYTES = 65_536;
/** Characters of a title at most. */
export const LONGEST_TITLE = 120;
/** The only version so far. */
const MANIFEST_VERSION = 1;

/**
 * A project's manifest: everything a trainer must know that the contract need not. It lies on IPFS; its CID is in the
 * contract, so nobody can change it after the project is posted.
 */
export const manifestSchema = z
  .strictObject({
    version: z.literal(MANIFEST_VERSION),
    title: z.string().min(1).max(LONGEST_TITLE).refine(isOneLine, "has line breaks or controls"),
    description: z.string().max(8000),
    model: modelSchema,
    training: trainingSchema,
    data: dataSchema,
    fixedPoint: fixedPointSchema,
    privacy: privacySchema,
    evaluation: evaluationSchema,
  })
  .superRefine((manifest, context) => {
    const { model, data } = manifest;
    const problem = (path: string[], message: string) =>
      context.addIssue({ code: "custom", path, message });
    if (model.kind === "layers" && model.inputShape.join() !== data.inputShape.join()) {
      problem(["data", "inputShape"], "differs from the model's input shape");
    }
    const { bounds, learningRate, epochs } = manifest.training;
    const isWithin = (value: number, [min, max]: readonly [number, number]) =>
      value >= min && value <= max;
    if (bounds && !isWithin(learningRate, bounds.learningRate)) {
      problem(["training", "learningRate"], "is outside the owner's own bounds");
    }
    if (bounds && !isWithin(epochs, bounds.epochs)) {
      problem(["training", "epochs"], "is outside the owner's own bounds");
    }
  });

/** A valid manifest of version 1. */
export type Manifest = z.infer<typeof manifestSchema>;

/**
 * Checks a manifest that comes from anywhere.
 *
 * @throws CommonweightError CW1201 for another version, CW1202 naming the first field that is wrong.
 */
export function parseManifest(value: unknown): Manifest {
  const version = z.looseObject({ version: z.unknown() }).safeParse(value).data?.version;
  if (typeof version === "number" && version !== MANIFEST_VERSION) {
    throw new CommonweightError(manifestErrors.unknownVersion, `version ${version}`);
  }
  const parsed = manifestSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const path = issue?.path.join(".") || "manifest";
  throw new CommonweightError(manifestErrors.malformed, `${path}: ${issue?.message}`, {
    cause: parsed.error,
  });
}

/**
 * A manifest as a file for people, or on one line where only so it is short enough to be read back.
 *
 * @throws CommonweightError CW1200 when it is too large even so.
 */
export function manifestText(manifest: Manifest): string {
  const texts = [`${JSON.stringify(manifest, null, 2)}\n`, JSON.stringify(manifest)];
  const bytes = texts.map((text) => new TextEncoder().encode(text).length);
  const text = texts[bytes.findIndex((length) => length <= MAX_MANIFEST_BYTES)];
  if (text !== undefined) return text;
  const columns = manifest.data.table?.columns.length ?? 0;
  const why =
    columns > 0
      ? `; the names and means of ${columns} columns take most of it: shorten them, leave some out, or bring the numbers as x.npy and y.npy in a folder`
      : "";
  throw new CommonweightError(
    manifestErrors.tooLarge,
    `${bytes[1]} bytes, of at most ${MAX_MANIFEST_BYTES}${why}`,
  );
}

/**
 * Reads a manifest from JSON text in UTF-8.
 *
 * @throws CommonweightError CW1200 above 64 KiB, CW1201, CW1202 also for text that is not JSON.
 */
export function readManifest(bytes: Uint8Array): Manifest {
  if (bytes.length > MAX_MANIFEST_BYTES) {
    throw new CommonweightError(manifestErrors.tooLarge, `${bytes.length} bytes`);
  }
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch (cause) {
    throw new CommonweightError(manifestErrors.malformed, "not JSON in UTF-8", { cause });
  }
  return parseManifest(value);
}
