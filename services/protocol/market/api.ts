import { z } from "zod";
import { decimalPointSchema } from "../decimal-point.ts";

/**
 * The shapes of the aggregator's HTTP interface that a worker or a referee sends and receives.
 *
 * Everything here is a convenience between parties that check each other on the chain: a false
 * answer can delay somebody, it cannot move money.
 */

const hex = (bytes: number) =>
  z.string().regex(new RegExp(`^0x[0-9a-fA-F]{${2 * bytes}}$`), `expected ${bytes} bytes of hex`);
const address = hex(20);
/** As long as the contract takes it (`Cids.sol`), and of the letters that CIDs are written with: one that it refuses would hold up those that are relayed with it. */
const cid = z.string().regex(/^[A-Za-z0-9+/=_-]{8,96}$/, "expected a CID");

/** What a released content key opens. */
const releaseKinds = ["update", "reference", "pay-gradient"] as const;
export type ReleaseKind = (typeof releaseKinds)[number];

/** `GET /v1/ipfs`: where the aggregator's IPFS node can be dialled. */
export const ipfsAddressSchema = z.object({
  peerId: z.string().max(128),
  multiaddrs: z.array(z.string().max(512)).max(32),
});

/**
 * `POST /v1/projects/:id/rounds/:n/keys`: a bundle's content key, after the commit phase. It may travel in the
 * clear: without an aggregator's own share of the bundle's key it opens nothing.
 */
export const keyReleaseSchema = z.object({
  sender: address,
  kind: z.enum(releaseKinds),
  contentKey: hex(32),
  signature: hex(65),
});
export type KeyReleaseBody = z.infer<typeof keyReleaseSchema>;

/** The answer: proof that the aggregator has the key. Without it the sender publishes on chain. */
export const keyReceiptSchema = z.object({
  receivedAt: z.int().nonnegative(),
  aggregator: address,
  signature: hex(65),
});
export type KeyReceipt = z.infer<typeof keyReceiptSchema>;

/** `POST /v1/projects/:id/rounds/:n/references`: the referee's commitments, before the round opens. */
export const referencesSchema = z.object({
  /** The model that they were made on; the round opens on no other. */
  modelCommitment: decimalPointSchema,
  reference: decimalPointSchema,
  referenceBundleCid: cid,
  payGradient: decimalPointSchema.optional(),
  payGradientBundleCid: cid.optional(),
  /** What the round changes of the manifest's training settings; nothing without it. */
  jobCid: cid.optional(),
  multiaddrs: z.array(z.string().max(512)).max(32),
  signature: hex(65),
});
export type ReferencesBody = z.infer<typeof referencesSchema>;

/** `POST /v1/projects/:id/rounds/:n/updates`: a signed submission that the aggregator relays to the chain. */
export const signedUpdateSchema = z.object({
  trainer: address,
  /** `keccak256(trainer, x, y)` of the commitment, which stays secret until the commit phase is over. */
  commitmentHash: hex(32),
  bundleCid: cid,
  /** Where the bundle can be fetched, for an aggregator that the trainer cannot dial. */
  multiaddrs: z.array(z.string().max(512)).max(32).default([]),
  signature: hex(65),
});
export type SignedUpdateBody = z.infer<typeof signedUpdateSchema>;

/** The greatest loss that an evaluation can say, in millionths of a nat. */
export const MAX_LOSS_MILLIONTHS = 2_000_000_000;

/**
 * `POST /v1/projects/:id/evaluations`, and one of the list that `GET` answers: what the referee says to have measured of a model.
 * A claim, signed by who makes it: no proof covers it.
 */
export const evaluationSchema = z.object({
  version: z.int().min(0).max(100_000),
  modelCid: cid,
  /** Share of samples labelled right, in millionths. */
  accuracyMillionths: z.int().min(0).max(1_000_000),
  /** Mean cross-entropy in millionths of a nat. */
  lossMillionths: z.int().min(0).max(MAX_LOSS_MILLIONTHS),
  /** Samples it was measured on. */
  samples: z.int().min(1).max(1_000_000_000),
  signature: hex(65),
});
export type EvaluationBody = z.infer<typeof evaluationSchema>;

/** `GET /v1/projects/:id/evaluations`. */
export const evaluationListSchema = z.object({ evaluations: z.array(evaluationSchema).max(1000) });

/** `GET /v1/projects/:id/models/:version/copy`: under which CID a model is kept here whose CID on chain is no good. */
export const modelCopySchema = z.object({ cid });

/** `GET /v1/projects/:id/models/:cid/keys/:account`: a private model's key, sealed to a reader that joined after it was published. */
export const modelKeySchema = z.object({ sealedKey: hex(80) });

/** The body of every refusal. */
export const errorBodySchema = z.object({
  code: z.string(),
  message: z.string(),
  hint: z.string(),
});
