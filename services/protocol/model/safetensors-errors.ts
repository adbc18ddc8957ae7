import { defineErrors } from "../errors.ts";

/** What can be wrong with a safetensors file. */
export const safetensorsErrors = defineErrors([1150, 1179], {
  truncated: {
    code: "CW1150",
    title: "The safetensors file is shorter than it says",
    hint: "It was cut off on the way: fetch it again and compare its checksum.",
  },
  headerTooLarge: {
    code: "CW1151",
    title: "The safetensors header is larger than we read",
    hint: "Headers are at most 4 MiB with 10,000 tensors: this file was not made by an ordinary program.",
  },
  headerMalformed: {
    code: "CW1152",
    title: "The safetensors header is not valid",
    hint: "Write the file with an official safetensors library or with Commonweight.",
  },
  layoutInvalid: {
    code: "CW1153",
    title: "The tensors overlap, leave gaps or do not match their shapes",
    hint: "Write the file with an official safetensors library or with Commonweight.",
  },
  wrongDtype: {
    code: "CW1155",
    title: "A tensor has another number format than expected",
    hint: "Models to train on are F32; proven models carry I32 entries as well.",
  },
  notFinite: {
    code: "CW1156",
    title: "A tensor has entries that are not finite numbers",
    hint: "Training diverged or the file is damaged; do not train on it.",
  },
});
