import { defineErrors } from "../errors.ts";

/** Why a model file cannot be used; codes 1800-1819. */
export const modelFileErrors = defineErrors([1800, 1819], {
  malformed: {
    code: "CW1800",
    title: "not a model file of Commonweight",
    hint: "A model file is safetensors with the tensor commonweight.integers and metadata; see docs/formats.md.",
  },
  unsupportedVersion: {
    code: "CW1801",
    title: "model file of an unknown version",
    hint: "Update this program; if it is up to date, the file is malformed.",
  },
  wrongModel: {
    code: "CW1802",
    title: "model file of another project, scale or size",
    hint: "The publisher named the wrong CID. Do not train on it; the aggregator's bond answers for its absence.",
  },
  floatsDiffer: {
    code: "CW1803",
    title: "model's float32 tensors differ from its proven integers",
    hint: "Whoever published the file changed what users would run. Do not use it; take the integers from another copy.",
  },
  commitmentMismatch: {
    code: "CW1804",
    title: "model does not match its commitment on chain",
    hint: "The file is not the model that the rounds produced. Do not train on it or use it.",
  },
});
