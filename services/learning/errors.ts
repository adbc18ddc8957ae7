import { defineErrors } from "../protocol/errors.ts";

/** What can go wrong while training, reading data, or protecting privacy. */
export const learningErrors = defineErrors([3000, 3999], {
  modelInvalid: {
    code: "CW3001",
    title: "The model description does not make a network",
    hint: "Compare the layers' shapes with the input shape and the number of classes in the manifest.",
  },
  modelNotBuiltIn: {
    code: "CW3002",
    title: "This model is only a list of tensors, so the built-in trainer cannot run it",
    hint: "A worker trains it with a program of your own (--trainer). References, practice rounds, measurements and predictions need a model that the manifest describes by layers.",
  },
  parametersMismatch: {
    code: "CW3003",
    title: "The parameters do not fit the model",
    hint: "Check that model and project belong together; the project states the parameter count.",
  },
  hyperparametersInvalid: {
    code: "CW3004",
    title: "The training settings are out of range",
    hint: "Use the ranges that the project's manifest declares.",
  },
  diverged: {
    code: "CW3005",
    title: "Training diverged: the loss is not a number",
    hint: "Look for a value far out of range, as a typing error makes; scale the features to about -1..1; or lower the learning rate.",
  },
  cancelled: {
    code: "CW3006",
    title: "Training was cancelled",
    hint: "Nothing was submitted; start again when ready.",
  },
  deviceUnavailable: {
    code: "CW3007",
    title: "The requested compute device is not available",
    hint: "Use the WASM device, which works everywhere.",
  },
  batchTooLarge: {
    code: "CW3008",
    title: "A batch of this model is too large for the built-in trainer",
    hint: "Train it with a program of your own (docs/bring-your-own-trainer.md), or choose another project. As its owner, take a smaller batch or model.",
  },
  dataUnreadable: {
    code: "CW3101",
    title: "A data file could not be read",
    hint: "Check the path and that this program may read it.",
  },
  dataMalformed: {
    code: "CW3102",
    title: "A data file is damaged or not what its name says",
    hint: "Open the file with the tool that wrote it and export it again.",
  },
  dataTooLarge: {
    code: "CW3103",
    title: "A data file asks for more memory than allowed",
    hint: "Bring fewer samples, or keep them as x.npy with y.npy in a folder: those are read from disk when they are needed.",
  },
  dataUnsupported: {
    code: "CW3104",
    title: "This kind of data is not supported",
    hint: "Bring a .csv, .tsv or .parquet file, a .npz file with x and y, or a folder: with .parquet files, with idx files, with x.npy and y.npy, or with one folder of PNG, JPEG, PGM or PPM images for each class (docs/formats.md, Samples).",
  },
  dataUnfit: {
    code: "CW3105",
    title: "The data do not fit the project's model",
    hint: "The message names what differs: correct your samples, or leave out the ones that the project has no place for.",
  },
  partitionImpossible: {
    code: "CW3106",
    title: "The data cannot be divided this way",
    hint: "Correct what the message names; when there are too few samples or trainers, use fewer parts or attackers, or a larger data set.",
  },
  privacyBudgetExhausted: {
    code: "CW3201",
    title: "This round would exceed your privacy budget",
    hint: "Raise your own budget, add more noise, or leave the project.",
  },
  privacyLedgerDamaged: {
    code: "CW3202",
    title: "The privacy ledger cannot be read",
    hint: "Restore it from a backup. Starting an empty one forgets what was already spent.",
  },
  privacySettingsInvalid: {
    code: "CW3203",
    title: "The privacy settings make no sense",
    hint: "The noise multiplier, the clip norm and delta must be positive; delta below 1.",
  },
  trainerFailed: {
    code: "CW3301",
    title: "Your training program failed",
    hint: "Its last messages are in the job folder, where you can also run the command by hand.",
  },
  trainerTimedOut: {
    code: "CW3302",
    title: "Your training program ran past its time limit",
    hint: "Train fewer steps, or raise the limit below the round's deadline.",
  },
  trainerOutOfMemory: {
    code: "CW3303",
    title: "Your training program exceeded its memory limit",
    hint: "Use smaller batches, or raise the limit.",
  },
  trainerResultInvalid: {
    code: "CW3304",
    title: "Your training program wrote a result that does not fit the job",
    hint: "Write model.safetensors with exactly the tensors of the input, in float32, all finite.",
  },
  referenceInvalid: {
    code: "CW3401",
    title: "The root or pay set cannot serve as a reference",
    hint: "Cover every class with clean labels, and keep both sets disjoint.",
  },
  attackUnknown: {
    code: "CW3501",
    title: "There is no attack of this name",
    hint: "See the list in services/learning/attacks.",
  },
  attackNeedsContext: {
    code: "CW3502",
    title: "This attack needs knowledge that was not given",
    hint: "Pass what the attack's description lists, for example the peers' updates.",
  },
});
