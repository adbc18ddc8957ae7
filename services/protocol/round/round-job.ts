import { z } from "zod";
import { CommonweightError, defineErrors } from "../errors.ts";

/** Why a round's job cannot be used; codes 1220-1229. */
export const roundJobErrors = defineErrors([1220, 1229], {
  malformed: {
    code: "CW1220",
    title: "The round's job does not follow its schema",
    hint: "The referee announced it on chain: trainers leave the round out, and the project's owner must run a working referee.",
  },
});

/** Bytes of a job at most, before anything is parsed. */
export const MAX_ROUND_JOB_BYTES = 1024;

const setting = z.number().positive().max(10_000);
const roundJobSchema = z.strictObject({
  version: z.literal(1),
  learningRate: setting.max(100).optional(),
  epochs: setting.optional(),
});

/**
 * What a round changes of the manifest's training settings, the same for all trainers: its CID is signed by the referee and announced
 * on chain when the round opens. Only what lies within the bounds of the manifest may be followed.
 */
export type RoundJob = z.infer<typeof roundJobSchema>;

/** Checks a job that comes from anywhere. @throws CommonweightError CW1220 naming the first field that is wrong. */
export function parseRoundJob(value: unknown): RoundJob {
  const parsed = roundJobSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const path = issue?.path.join(".") || "job";
  throw new CommonweightError(roundJobErrors.malformed, `${path}: ${issue?.message}`, {
    cause: parsed.error,
  });
}
