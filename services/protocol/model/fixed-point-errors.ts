import { defineErrors } from "../errors.ts";

/** What can go wrong between floating point and the integers that are proven. */
export const fixedPointErrors = defineErrors([1100, 1149], {
  notFinite: {
    code: "CW1100",
    title: "A value is not a finite number",
    hint: "Training diverged or a file is damaged: lower the learning rate, or fetch the file again.",
  },
  scaleUnsupported: {
    code: "CW1101",
    title: "The fixed-point scale is not supported",
    hint: "Use 8 to 16 fraction bits and 0 to 12 dither bits.",
  },
  modelOverflow: {
    code: "CW1102",
    title: "A model entry leaves the range of 32-bit integers",
    hint: "The project's scale is too fine for this model: post it with fewer fraction bits.",
  },
  lengthMismatch: {
    code: "CW1103",
    title: "Vectors that belong together differ in length",
    hint: "Every update has as many entries as the model, and there is one weight for each update.",
  },
  calibrationImpossible: {
    code: "CW1104",
    title: "No fixed-point scale fits these updates",
    hint: "Clip updates to a smaller norm, or scale the model's inputs.",
  },
});
