import { defineErrors } from "../protocol/errors.ts";

export const auditorErrors = defineErrors([4600, 4899], {
  roundUnknown: {
    code: "CW4600",
    title: "The project has no settled round of this number",
    hint: "Rounds count from 0; `commonweight audit <project>` lists those that were settled.",
  },
  trainerUnknown: {
    code: "CW4601",
    title: "This account submitted nothing in that round",
    hint: "Take an address from the table of `commonweight audit <project> --round <n>`.",
  },
});
