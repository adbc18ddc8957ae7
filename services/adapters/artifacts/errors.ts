import { defineErrors } from "../../protocol/errors.ts";

/** What can go wrong with the files of circuits. */
export const artifactErrors = defineErrors([2100, 2149], {
  missing: {
    code: "CW2100",
    title: "The files of this circuit are not here",
    hint: "Keys of the trust rule for 8 and 16 slots come with the repository; others are made by `npm run circuits -- <name>`.",
  },
  damaged: {
    code: "CW2101",
    title: "A file of this circuit is not the one that its manifest names",
    hint: "Take circuits/keys from the release again, or make the key again with `npm run circuits -- <name>`.",
  },
});
