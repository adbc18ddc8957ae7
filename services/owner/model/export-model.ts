import { encodeNpy, encodeNpz } from "../../adapters/model-export/numpy.ts";
import { encodeOnnx } from "../../adapters/model-export/onnx.ts";
import { modelTensors } from "../../learning/model-spec.ts";
import { CommonweightError } from "../../protocol/errors.ts";
import type { Manifest } from "../../protocol/manifest/manifest.ts";
import { type CommittedModel, encodeModelFile, floatsOf } from "../../protocol/model/model-file.ts";
import { ownerErrors } from "../errors.ts";

/** The formats that models are written in. */
const modelFormats = ["safetensors", "npy", "npz", "onnx"] as const;

/**
 * Writes a verified model in a format that other programs read: safetensors keeps the proof's integers, `npy` is the flat vector,
 * `npz` has the named tensors, ONNX runs as it is, normalises its inputs itself, and says what they and the classes are.
 *
 * @throws CW4010 for ONNX of a model that the manifest describes by its tensors only.
 */
export function exportModel(
  committed: CommittedModel,
  manifest: Manifest,
  format: (typeof modelFormats)[number],
): Uint8Array {
  const places = modelTensors(manifest.model);
  if (format === "safetensors") return encodeModelFile(committed, places);
  const values = floatsOf(committed.model, committed.fractionBits);
  if (format === "npy") return encodeNpy({ name: "model", shape: [values.length], values });
  const arrays = places.map(({ name, shape, offset, length }) => ({
    name,
    shape,
    values: values.slice(offset, offset + length),
  }));
  if (format === "npz") return encodeNpz(arrays);
  const { model } = manifest;
  if (model.kind !== "layers") throw new CommonweightError(ownerErrors.noLayers);
  return encodeOnnx({
    model,
    tensors: new Map(arrays.map((each) => [each.name, each])),
    normalisation: manifest.data.normalisation,
    name: manifest.title,
    metadata: { "commonweight.data": JSON.stringify(manifest.data) },
  });
}
