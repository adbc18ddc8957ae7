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
});
