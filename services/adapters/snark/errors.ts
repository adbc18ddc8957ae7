import { defineErrors } from "../../protocol/errors.ts";

/** What can go wrong with proofs of a rule's circuit. */
export const snarkErrors = defineErrors([2050, 2099], {
  noWitness: {
    code: "CW2050",
    title: "The rule's circuit accepts no such round",
    hint: "The matrix is not one of integer vectors, or terms and challenges do not belong to it. If every bundle opened its commitment, this is a bug of ours.",
  },
  keyMalformed: {
    code: "CW2051",
    title: "The verifying key cannot be read",
    hint: "Expected the JSON that `npm run circuits` writes to circuits/keys: take it from the release again.",
  },
});
