import { defineErrors } from "../errors.ts";

/** What can be wrong with a project's manifest. */
export const manifestErrors = defineErrors([1200, 1219], {
  tooLarge: {
    code: "CW1200",
    title: "The manifest is larger than 64 KiB",
    hint: "Put data and weights into the model file; the manifest only describes them.",
  },
  unknownVersion: {
    code: "CW1201",
    title: "The manifest has a version that this program does not know",
    hint: "Update Commonweight, or ask the project's owner for a manifest of version 1.",
  },
  malformed: {
    code: "CW1202",
    title: "The manifest does not follow its schema",
    hint: "The message names the field; docs/formats.md lists all fields.",
  },
});
