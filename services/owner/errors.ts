import { defineErrors } from "../protocol/errors.ts";

export const ownerErrors = defineErrors([4000, 4299], {
  termsMismatch: {
    code: "CW4000",
    title: "The terms do not fit the manifest",
    hint: "The parameter count and the fraction bits of the terms follow from the manifest; leave them out.",
  },
  notReferee: {
    code: "CW4001",
    title: "This account is not the project's referee",
    hint: "The terms name the referee; run this command with that key.",
  },
  referenceTooLarge: {
    code: "CW4002",
    title: "The reference is above the project's norm bound",
    hint: "Lower the learning rate or raise the norm bound of the next project.",
  },
  noLayers: {
    code: "CW4010",
    title: "ONNX needs the model's layers",
    hint: "The manifest of this project names tensors only: take --format safetensors or npz.",
  },
  modelUnknown: {
    code: "CW4011",
    title: "The project has no model of this version",
    hint: "Version 0 is the initial model, and each applied round makes the next; `commonweight owner status <project>` lists them.",
  },
  termsInvalid: {
    code: "CW4012",
    title: "The file of terms is not valid",
    hint: "Correct the fields named above; `commonweight owner post --help` shows an example.",
  },
  fileUnreadable: {
    code: "CW4013",
    title: "A file cannot be read or written",
    hint: "Check the path, the folder and your permissions.",
  },
  notFetched: {
    code: "CW4014",
    title: "The project is posted, but no aggregator has fetched its files yet",
    hint: "Start an aggregator of the project, and keep this machine's files reachable: run `commonweight owner reference` with the same --state folder.",
  },
});
