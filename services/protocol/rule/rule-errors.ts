import { defineErrors } from "../errors.ts";

/** What can go wrong around round rules and their public signals. */
export const ruleErrors = defineErrors([1000, 1049], {
  termsMalformed: {
    code: "CW1000",
    title: "The round's terms do not have the form that a rule needs",
    hint: "Terms come from the contract's state; check the project's slots, mask, norm bound and base weights.",
  },
  gramMalformed: {
    code: "CW1001",
    title: "The Gram matrix does not belong to the round's slots",
    hint: "It must be square, symmetric, with one row a slot and zeros for inactive slots.",
  },
  ruleUnknown: {
    code: "CW1002",
    title: "There is no such round rule",
    hint: "Use 1 (trust rule) or 2 (multi-Krum).",
  },
  signalsMalformed: {
    code: "CW1003",
    title: "Public signals do not decode",
    hint: "The words were made for another number of slots, or by something that is not a Commonweight circuit.",
  },
});
