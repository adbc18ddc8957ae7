import { defineErrors } from "../errors.ts";

/** What can go wrong around the Gram proof. */
export const gramErrors = defineErrors([1600, 1649], {
  slotCountUnsupported: {
    code: "CW1600",
    title: "There is no circuit for this number of slots",
    hint: "Use 8, 16 or 32 slots.",
  },
  slotMalformed: {
    code: "CW1601",
    title: "A slot does not have the form that the proof needs",
    hint: "Every active slot has parameterCount integers: 16 bits in all slots but slot 2, the last aggregate.",
  },
  tooFewParameters: {
    code: "CW1602",
    title: "The model is too small to be proven",
    hint: "The 32 masking coefficients need at least 32 parameters.",
  },
  gramOutOfRange: {
    code: "CW1603",
    title: "An inner product is wider than the circuit allows",
    hint: "Clip the updates or lower the fixed-point scale: inner products stay below 2^54 (2^75 with the last aggregate).",
  },
  challengeDegenerate: {
    code: "CW1604",
    title: "A challenge came out as one that proves nothing",
    hint: "This happens with probability 2^-252: call again, the randomness is fresh each time.",
  },
  scalarOutOfRange: {
    code: "CW1605",
    title: "A number does not fit the place it is hashed into",
    hint: "Field elements are below the group order, other words below 2^256.",
  },
});
