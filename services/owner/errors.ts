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
  balanceTooSmall: {
    code: "CW4015",
    title: "The account cannot pay for this project",
    hint: "Send what is lacking to the account, or lower the budget per round or the number of rounds in the terms.",
  },
  projectFileDamaged: {
    code: "CW4016",
    title: "The project file is not one of `owner init`",
    hint: "Make the folder again with `commonweight owner init`, or pass --manifest and --terms.",
  },
  modelUnfit: {
    code: "CW4024",
    title: "This kind of model cannot take these samples",
    hint: "Take --model mlp or logistic for up to 65,536 numbers of any kind, and a cnn for images; make larger images smaller.",
  },
  tooFewSamples: {
    code: "CW4017",
    title: "The data are too few for a root, a pay and a validation set",
    hint: "Bring more samples of the rare classes, or leave those classes out.",
  },
  folderTaken: {
    code: "CW4018",
    title: "The folder holds a project already",
    hint: "Choose another folder, or pass --force to write over it.",
  },
  notPosted: {
    code: "CW4019",
    title: "The project of this folder is not posted",
    hint: "Run `commonweight owner post <folder>` first, or give the project's number.",
  },
  projectUnfound: {
    code: "CW4025",
    title: "This is neither the number of a project nor the folder of one",
    hint: "Give the number that `owner post` and `worker projects` print, or a folder that `owner init` made.",
  },
  postedAlready: {
    code: "CW4020",
    title: "The project of this folder is posted already",
    hint: "Look at it with `commonweight owner status <folder>`; --again posts it once more, with a second escrow.",
  },
  postingUnderWay: {
    code: "CW4026",
    title: "A posting of this folder is on its way already",
    hint: "Run the command again when the transaction is in a block: it then finds the project. --again posts once more, which can become a second escrow.",
  },
  fundedAlready: {
    code: "CW4027",
    title: "The project has got this money already",
    hint: "Nothing was sent now. To add as much once more, run the command again.",
  },
  fundingUnderWay: {
    code: "CW4028",
    title: "A funding of this project is on its way already",
    hint: "Run the command again when the transaction is in a block: it then finds the money. --again sends another one, which can pay twice.",
  },
  fundingsDamaged: {
    code: "CW4029",
    title: "The list of fundings under way is damaged",
    hint: "Look at the account's last transactions: when none of them is waiting, remove the file.",
  },
  ruleCannotWork: {
    code: "CW4021",
    title: "The project cannot work at this size",
    hint: "Change the number of trainers, the slots, the rule's parameters or the model as the message says.",
  },
  noSamples: {
    code: "CW4022",
    title: "The referee has no samples",
    hint: "Give the folder that `commonweight owner init` made, or name samples with --data.",
  },
  termsRefused: {
    code: "CW4023",
    title: "The market would refuse these terms",
    hint: "Change each term named above to a value within its bounds; `contracts/libraries/ProjectRules.sol` is the rule.",
  },
  notFetched: {
    code: "CW4014",
    title: "The project is posted, but no aggregator has fetched its files yet",
    hint: "Start an aggregator of the project, and keep this machine's files reachable: run `commonweight owner reference` with the same --state folder.",
  },
  otherEncryptionKey: {
    code: "CW4090",
    title: "This account reads private models with another encryption key",
    hint: "Run the command with the --state folder whose encryption-key.json this account registered.",
  },
});
