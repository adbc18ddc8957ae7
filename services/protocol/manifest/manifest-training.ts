import { z } from "zod";

const positive = z.number().positive().max(1e6);
/** The largest float32, rounded down. */
const MOST_INPUT = 3.4e38;
const fraction = z.number().min(0).max(1);
const range = (bound: z.ZodNumber) =>
  z.tuple([bound, bound]).refine(([min, max]) => min <= max, "the lower bound is above the upper");

const schedule = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("constant") }),
  z.strictObject({
    kind: z.literal("step"),
    everyRounds: z.int().min(1).max(10_000),
    factor: positive.max(1),
  }),
  z.strictObject({
    kind: z.literal("cosine"),
    overRounds: z.int().min(1).max(10_000),
    floor: fraction,
  }),
]);

/** Settings of local training, the same for all trainers. */
export const trainingSchema = z.strictObject({
  optimiser: z.enum(["sgd", "adam"]),
  learningRate: positive.max(100),
  batchSize: z.int().min(1).max(65_536),
  /** Passes over the local data; without effect when `steps` is given. */
  epochs: positive.max(10_000),
  /** Batches per round instead of epochs: equal work whatever the size of the data. */
  steps: z.int().min(1).max(1_000_000).optional(),
  momentum: z.number().min(0).lt(1).optional(),
  /** FedProx mu. */
  proximal: z.number().min(0).max(1000).optional(),
  weightDecay: z.number().min(0).max(1000).optional(),
  schedule: schedule.optional(),
  /** What the aggregator may change from round to round; nothing without it. */
  bounds: z
    .strictObject({ learningRate: range(positive.max(100)), epochs: range(positive.max(10_000)) })
    .optional(),
});

const columnName = z.string().min(1).max(200);

/** How a row of a table becomes a sample, the same for all trainers whatever the order of their columns. */
const tableSchema = z
  .strictObject({
    /** Columns that the model sees, in this order; others are ignored. */
    columns: z.array(columnName).min(1).max(2000),
    /** The column of the class; its cells are names of `data.classes`. */
    target: columnName,
    /** Values of columns of text: each becomes a column of 0 and 1. */
    categories: z.record(columnName, z.array(z.string().max(100)).min(1).max(200)).optional(),
    /** What stands in for a missing number, by column; without it such rows are refused. */
    missing: z.record(columnName, z.number()).optional(),
  })
  .refine(
    ({ columns, target }) => new Set([...columns, target]).size === columns.length + 1,
    "a column is named twice",
  )
  .refine(
    ({ columns, categories = {}, missing = {} }) =>
      [...Object.keys(categories), ...Object.keys(missing)].every((name) => columns.includes(name)),
    "categories or missing name a column that is not used",
  );

/** The form of the samples that a trainer brings. */
export const dataSchema = z.strictObject({
  inputShape: z.array(z.int().min(1).max(65_536)).min(1).max(4),
  /** Names of the classes, in the order of the model's outputs. */
  classes: z.array(z.string().min(1).max(100)).min(2).max(10_000).optional(),
  /** A sample enters the model as `(value - mean) / deviation`; one number for all, or one per channel. */
  normalisation: z
    .strictObject({
      mean: z.array(z.number().min(-MOST_INPUT).max(MOST_INPUT)).min(1).max(1024),
      // Amounts in small units and times in milliseconds are large numbers: as large as inputs can be.
      deviation: z.array(z.number().positive().max(MOST_INPUT)).min(1).max(1024),
    })
    .refine(({ mean, deviation }) => mean.length === deviation.length, "one deviation per mean")
    .optional(),
  /** For samples that come as CSV. */
  table: tableSchema.optional(),
  /** For people: where such data come from, what to leave out. */
  notes: z.string().max(4000).optional(),
});

/** How floats become the integers that are proven. */
export const fixedPointSchema = z.strictObject({
  /** f: an update entry e means `e / 2^f`; the same number as in the contract's terms. */
  fractionBits: z.int().min(8).max(16),
  /** Low bits of uniform noise, against forged coordinates. */
  ditherBits: z.int().min(0).max(12),
  /** Updates are scaled down to this norm, in parameter units. */
  clipNorm: positive,
});

/** Noise that trainers are asked to add. Only Gaussian noise has a stated (epsilon, delta). */
export const privacySchema = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("none") }),
  z.strictObject({
    kind: z.literal("gaussian"),
    /** Standard deviation of each entry, in clip norms. */
    multiplier: positive.max(1000),
    delta: z.number().gt(0).lt(1),
  }),
  z.strictObject({
    kind: z.literal("randomised-quantisation"),
    levelBits: z.int().min(1).max(14),
    keep: fraction.gt(0),
  }),
]);

/** What the referee computes r and g from, and what the owner measures the model by. */
export const evaluationSchema = z.strictObject({
  metric: z.enum(["accuracy", "loss"]),
  /** Local steps of the reference; 2 to 4 times the median trainer's (`docs/rules.md`). */
  referenceSteps: z.int().min(1).max(1_000_000),
  /** Clean samples behind the reference; at least 100 that cover every class are advised. */
  referenceSamples: z.int().min(1).max(100_000_000),
  /** Samples of the pay set, disjoint from the reference's; 0 when the project has no pay gradient. */
  paySamples: z.int().min(0).max(100_000_000),
});
