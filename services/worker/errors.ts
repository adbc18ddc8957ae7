import { defineErrors } from "../protocol/errors.ts";

export const workerErrors = defineErrors([4300, 4599], {
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
