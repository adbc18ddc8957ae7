import { isSameAddress } from "../address.ts";
import type { G1Point } from "../curve.ts";
import { CommonweightError } from "../errors.ts";
import { modelValues } from "./fixed-point.ts";
import { modelFileErrors } from "./model-file-errors.ts";
import {
  decodeSafetensors,
  encodeSafetensors,
  float32Entries,
  int32Entries,
  type SafetensorsFile,
  tensorOf,
} from "./safetensors.ts";

/** Where a model comes from. */
export interface ModelLineage {
  readonly chainId: bigint;
  /** Address of the `TrainingMarket` contract. */
  readonly market: string;
  readonly projectId: bigint;
  /** The round whose settlement made this model; null for the initial one. */
  readonly roundIndex: number | null;
  /** CID of the model that the round started from; null for the initial one. */
  readonly previousCid: string | null;
}

/** A model as it is proven: integers and the blinding of their commitment, so that anybody can recompute it. */
export interface CommittedModel {
  /** Parameters at scale `2^-(fractionBits + 10)`. */
  readonly model: Int32Array;
  readonly blinding: bigint;
  readonly commitment: G1Point;
  readonly fractionBits: number;
  readonly lineage: ModelLineage;
}

/** A named tensor's place in the parameter vector: `modelTensors` of the learning part gives them. */
export interface TensorLayout {
  readonly name: string;
  readonly shape: readonly number[];
  readonly offset: number;
  readonly length: number;
}

/** The tensor of integers; it alone is proven. */
export const INTEGERS_TENSOR = "commonweight.integers";
const VERSION = "1";
const KEY_PREFIX = "commonweight.";

/**
 * Writes a model as safetensors: the integers, the blinding and the lineage, and with a `layout` also the parameters as named float32
 * tensors, which every other program reads.
 */
export function encodeModelFile(
  committed: CommittedModel,
  layout: readonly TensorLayout[] = [],
): Uint8Array {
  const { model, blinding, commitment, fractionBits, lineage } = committed;
  const values = layout.length > 0 ? floatsOf(model, fractionBits) : new Float32Array();
  const fields = {
    version: VERSION,
    chainId: `${lineage.chainId}`,
    market: lineage.market.toLowerCase(),
    projectId: `${lineage.projectId}`,
    round: lineage.roundIndex === null ? "initial" : `${lineage.roundIndex}`,
    previousCid: lineage.previousCid ?? "",
    fractionBits: `${fractionBits}`,
    commitmentX: `${commitment.x}`,
    commitmentY: `${commitment.y}`,
    blinding: `${blinding}`,
  };
  return encodeSafetensors({
    tensors: [
      tensorOf({ name: INTEGERS_TENSOR, shape: [model.length], entries: model }),
      ...layout.map(({ name, shape, offset, length }) =>
        tensorOf({ name, shape, entries: values.slice(offset, offset + length) }),
      ),
    ],
    metadata: {
      // Some libraries refuse files that do not name their framework.
      format: "pt",
      ...Object.fromEntries(Object.entries(fields).map(([key, text]) => [KEY_PREFIX + key, text])),
    },
  });
}

/**
 * Reads a model file. Nothing is verified against the chain yet: see {@link verifyModel}.
 *
 * @throws CommonweightError CW1800 or CW1801 for a file that is no model of ours, CW1150-CW1156 for one that is no safetensors.
 */
export function decodeModelFile(
  bytes: Uint8Array,
): CommittedModel & { readonly file: SafetensorsFile } {
  const file = decodeSafetensors(bytes);
  const text = (key: string): string =>
    file.metadata[KEY_PREFIX + key] ?? malformed(`no ${key} in the metadata`);
  if (text("version") !== VERSION) {
    throw new CommonweightError(
      modelFileErrors.unsupportedVersion,
      `model file of version ${text("version")}; this program reads ${VERSION}`,
    );
  }
  const integers =
    file.tensors.find(({ name }) => name === INTEGERS_TENSOR) ??
    malformed(`no tensor ${INTEGERS_TENSOR}`);
  const previousCid = text("previousCid");
  return {
    file,
    model: int32Entries(integers),
    blinding: decimal(text("blinding")),
    commitment: { x: decimal(text("commitmentX")), y: decimal(text("commitmentY")) },
    fractionBits: Number(decimal(text("fractionBits"))),
    lineage: {
      chainId: decimal(text("chainId")),
      market: text("market"),
      projectId: decimal(text("projectId")),
      roundIndex: text("round") === "initial" ? null : Number(decimal(text("round"))),
      previousCid: previousCid === "" ? null : previousCid,
    },
  };
}

