import { defineErrors } from "../protocol/errors.ts";

export const workerErrors = defineErrors([4300, 4599], {
  notJoined: {
    code: "CW4300",
    title: "This account has not joined the project",
    hint: "Run `commonweight worker join <project>` first.",
  },
  modelUnverified: {
    code: "CW4301",
    title: "The model does not open the commitment on chain",
    hint: "The worker never trains on it; another provider may have the right file. Nothing of yours is lost.",
  },
  saturated: {
    code: "CW4302",
    title: "Too many entries of the update do not fit the project's scale",
    hint: "Training may have diverged, or the owner chose too many fraction bits; check the learning rate and the data.",
  },
  subjectUnclear: {
    code: "CW4303",
    title: "It is not clear which project the data are for",
    hint: "Give the number of a project of the market, or else --manifest with a file.",
  },
  otherEncryptionKey: {
    code: "CW4304",
    title: "This account reads private models with another encryption key",
    hint: "Put the encryption-key.json that this account registered back into the state folder, or name the folder that has it with --state.",
  },
});
