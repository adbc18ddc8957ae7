import { defineErrors } from "../protocol/errors.ts";

export const marketErrors = defineErrors([6000, 6099], {
  processDied: {
    code: "CW6000",
    title: "A process of the market ended before its time",
    hint: "The last lines it printed are shown above; `commonweight doctor` names a broken part. Nothing is left running.",
  },
  notReady: {
    code: "CW6001",
    title: "A process of the market did not become ready in time",
    hint: "The machine may be very busy: stop other programs or raise --ready-timeout, then start again.",
  },
  portInUse: {
    code: "CW6002",
    title: "A port of the market is in use",
    hint: "Choose another with --port, or stop the program that holds it.",
  },
  stateFolder: {
    code: "CW6003",
    title: "The market's folder cannot be written",
    hint: "Choose a writable folder with --state, and check the free disk space.",
  },
});