/** What {@link verifyModel} checks a file against: from the chain and the manifest. */
export interface VerifyModelParameters {
  readonly bytes: Uint8Array;
  readonly expected: {
    readonly commitment: G1Point;
    readonly fractionBits: number;
    readonly parameterCount: number;
    readonly chainId: bigint;
    readonly market: string;
    readonly projectId: bigint;
  };
  /** Recomputes the commitment: `commitModel` of `commitment.ts` over a curve. */
  readonly commit: (opened: { model: Int32Array; blinding: bigint }) => Promise<G1Point>;
}

/**
 * Reads a model file and verifies that its integers are the ones that the chain committed to, and that the float32 tensors beside
 * them, if any, say the same.
 *
 * @throws CommonweightError CW1800-CW1804, or CW1150-CW1156 for a file that is no safetensors.
 */
export async function verifyModel({
  bytes,
  expected,
  commit,
}: VerifyModelParameters): Promise<CommittedModel> {
  const { file, ...committed } = decodeModelFile(bytes);
  const { model, blinding, fractionBits, lineage } = committed;
  const differs = (what: string, found: unknown) => {
    throw new CommonweightError(modelFileErrors.wrongModel, `model file's ${what} is ${found}`);
  };
  if (lineage.chainId !== expected.chainId) differs("chain", lineage.chainId);
  if (!isSameAddress(lineage.market, expected.market)) differs("market", lineage.market);
  // An initial model is written before its project has a number; the commitment binds it all the same.
  const isInitial = lineage.roundIndex === null;
  if (!isInitial && lineage.projectId !== expected.projectId) differs("project", lineage.projectId);
  if (fractionBits !== expected.fractionBits) differs("scale", `${fractionBits} fraction bits`);
  if (model.length !== expected.parameterCount) differs("parameter count", model.length);
  checkFloats(file, model, fractionBits);
  const commitment = await commit({ model, blinding });
  if (commitment.x !== expected.commitment.x || commitment.y !== expected.commitment.y) {
    throw new CommonweightError(
      modelFileErrors.commitmentMismatch,
      "recomputed from the file's integers, the commitment is not the one on chain",
    );
  }
  return { ...committed, commitment };
}

/** The float32 tensors of the file must be the integers' values, one after another: users run them without looking at the proof. */
function checkFloats(file: SafetensorsFile, model: Int32Array, fractionBits: number): void {
  const floats = file.tensors.filter(({ name }) => name !== INTEGERS_TENSOR);
  if (floats.length === 0) return;
  const values = floatsOf(model, fractionBits);
  let offset = 0;
  for (const tensor of floats) {
    for (const value of float32Entries(tensor)) {
      if (value !== values[offset]) {
        throw new CommonweightError(
          modelFileErrors.floatsDiffer,
          `tensor ${tensor.name}: parameter ${offset} is ${value}, proven is ${values[offset]}`,
        );
      }
      offset++;
    }
  }
  if (offset !== values.length) {
    throw new CommonweightError(
      modelFileErrors.floatsDiffer,
      `float32 tensors hold ${offset} of ${values.length} parameters`,
    );
  }
}

/** Parameters as users run them: the nearest float32 of each integer's value. */
export function floatsOf(model: Int32Array, fractionBits: number): Float32Array {
  return Float32Array.from(modelValues(model, fractionBits));
}

function decimal(text: string): bigint {
  if (!/^(0|[1-9][0-9]{0,77})$/.test(text)) malformed(`not a decimal number: ${text.slice(0, 80)}`);
  return BigInt(text);
}

function malformed(message: string): never {
  throw new CommonweightError(modelFileErrors.malformed, message);
}
