import { defineErrors } from "../errors.ts";

/** What can go wrong in the rules of money, reliability, time and sampling. */
export const marketRuleErrors = defineErrors([1050, 1099], {
  payoutMalformed: {
    code: "CW1050",
    title: "A payout can't be computed from these terms",
    hint: "flatBps is 0 to 10000, capBps 1 to 10000, the budget not negative, and shares sum to at most 65535.",
  },
  reliabilityMalformed: {
    code: "CW1051",
    title: "A reliability can't be updated from these values",
    hint: "A score is 0 to 65535, and time runs forward in whole seconds.",
  },
  samplingMalformed: {
    code: "CW1052",
    title: "Trainers can't be sampled from these values",
    hint: "Reliabilities are 0 to 65535 and the seed is a 256-bit number.",
  },
  phaseMalformed: {
    code: "CW1053",
    title: "A project's times do not fit together",
    hint: "Every window is at least one second and a round's times come from the contract.",
  },
});
