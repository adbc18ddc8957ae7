import { type ZodType, z } from "zod";

/** What a command writes with `--json`. */
export interface CommandOutput {
  /** The last line of standard output, or the only one. */
  readonly result: ZodType;
  /** Lines before it, of commands that run for long: one event each. */
  readonly events?: ZodType;
}

/** Outputs of a role's commands, by the words that call them: `worker quote`. */
export type OutputSchemas = Readonly<Record<string, CommandOutput>>;

/** An amount in the smallest unit: too large for a JSON number, so a decimal string. */
export const wei = z.string().regex(/^-?\d+$/);
/** A number of the chain that may exceed 2^53. */
export const integerText = z.string().regex(/^\d+$/);
export const address = z.string().regex(/^0x[0-9a-fA-F]{40}$/);
export const bytes32 = z.string().regex(/^0x[0-9a-f]{64}$/);
export const cid = z.string().regex(/^[a-zA-Z0-9]{20,}$/);
/** Unix seconds. */
export const seconds = z.int().nonnegative();
export const share = z.number().min(0).max(1);
export const count = z.int().nonnegative();

/** A point of the curve, coordinates as decimal strings. */
export const point = z.strictObject({ x: integerText, y: integerText });

/** A transaction that was mined. */
export const receipt = z.strictObject({
  hash: bytes32,
  blockNumber: count,
  gasUsed: integerText,
  gasPriceWei: wei,
});

/** An event of a command that runs for long: its type says what else is in it. */
export const event = z.looseObject({ at: z.iso.datetime(), type: z.string() });

/** What goes to standard error instead of a result, with exit status 1, 2, 3, 130 or 143. */
export const failureSchema = z.strictObject({
  error: z.strictObject({
    /** `CW` and a number, `usage` for a wrong command line, `stopped` by a signal, `internal` for a bug. */
    code: z.string().regex(/^(CW\d{4}|usage|stopped|internal)$/),
    message: z.string(),
    hint: z.string(),
    details: z.record(z.string(), z.unknown()).optional(),
    /** With `--verbose`. */
    trace: z.string().optional(),
  }),
});
