import { z } from "zod";

const side = z.int().min(1).max(65_536);
const activation = z.enum(["none", "relu", "tanh", "sigmoid"]);
const initialiser = z.enum(["zeros", "he-uniform", "glorot-uniform"]);

const layer = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("dense"),
    units: side,
    activation: activation.optional(),
    initialiser: initialiser.optional(),
  }),
  z.strictObject({
    kind: z.literal("conv2d"),
    filters: side,
    kernelSize: z.int().min(1).max(64),
    stride: z.int().min(1).max(64).optional(),
    padding: z.int().min(0).max(64).optional(),
    activation: activation.optional(),
    initialiser: initialiser.optional(),
  }),
  z.strictObject({ kind: z.literal("max-pool2d"), size: z.int().min(1).max(64) }),
  z.strictObject({ kind: z.literal("flatten") }),
]);

/** A network the built-in trainer runs; logistic regression, perceptrons and CNNs are such lists of layers. */
export const layeredModelSchema = z.strictObject({
  kind: z.literal("layers"),
  /** One sample: `[features]` or `[channels, height, width]`. */
  inputShape: z.array(side).min(1).max(4),
  layers: z.array(layer).min(1).max(100),
  /** Of the start values. */
  seed: z.string().max(100),
});

/** Named tensors that trainers' own programs train: a whole model, a head, an adapter. */
const tensorModelSchema = z.strictObject({
  kind: z.literal("tensors"),
  tensors: z
    .array(
      z.strictObject({
        name: z.string().min(1).max(200),
        shape: z.array(z.int().min(1).max(100_000_000)).max(8),
      }),
    )
    .min(1)
    .max(1000)
    .refine(
      (tensors) => new Set(tensors.map(({ name }) => name)).size === tensors.length,
      "two tensors have the same name",
    ),
});

/** What is trained and paid for. */
export const modelSchema = z.discriminatedUnion("kind", [layeredModelSchema, tensorModelSchema]);
