import { defineErrors } from "../protocol/errors.ts";

export const auditorErrors = defineErrors([4600, 4899], {
  roundUnknown: {
    code: "CW4600",
    title: "The project has no settled round of this number",
    hint: "Rounds count from 0; `commonweight audit <project>` lists those that were settled.",
  },
  fileUnreadable: {
    code: "CW4602",
    title: "A file of the audit cannot be read or written",
    hint: "Check the path, the folder and your permissions.",
  },
  reportMalformed: {
    code: "CW4604",
    title: "The file is no audit report of this release",
    hint: "Take the JSON file that `commonweight audit <project> --report <file>` or the page has saved, both of the same release.",
  },
  notExcluded: {
    code: "CW4603",
    title: "This trainer's update was not left out in that round",
    hint: "`commonweight explain <project> <round> <trainer>` says what became of it.",
  },
  blockUnknown: {
    code: "CW4605",
    title: "The chain has no such block",
    hint: "Name a block that is there, by its number; where the node calls none safe or final, `--block latest` reads at the newest.",
  },
  notYetPosted: {
    code: "CW4606",
    title: "The project was posted after the block that was to be read",
    hint: "Wait until the block of its posting is final, or read at the newest one, which may still be replaced: `--block latest`.",
  },
  stateAway: {
    code: "CW4607",
    title: "The node does not say what the contracts had stored at that block",
    hint: "It keeps only the states of the newest blocks. Ask one that keeps old states too, or read at the newest block: `--block latest`.",
  },
  trainerUnknown: {
    code: "CW4601",
    title: "This account submitted nothing in that round",
    hint: "Take an address from the table of `commonweight audit <project> --round <n>`.",
  },
});
