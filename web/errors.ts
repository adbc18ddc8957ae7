import { defineErrors } from "../services/protocol/errors.ts";

/** What can go wrong in the page itself. */
export const webErrors = defineErrors([7000, 7999], {
  noMarket: {
    code: "CW7000",
    title: "The page knows no market",
    hint: "The server of this page names none: enter RPC address and market contract in Settings.",
  },
  auditFailed: {
    code: "CW7001",
    title: "The audit could not run to its end",
    hint: "Check the RPC address and gateway in Settings, then verify again.",
  },
});
